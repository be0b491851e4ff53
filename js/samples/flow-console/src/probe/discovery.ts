/** What listCallbackUrl says, rightly and wrongly asked. It starts no flow, whatever it is asked. */
import type { HttpFlow } from "entra-flow";
import { askOrganization } from "../host.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import type { Asker } from "./ask.js";
import { listen } from "./listen.js";
import { notAsked, type Observation, observe } from "./observation.js";
import { expiredToken, type Tokens } from "./tokens.js";

const nobody = "00000000-0000-4000-8000-000000000000";
const noTrigger = "ef_no_such_trigger";

/** The trigger URL by both roads, through the library: what it gives out has passed its check of hosts. */
export async function* discoveries(
  session: Session,
  flow: HttpFlow,
): AsyncGenerator<Observation, string | undefined> {
  const classic = await discover(session, flow, "flowApi");
  yield observe("discovery.flowApi", classic.found);
  const environment = await discover(session, flow, "environmentApi");
  yield observe("discovery.environmentApi", environment.found);
  yield classic.url && environment.url
    ? observe("discovery.same", classic.url === environment.url ? "yes" : "no")
    : notAsked("discovery.same", texts.probe.oneUrlOnly);
  yield observe(
    "discovery.environmentApi.noSuchTrigger",
    (await discover(session, { ...flow, trigger: noTrigger }, "environmentApi")).found,
  );
  return classic.url ?? environment.url;
}

async function discover(
  session: Session,
  { workflowId, trigger }: HttpFlow,
  discovery: "flowApi" | "environmentApi",
): Promise<{ url?: string; found: string }> {
  const { value, found } = await listen(session, { discovery }, (client) =>
    client.flow({ workflowId, trigger }).callbackUrl({ refresh: true }),
  );
  return { ...(typeof value === "string" && { url: value }), found };
}

/** The same API by hand, mostly asked wrongly. A real token goes to the cloud's own host, which is a constant. */
export async function* askedWrongly(
  session: Session,
  flow: HttpFlow,
  asker: Asker,
  tokens: Tokens,
): AsyncGenerator<Observation> {
  const [row, org] = await Promise.all([
    session.host.webApi.retrieveRecord("workflow", flow.workflowId, "?$select=resourceid"),
    askOrganization().catch(() => ({ environmentId: undefined })),
  ]);
  const environment = session.host.undocumented.environmentId ?? org.environmentId;
  const token = tokens.flow;
  if (!environment || !token) {
    const why = environment ? texts.probe.noSilentToken : texts.probe.noEnvironment;
    for (const id of byHand) yield notAsked(id, why);
    return;
  }
  const resource: string = row.resourceid || flow.workflowId;
  const url = (
    of: { environment?: string; flow?: string; trigger?: string; version?: string } = {},
  ) =>
    `https://${asker.cloud.flowApiHost}/providers/Microsoft.ProcessSimple/environments/${of.environment ?? environment}` +
    `/flows/${of.flow ?? resource}/triggers/${encodeURIComponent(of.trigger ?? flow.trigger)}/listCallbackUrl` +
    (of.version ?? "?api-version=2016-11-01");
  const right = await asker.ask(url(), { token });
  yield right.members.length > 0
    ? observe("discovery.flowApi.shape", right.members.join(", "))
    : notAsked("discovery.flowApi.shape", right.told);
  yield observe(
    "discovery.workflowId",
    (await asker.ask(url({ flow: flow.workflowId }), { token })).told,
  );
  yield observe(
    "discovery.noSuchTrigger",
    (await asker.ask(url({ trigger: noTrigger }), { token })).told,
  );
  yield observe("discovery.noSuchFlow", (await asker.ask(url({ flow: nobody }), { token })).told);
  yield observe(
    "discovery.noSuchEnvironment",
    (await asker.ask(url({ environment: nobody }), { token })).told,
  );
  yield observe("discovery.get", (await asker.ask(url(), { method: "GET", token })).told);
  yield observe("discovery.noVersion", (await asker.ask(url({ version: "" }), { token })).told);
  yield observe("discovery.noToken", (await asker.ask(url())).told);
  const madeUp = (given: string) => ({ headers: { authorization: `Bearer ${given}` } });
  yield observe("discovery.badToken", (await asker.ask(url(), madeUp("no-token"))).told);
  yield observe("discovery.expiredToken", (await asker.ask(url(), madeUp(expiredToken()))).told);
  yield tokens.other
    ? observe("discovery.otherAudience", (await asker.ask(url(), { token: tokens.other })).told)
    : notAsked("discovery.otherAudience", tokens.whyNoOther);
  yield observe(
    "discovery.customHeader",
    (await asker.ask(url(), { token, headers: { "x-ef-probe": "1" } })).told,
  );
}

const byHand = [
  "discovery.flowApi.shape",
  "discovery.workflowId",
  "discovery.noSuchTrigger",
  "discovery.noSuchFlow",
  "discovery.noSuchEnvironment",
  "discovery.get",
  "discovery.noVersion",
  "discovery.noToken",
  "discovery.badToken",
  "discovery.expiredToken",
  "discovery.otherAudience",
  "discovery.customHeader",
] as const;
