/**
 * What the trigger's host refuses. The flow that was chosen gets no token that it would accept: a real one goes along only
 * where the URL names a flow or a trigger that does not exist, so that nothing can start.
 */
import type { HttpFlow } from "entra-flow";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import type { Asker } from "./ask.js";
import { listen } from "./listen.js";
import { notAsked, type Observation, observe } from "./observation.js";
import { expiredToken, type Tokens } from "./tokens.js";

export async function* refusals(
  url: string,
  { method, trigger }: HttpFlow,
  asker: Asker,
  tokens: Tokens,
): AsyncGenerator<Observation> {
  const body = method === "GET" || method === "HEAD" ? undefined : "{}";
  const plain = { method, ...(body !== undefined && { body }) };
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const signed = withSignature(url, `/triggers/${trigger}/run`);
  yield observe("trigger.noToken", (await asker.ask(url, plain)).told);
  yield observe(
    "trigger.badToken",
    (await asker.ask(url, { ...plain, ...bearer("no-token") })).told,
  );
  yield observe(
    "trigger.expiredToken",
    (await asker.ask(url, { ...plain, ...bearer(expiredToken()) })).told,
  );
  yield tokens.other
    ? observe("trigger.otherAudience", await otherAudience(url, method, asker, tokens.other))
    : notAsked("trigger.otherAudience", tokens.whyNoOther);
  yield observe("trigger.badSas", (await asker.ask(signed, plain)).told);
  yield observe(
    "trigger.badSasPath",
    (await asker.ask(withSignature(url, "/triggers/ef_other/run"), plain)).told,
  );
  yield observe(
    "trigger.both",
    (await asker.ask(signed, { ...plain, ...bearer("no-token") })).told,
  );
  yield observe(
    "trigger.customHeader",
    (await asker.ask(url, { ...plain, headers: { "x-ef-probe": "1" } })).told,
  );
  yield observe(
    "trigger.clientRequestId",
    (await asker.ask(url, { ...plain, headers: { "x-ms-client-request-id": crypto.randomUUID() } }))
      .told,
  );
}

/** Should the service take this token after all: a method that the trigger does not take and a body that is no JSON start nothing. */
async function otherAudience(url: string, method: string, asker: Asker, token: string) {
  const wrong = method === "PUT" ? "POST" : "PUT";
  return (await asker.ask(url, { method: wrong, token, body: "{" })).told;
}

function withSignature(url: string, scope: string): string {
  const signed = new URL(url);
  signed.searchParams.set("sp", scope);
  signed.searchParams.set("sv", "1.0");
  signed.searchParams.set("sig", "no-signature");
  return signed.href;
}

/** With a real token, which the library sends only to a host of the flow service. */
export async function* nothingThere(
  session: Session,
  url: string,
  { method }: HttpFlow,
): AsyncGenerator<Observation> {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const elsewhere = [
    ["trigger.noSuchFlow", url.replace(/[0-9a-f]{32}(?=\/triggers\/)/i, id)],
    ["trigger.noSuchTrigger", url.replace(/(?<=\/triggers\/)[^/]+/, "ef_no_such_trigger")],
  ] as const;
  for (const [question, other] of elsewhere) {
    if (other === url) {
      yield notAsked(question, texts.probe.otherForm);
      continue;
    }
    const { found } = await listen(session, { maxAttempts: 1 }, (client) =>
      client.flow({ url: other }).invoke(undefined, { method: method as "POST" }),
    );
    yield observe(question, found);
  }
}

export const triggerIds = [
  "trigger.noToken",
  "trigger.badToken",
  "trigger.expiredToken",
  "trigger.otherAudience",
  "trigger.badSas",
  "trigger.badSasPath",
  "trigger.both",
  "trigger.customHeader",
  "trigger.clientRequestId",
  "trigger.noSuchFlow",
  "trigger.noSuchTrigger",
] as const;
