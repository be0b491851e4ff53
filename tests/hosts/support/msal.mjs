/** An MSAL instance that is signed in already, with the sandbox's own tokens, for hosts without windows. */
const REGISTRY = Symbol.for("entra-flow.sample.msal");

export function signedInMsal(sandbox, user = "ada") {
  const { tenantId, upn } = sandbox.world.users[user];
  const account = { homeAccountId: `1.${tenantId}`, tenantId, username: upn };
  const token = async () => ({ accessToken: await sandbox.mint({ user }), account });
  return {
    getAllAccounts: () => [account],
    acquireTokenSilent: token,
    ssoSilent: token,
    acquireTokenPopup: token,
  };
}

/** Puts it where the sample's controls look for the window's shared instance. */
export function shareMsal(window, msal, { clientId, tenantId }) {
  window[REGISTRY] ??= new Map();
  window[REGISTRY].set(`${tenantId}/${clientId}`.toLowerCase(), Promise.resolve(msal));
}
