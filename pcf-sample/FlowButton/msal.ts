import { type IPublicClientApplication, PublicClientApplication } from "@azure/msal-browser";

/** The page with MSAL's redirect bridge, a web resource of the same origin, that the sign-in window comes back to. */
// eslint-disable-next-line @microsoft/power-apps/use-cached-webresource -- Entra wants one fixed redirect URI, and the cached path has a timestamp in it.
export const REDIRECT_PAGE = "/WebResources/ef_msal_redirect.html";

type Instance = Promise<IPublicClientApplication>;
const REGISTRY = Symbol.for("entra-flow.sample.msal");

/**
 * One MSAL instance per app registration for the whole window: every control on every form that the
 * window shows shares its accounts and tokens, so that one sign-in serves them all.
 *
 * Tokens stay in memory. PCF controls may not use localStorage or sessionStorage, and a token in
 * memory is out of reach of whatever else runs on the origin later. The price: after a reload of the
 * page MSAL asks Entra again, silently where the browser allows that. (msal-browser itself keeps the
 * state of a sign-in window that is open, no token, in sessionStorage. It has no setting for that.)
 */
export function sharedMsal(clientId: string, tenantId: string): Promise<IPublicClientApplication> {
  const shared = window as unknown as Record<symbol, Map<string, Instance> | undefined>;
  const registry = (shared[REGISTRY] ??= new Map<string, Instance>());
  const key = `${tenantId}/${clientId}`.toLowerCase();
  let instance = registry.get(key);
  if (!instance) {
    instance = createMsal(clientId, tenantId);
    registry.set(key, instance);
    // A failed start is not remembered: the next click tries again.
    instance.catch(() => registry.delete(key));
  }
  return instance;
}

async function createMsal(clientId: string, tenantId: string): Promise<IPublicClientApplication> {
  const msal = new PublicClientApplication({
    auth: {
      clientId,
      authority: `https://${loginHost(window.location.hostname)}/${tenantId}`,
      redirectUri: window.location.origin + REDIRECT_PAGE,
    },
    cache: { cacheLocation: "memoryStorage" },
    // The default of one minute is short for a password and a second factor.
    system: { popupBridgeTimeout: 300_000 },
  });
  await msal.initialize();
  return msal;
}

/** Each national cloud signs its users in at a host of its own. */
export function loginHost(orgHost: string): string {
  if (orgHost.endsWith(".microsoftdynamics.us") || orgHost.endsWith(".appsplatform.us")) {
    return "login.microsoftonline.us";
  }
  return orgHost.endsWith(".dynamics.cn")
    ? "login.partner.microsoftonline.cn"
    : "login.microsoftonline.com";
}
