/**
 * Finds out on a real environment what no public source says (readable headers, the form of URLs, statuses), without running a flow: no
 * request here has a token that a flow would accept, but for those that name a flow or a trigger that does not exist.
 */
import { type FlowEvent, type HttpFlow, isFlowError } from "entra-flow";
import { askOrganization } from "./host.js";
import type { Session } from "./session.js";
import { hasSignature, urlForm } from "./urls.js";

/** One thing that was looked at. Nothing in it names a person, an org, an environment or a flow. */
export interface Observation {
  id: string;
  question: string;
  found: string;
}

const patienceMs = 20_000;

export async function* probe(session: Session, flow: HttpFlow): AsyncGenerator<Observation> {
  yield* aboutThePage(session);
  const classic = await discover(session, flow, "flowApi");
  yield classic.observation;
  const environment = await discover(session, flow, "environmentApi");
  yield environment.observation;
  const url = classic.url ?? environment.url;
  if (classic.url && environment.url) {
    const same = classic.url === environment.url ? "yes" : "no";
    yield observe("discovery.same", "Do both APIs give the same trigger URL?", same);
  }
  yield* noSuchTrigger(session, flow);
  if (!url) return;
  yield observe("url.form", "Which form has the trigger URL?", urlForm(url));
  if (flow.auth === "anyone" || hasSignature(url)) {
    yield observe(
      "trigger",
      "What does the trigger's host refuse, and how?",
      "not asked: this flow takes calls without a token",
    );
    return;
  }
  yield* refusals(url, flow.method);
  yield await noSuchFlow(session, url, flow.method);
}

async function* aboutThePage(session: Session): AsyncGenerator<Observation> {
  const { hasXrm, undocumented } = session.host;
  const suffix = location.hostname.split(".").slice(1).join(".");
  yield observe("page.host", "Where is the org?", `*.${suffix}`);
  const members = Object.keys(undocumented).join(", ") || "neither";
  yield observe(
    "page.xrm",
    "Which undocumented members has Xrm (environmentId, tenantId)?",
    hasXrm ? members : "no Xrm: the console was opened by itself",
  );
  const org = await askOrganization().catch(() => undefined);
  const told = !org
    ? "it does not answer"
    : `environment id ${formOfId(org.environmentId)}, tenant id ${formOfId(org.tenantId)}`;
  yield observe("org.currentOrganization", "What does RetrieveCurrentOrganization tell?", told);
}

const formOfId = (id: unknown) =>
  typeof id !== "string" ? "missing" : id.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/i, "{guid}");

async function discover(session: Session, flow: HttpFlow, discovery: "flowApi" | "environmentApi") {
  const { workflowId, trigger } = flow;
  const client = await session.client({
    discovery,
    cache: "none",
    interaction: "none",
    timeoutMs: patienceMs,
  });
  const listened = await listen(session, () =>
    client.flow({ workflowId, trigger }).callbackUrl({ refresh: true }),
  );
  const status = statusOf(listened.events);
  const found = listened.error ?? `${status ?? "an answer"}, a URL`;
  const question = `Does the ${discovery === "flowApi" ? "cloud's Power Automate API" : "environment's own API"} give out the trigger URL?`;
  return {
    ...(typeof listened.value === "string" && { url: listened.value }),
    observation: observe(`discovery.${discovery}`, question, found),
  };
}

/** A trigger that the flow has not got: what does each API say? */
async function* noSuchTrigger(
  session: Session,
  { workflowId }: HttpFlow,
): AsyncGenerator<Observation> {
  for (const discovery of ["flowApi", "environmentApi"] as const) {
    const client = await session.client({
      discovery,
      cache: "none",
      interaction: "none",
      timeoutMs: patienceMs,
    });
    const target = { workflowId, trigger: "ef_no_such_trigger" };
    const { value, error } = await listen(session, () =>
      client.flow(target).callbackUrl({ refresh: true }),
    );
    yield observe(
      `discovery.${discovery}.noSuchTrigger`,
      `What does ${discovery} say to a trigger that is not there?`,
      error ?? (value ? "it gives out a URL all the same" : "nothing"),
    );
  }
}

