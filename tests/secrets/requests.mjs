/** Which parts of a request may hold no secret: all, but for the one that each service is meant to get. */
import { flowsAgent } from "../sandbox/power-automate/who-called.mjs";

/** Where the user's token for the flow service goes. */
const bearers = new Set(["flowApi", "trigger"]);
/** Whose URL may have a signature in it: the flow's own, as the service named it. */
const signed = new Set(["trigger", "poll", "preflight"]);

/**
 * @param {{kind: string, host?: string, path?: string, query?: Record<string, string>, url?: string, headers: Record<string, any>, body: string}} request
 * @param {{secrets: Set<string>}} sandbox
 * @returns {[string, string][]} the texts to search, each with the place where it stands
 */
export function partsOf(request, { secrets }) {
  const { kind, headers, body } = request;
  // MSAL's own requests, and those of a flow, which no page sees.
  if (kind === "entra" || headers["user-agent"] === flowsAgent) return [];
  const url = new URL(
    request.url ?? `https://${request.host}${request.path}?${new URLSearchParams(request.query)}`,
  );
  if (signed.has(kind) && secrets.has(url.searchParams.get("sig") ?? "")) {
    url.searchParams.delete("sig");
  }
  const place = `request to ${kind} ${url.host}`;
  const parts = [[`${place}, URL`, url.href]];
  for (const [name, value] of Object.entries(headers)) {
    const [scheme, token, ...more] = String(value).split(" ");
    const isBearer = name === "authorization" && scheme === "Bearer" && more.length === 0;
    // Whole, or broken on purpose: the console asks how the service refuses one.
    if (isBearer && token && bearers.has(kind)) continue;
    parts.push([`${place}, header ${name}`, `${name} ${value}`]);
  }
  parts.push([`${place}, body`, body ?? ""]);
  return parts.filter(([, text]) => text);
}
