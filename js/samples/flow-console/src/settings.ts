/**
 * How users sign in, from the web resource's data parameter: `?data=clientId%3D…%26tenantId%3D…`. What is missing is asked for
 * in a form and lives as long as the page: nothing is stored.
 */
import { isGuid } from "./guid.js";
import { texts } from "./texts/index.js";

export interface Settings {
  /** The app registration, a single-page application with the permission Power Automate → User. */
  clientId: string;
  tenantId: string;
  /** The page that the sign-in window comes back to, a path on the org's origin. */
  redirectPath: string;
}

const defaultRedirectPath = "/WebResources/ef_msal_redirect.html";

export interface StartUp {
  settings: Settings;
  /** The flow to open, where a link names one. */
  workflowId?: string;
}

/** Reads the page's query. Dataverse passes on one parameter of the caller's, `data`, in which ours are. */
export function readStartUp(search: string, tenantId = ""): StartUp {
  const data = new URLSearchParams(new URLSearchParams(search).get("data") ?? "");
  const workflowId = data.get("workflowId") ?? "";
  return {
    settings: {
      clientId: data.get("clientId") ?? "",
      tenantId: data.get("tenantId") ?? tenantId,
      redirectPath: data.get("redirect") ?? defaultRedirectPath,
    },
    ...(isGuid(workflowId) && { workflowId: workflowId.toLowerCase() }),
  };
}

/** What is wrong with each field; empty where one can sign in. */
export function problemsOf(settings: Settings): Partial<Record<keyof Settings, string>> {
  return {
    ...(!isGuid(settings.clientId) && {
      clientId: texts.settings.clientIdWrong,
    }),
    ...(!isGuid(settings.tenantId) && {
      tenantId: texts.settings.tenantIdWrong,
    }),
    // One slash: two would be another host.
    ...(!/^\/(?![/\\])[^\s?#]+$/.test(settings.redirectPath) && {
      redirectPath: texts.settings.redirectWrong(defaultRedirectPath),
    }),
  };
}

/** The value for the web resource's data parameter that makes these the settings of everybody who opens it so. */
export function dataParameter({ clientId, tenantId, redirectPath }: Settings): string {
  const redirect = redirectPath === defaultRedirectPath ? {} : { redirect: redirectPath };
  return new URLSearchParams({ clientId, tenantId, ...redirect }).toString();
}
