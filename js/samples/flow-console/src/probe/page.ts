/** The page, its org, and what flows' definitions look like: nothing here asks Power Automate. */
import type { HttpFlow } from "entra-flow";
import { allowedUsersForm } from "../definition.js";
import { askOrganization } from "../host.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { notAsked, type Observation, observe } from "./observation.js";

export async function* aboutThePage(
  session: Session,
  flows: HttpFlow[],
): AsyncGenerator<Observation> {
  const { hasXrm, undocumented } = session.host;
  yield observe("page.host", `*.${location.hostname.split(".").slice(1).join(".")}`);
  yield hasXrm
    ? observe("page.xrm", Object.keys(undocumented).join(", ") || texts.probe.neither)
    : notAsked("page.xrm", texts.probe.noXrm);
  const org = await askOrganization().catch(() => undefined);
  yield observe(
    "org.currentOrganization",
    org
      ? `environment id ${formOfId(org.environmentId)}, tenant id ${formOfId(org.tenantId)}`
      : texts.probe.noAnswer,
  );
  yield await allowedUsers(session, flows);
}

const formOfId = (id: unknown) =>
  typeof id !== "string"
    ? texts.probe.missing
    : id.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/i, "{guid}").replace(/^(?!.*\{guid\}).*$/, "{text}");

/** A few flows with a list of users are enough to see how it is written. */
async function allowedUsers(session: Session, flows: HttpFlow[]): Promise<Observation> {
  const forms = new Set<string>();
  for (const { workflowId, trigger } of flows.filter(({ auth }) => auth === "users").slice(0, 10)) {
    try {
      const row = await session.host.webApi.retrieveRecord(
        "workflow",
        workflowId,
        "?$select=clientdata",
      );
      const form = allowedUsersForm(row.clientdata, trigger);
      if (form) forms.add(form);
    } catch {
      // Another flow may tell.
    }
  }
  return forms.size > 0
    ? observe("definition.allowedUsers", [...forms].sort().join(" · "))
    : notAsked("definition.allowedUsers", texts.probe.noLists);
}
