/** What was found on one question, and whether the library reckoned with it. */
import { type ObservationId, questions } from "./questions.js";

/** `expected`: as the library assumes. `differs`: not so. `news`: nothing was assumed. `notAsked`: and why not. */
export type Verdict = "expected" | "differs" | "news" | "notAsked";

/** Nothing in it names a person, an org, an environment or a flow. */
export interface Observation {
  id: ObservationId;
  found: string;
  verdict: Verdict;
}

export function observe(id: ObservationId, found: string): Observation {
  const { expected } = questions[id];
  const verdict = !expected ? "news" : expected.test(found) ? "expected" : "differs";
  return { id, found, verdict };
}

export const notAsked = (id: ObservationId, why: string): Observation => ({
  id,
  found: why,
  verdict: "notAsked",
});
