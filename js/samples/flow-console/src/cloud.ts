/** The few names of a Microsoft cloud that the console itself has to know; the library finds out the rest by itself. */
export interface ConsoleCloud {
  /** Signs users in. */
  loginHost: string;
  /** Asks for a token of the flow service. The double slash keeps the audience's own: docs/guide/clouds.md. */
  scope: string;
  /** Gives out trigger URLs. */
  flowApiHost: string;
  /** Ends of the hosts that run flows. */
  triggerSuffixes: string[];
}

const cloud = (
  loginHost: string,
  service: string,
  flowApiHost: string,
  ...triggerSuffixes: string[]
): ConsoleCloud => ({
  loginHost,
  scope: `https://${service}//.default`,
  flowApiHost,
  triggerSuffixes,
});

/** By the end of the org's host; the first that fits. */
const clouds: [suffix: string, cloud: ConsoleCloud][] = [
  [
    ".crm9.dynamics.com",
    cloud(
      "login.microsoftonline.com",
      "gov.service.flow.microsoft.us",
      "gov.api.flow.microsoft.us",
      ".environment.api.gov.powerplatform.microsoft.us",
      ".logic.azure.us",
    ),
  ],
  [
    ".crm.microsoftdynamics.us",
    cloud(
      "login.microsoftonline.us",
      "high.service.flow.microsoft.us",
      "high.api.flow.microsoft.us",
      ".environment.api.high.powerplatform.microsoft.us",
      ".logic.azure.us",
    ),
  ],
  [
    ".crm.appsplatform.us",
    cloud(
      "login.microsoftonline.us",
      "service.flow.appsplatform.us",
      "api.flow.appsplatform.us",
      ".environment.api.appsplatform.us",
      ".logic.azure.us",
    ),
  ],
  [
    ".crm.dynamics.cn",
    cloud(
      "login.partner.microsoftonline.cn",
      "service.powerautomate.cn",
      "api.powerautomate.cn",
      ".environment.api.powerplatform.partner.microsoftonline.cn",
      ".logic.azure.cn",
    ),
  ],
  [
    ".dynamics.com",
    cloud(
      "login.microsoftonline.com",
      "service.flow.microsoft.com",
      "api.flow.microsoft.com",
      ".environment.api.powerplatform.com",
      ".logic.azure.com",
    ),
  ],
];

/** Undefined for a host that no cloud knows: nothing is sent by guess. */
export const cloudOf = (orgHost: string): ConsoleCloud | undefined =>
  clouds.find(([suffix]) => orgHost.endsWith(suffix))?.[1];

/** Whether a token may be sent there: https, no user info, a host of the cloud's flow service. */
export function isFlowService(url: string, cloud: ConsoleCloud): boolean {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  const { protocol, hostname, username, password } = parsed;
  const known =
    hostname === cloud.flowApiHost || cloud.triggerSuffixes.some((end) => hostname.endsWith(end));
  return protocol === "https:" && !username && !password && known;
}
