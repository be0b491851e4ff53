/** What the console needs of the page that it is on. */
import type { WebApi } from "entra-flow";
import { texts } from "./texts/index.js";
import { sameOriginWebApi } from "./web-api.js";

export interface Host {
  /** The org's own, or one over the org's Web API where the console is a browser tab by itself. */
  webApi: ConsoleWebApi;
  /** There is Xrm, on this window or its parent. */
  hasXrm: boolean;
  /** Xrm's members that are real and in no published type. */
  undocumented: { environmentId?: string; tenantId?: string };
}

/** `Xrm.WebApi` as far as it is used here; its promises are awaited. */
export interface ConsoleWebApi extends WebApi {
  createRecord(entityType: string, data: Record<string, unknown>): PromiseLike<unknown>;
  updateRecord(entityType: string, id: string, data: Record<string, unknown>): PromiseLike<unknown>;
}

interface XrmLike {
  WebApi?: ConsoleWebApi;
  Utility?: { getGlobalContext?(): { organizationSettings?: Record<string, unknown> } };
}

export function findHost(): Host {
  const xrm = xrmOf(window) ?? xrmOf(() => window.parent as Window);
  const organization = attempt(() => xrm?.Utility?.getGlobalContext?.().organizationSettings) ?? {};
  const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);
  const environmentId = text(organization.bapEnvironmentId);
  const tenantId = text(organization.organizationTenant);
  return {
    webApi: xrm?.WebApi ?? sameOriginWebApi(),
    hasXrm: xrm !== undefined,
    undocumented: { ...(environmentId && { environmentId }), ...(tenantId && { tenantId }) },
  };
}

/** What the org says of itself: the supported way to the environment's id. */
export async function askOrganization(): Promise<{ environmentId?: string; tenantId?: string }> {
  const query = "@p=Microsoft.Dynamics.CRM.EndpointAccessType'Default'";
  const answer = await fetch(
    `${location.origin}/api/data/v9.2/RetrieveCurrentOrganization(AccessType=@p)?${query}`,
    { headers: { Accept: "application/json" } },
  );
  if (!answer.ok) throw new Error(texts.orgAnswered(answer.status));
  const { Detail = {} } = await answer.json();
  return { environmentId: Detail.EnvironmentId, tenantId: Detail.TenantId };
}

function xrmOf(at: Window | (() => Window)): XrmLike | undefined {
  // A parent of another origin throws.
  const xrm = attempt(() => (typeof at === "function" ? at() : at) as unknown as { Xrm?: XrmLike });
  return attempt(() => (xrm?.Xrm?.WebApi ? xrm.Xrm : undefined));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
