/** The report of *This environment*: text to send to the project, with nothing secret and nobody's name in it. */
import type { Observation } from "./observation.js";

export function reportOf(observations: Observation[], version: string, when = new Date()): string {
  const ids = (verdict: Observation["verdict"]) =>
    observations.filter((one) => one.verdict === verdict).map(({ id }) => id);
  const text = JSON.stringify(
    {
      report: "entra-flow, this environment",
      version,
      date: when.toISOString().slice(0, 10),
      browser: browser(),
      observations: Object.fromEntries(observations.map(({ id, found }) => [id, found])),
      differs: ids("differs"),
      notAsked: ids("notAsked"),
    },
    null,
    2,
  );
  // By construction it can't; should somebody add to it, it still may not.
  if (holdsSecret(text)) throw new Error("The report would hold a secret.");
  return text;
}

/** A token, a signature, a credential's header, or a URL with a query. */
const holdsSecret = (text: string): boolean => /eyJ[\w-]{8,}\.|[?&]sig=|bearer\s/i.test(text);

/** The browser's kind and version, not its whole fingerprint. */
function browser(): string {
  return /(Edg|Firefox|Chrome|Version)\/\d+/.exec(navigator.userAgent)?.[0] ?? "unknown";
}