/** What the trigger's host refuses. None of these carries a credential that is one. */
async function* refusals(url: string, method: string): AsyncGenerator<Observation> {
  const signed = new URL(url);
  for (const [name, value] of [
    ["sp", "/triggers/manual/run"],
    ["sv", "1.0"],
    ["sig", "no-signature"],
  ] as const) {
    signed.searchParams.set(name, value);
  }
  const attempts: [id: string, question: string, url: string, headers: Record<string, string>][] = [
    ["noToken", "No token", url, {}],
    ["badToken", "A token that is none", url, { authorization: "Bearer no-token" }],
    ["badSas", "A signature that is none", signed.href, {}],
    [
      "both",
      "A token and a signature, neither of them one",
      signed.href,
      { authorization: "Bearer no-token" },
    ],
    ["customHeader", "A request header of one's own, without a token", url, { "x-ef-probe": "1" }],
  ];
  for (const [id, question, target, headers] of attempts) {
    yield observe(
      `trigger.${id}`,
      `The trigger's host: ${question.toLowerCase()}`,
      await send(target, method, headers),
    );
  }
}

async function send(url: string, method: string, headers: Record<string, string>): Promise<string> {
  const body = method === "GET" || method === "HEAD" ? undefined : "{}";
  try {
    const answer = await fetch(url, {
      method,
      headers: { ...(body && { "content-type": "application/json" }), ...headers },
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(patienceMs),
      ...(body && { body }),
    });
    const parsed = await answer.json().catch(() => undefined);
    const readable = [...answer.headers.keys()].sort().join(", ") || "none";
    return `${answer.status} ${word(parsed?.error?.code) || "without a code"}; readable headers: ${readable}`;
  } catch {
    return "no answer that a page may read (CORS, network or content security policy)";
  }
}

/** A flow that is not there, with a real token: the library sends it only to a host of the flow service. */
async function noSuchFlow(session: Session, url: string, method: string): Promise<Observation> {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const other = url.replace(/[0-9a-f]{32}(?=\/triggers\/)/i, id);
  const question = "The trigger's host: a flow that is not there, with a token";
  if (other === url)
    return observe("trigger.noSuchFlow", question, "not asked: the URL has another form");
  const client = await session.client({
    interaction: "none",
    maxAttempts: 1,
    timeoutMs: patienceMs,
  });
  const options = { method: method as "POST" };
  const { value, error } = await listen(session, () =>
    client.flow({ url: other }).invoke(undefined, options),
  );
  return observe("trigger.noSuchFlow", question, error ?? (value ? "it answered" : "nothing"));
}

/** Does something and keeps its events; a FlowError becomes its codes. Its message stays here: it may name things. */
async function listen(session: Session, work: () => Promise<unknown>) {
  const events: FlowEvent[] = [];
  const before = session.onEvent;
  session.onEvent = (event) => events.push(event);
  try {
    return { events, value: await work() };
  } catch (error) {
    if (!isFlowError(error)) throw error;
    const status = error.status ?? statusOf(events);
    const parts = [error.code, status, word(error.serviceCode)].filter(Boolean);
    return { events, error: parts.join(" ") };
  } finally {
    session.onEvent = before;
  }
}

function statusOf(events: FlowEvent[]): number | undefined {
  return events
    .flatMap((event) => ("status" in event && event.status ? [event.status] : []))
    .at(-1);
}

/** A service's code, and nothing else that may stand in its place. */
const word = (text: unknown) =>
  typeof text === "string" && /^[A-Za-z][\w.]{0,60}$/.test(text) ? text : "";

export const observe = (id: string, question: string, found: string): Observation => ({
  id,
  question,
  found,
});
