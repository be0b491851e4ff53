/** Trigger URLs made fit to be seen. */
import { texts } from "./texts/index.js";

/**
 * Without its query but for the API's version: a signature is in the query. Of a URL that is no trigger's only the origin: some
 * services keep a secret in the path. Undefined where the text is no https URL.
 */
export function shownUrl(text: string): string | undefined {
  const url = parse(text);
  if (!url) return undefined;
  if (!/\/triggers\/[^/]+\/paths\/invoke/.test(url.pathname)) return `${url.origin}/…`;
  const version = url.searchParams.get("api-version");
  const signed = url.searchParams.has("sig") ? ` ${texts.urls.signed}` : "";
  return `${url.origin}${url.pathname}${version ? `?api-version=${version}` : ""}${signed}`;
}

export const hasSignature = (text: string): boolean =>
  parse(text)?.searchParams.has("sig") ?? false;

const words = [
  "powerautomate",
  "automations",
  "direct",
  "cu",
  "workflows",
  "triggers",
  "paths",
  "invoke",
  "manual",
];

/** Its form, with nothing in it that names an environment or a flow: `{30}.{2}.environment.api.…/workflows/{32 hex}/…`. */
export function urlForm(text: string): string {
  const url = parse(text);
  if (!url) return texts.urls.notHttps;
  const labels = url.hostname.split(".");
  const known = labels.findIndex((label) => label === "environment" || label === "logic");
  const host = labels.map((label, index) => (index < known ? `{${label.length}}` : label));
  const path = url.pathname.split("/").map((part) => {
    if (part === "" || words.includes(part)) return part;
    if (/^[0-9a-f]{32}$/i.test(part)) return "{32 hex}";
    return /^\d+$/.test(part) ? `{${part.length} digits}` : "{text}";
  });
  const query = [...url.searchParams.keys()].map((name) =>
    name === "api-version" ? `${name}=${url.searchParams.get(name)}` : name,
  );
  return `${known < 0 ? "{another host}" : host.join(".")}${url.port ? `:${url.port}` : ""}${path.join("/")}?${query.join("&")}`;
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.protocol === "https:" ? url : undefined;
  } catch {
    return undefined;
  }
}
