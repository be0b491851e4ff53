/**
 * Finds out on a real environment what no public source says (readable headers, the form of URLs, statuses), without running a flow.
 *
 * | file | |
 * |---|---|
 * | `questions.ts` | each question, why it is put, what the library reckons with |
 * | `page.ts` `discovery.ts` `trigger.ts` | who is asked |
 * | `ask.ts` `listen.ts` `tokens.ts` | one request; one call through the library; the tokens |
 * | `observation.ts` `report.ts` | what is kept, and what may be sent to us |
 */
import type { HttpFlow } from "entra-flow";
import { cloudOf } from "../cloud.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { hasSignature, urlForm } from "../urls.js";
import { Asker } from "./ask.js";
import { askedWrongly, discoveries } from "./discovery.js";
import { notAsked, type Observation, observe } from "./observation.js";
import { aboutThePage } from "./page.js";
import { takeTokens } from "./tokens.js";
import { nothingThere, refusals, triggerIds } from "./trigger.js";

export interface Look {
  session: Session;
  /** The flow to ask with. */
  flow: HttpFlow;
  /** All that were listed: how their definitions are written is looked at too. */
  flows: HttpFlow[];
  /** The user's word that a token for Microsoft Graph may be sent to the flow service, which has to refuse it. */
  otherAudience: boolean;
  signal: AbortSignal;
}

export async function* probe(look: Look): AsyncGenerator<Observation> {
  const { session, flow, flows, signal } = look;
  yield* until(signal, aboutThePage(session, flows));
  const cloud = cloudOf(location.hostname);
  if (!cloud) {
    yield notAsked("discovery.flowApi", texts.probe.noCloud);
    return;
  }
  const api = new Asker(cloud, signal);
  const trigger = new Asker(cloud, signal);
  const tokens = await takeTokens(session, cloud, { other: look.otherAudience });
  const url = yield* until(signal, discoveries(session, flow));
  yield* until(signal, askedWrongly(session, flow, api, tokens));
  if (url) yield observe("url.form", urlForm(url));
  const why = !url
    ? texts.probe.noUrl
    : flow.auth === "anyone" || hasSignature(url)
      ? texts.probe.anyone
      : undefined;
  if (why !== undefined) {
    for (const id of triggerIds) yield notAsked(id, why);
  } else if (url) {
    yield* until(signal, refusals(url, flow, trigger, tokens));
    yield* until(signal, nothingThere(session, url, flow));
  }
  yield observe("headers.flowApi", api.summary());
  yield why === undefined
    ? observe("headers.trigger", trigger.summary())
    : notAsked("headers.trigger", why);
  for (const [id, reason] of Object.entries(texts.probe.open))
    yield notAsked(id as Observation["id"], reason);
}

/** Stops at once where the user cancelled, also while an answer is awaited. */
async function* until<T>(
  signal: AbortSignal,
  work: AsyncGenerator<Observation, T>,
): AsyncGenerator<Observation, T> {
  const cancelled = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  cancelled.catch(() => {});
  for (;;) {
    signal.throwIfAborted();
    const { value, done } = await Promise.race([work.next(), cancelled]);
    if (done) return value;
    yield value;
  }
}
