/** The tokens that a look at an environment takes: silently, or not at all. They stay in here. */
import type { ConsoleCloud } from "../cloud.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";

export interface Tokens {
  /** For the flow service. */
  flow: string | undefined;
  /** For Microsoft Graph, where the user let it be sent. */
  other: string | undefined;
  whyNoOther: string;
}

/** A permission that every app registration begins with; a bare word is one of Microsoft Graph. */
const graphScope = "User.Read";

export async function takeTokens(
  session: Session,
  cloud: ConsoleCloud,
  { other }: { other: boolean },
): Promise<Tokens> {
  return {
    flow: await session.silentToken(cloud.scope),
    other: other ? await session.silentToken(graphScope) : undefined,
    whyNoOther: other ? texts.probe.noSilentToken : texts.probe.notAllowed,
  };
}

/** Nobody signed it, and its time was over in 2001. */
export function expiredToken(): string {
  const part = (value: unknown) =>
    btoa(JSON.stringify(value)).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
  const claims = { aud: "nobody", iss: "nobody", nbf: 1_000_000_000, exp: 1_000_003_600 };
  return [part({ typ: "JWT", alg: "RS256", kid: "none" }), part(claims), "none"].join(".");
}
