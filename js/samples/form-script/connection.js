/**
 * ef_/connection.js: the two values that are yours, the page's one MSAL instance, and clients for the flows.
 *
 * Web resources load in no certain order, so nothing here touches another file until a function is called.
 */
window.Contoso = window.Contoso || {};

Contoso.Flows = (() => {
  // The app registration that has the delegated permission Power Automate, User.
  const CLIENT_ID = "<client ID>";
  const TENANT_ID = "<tenant ID>";
  /** The library in plain JavaScript, for environments whose content security policy keeps WebAssembly from running. */
  const COMPAT = "/WebResources/ef_/entra-flow.compat.global.js";
  /** A page of the org's with MSAL's redirect bridge, which the sign-in window comes back to. */
  const REDIRECT_PAGE = "/WebResources/ef_msal_redirect.html";

  const clients = {};
  /** Ends the wait for a sign-in window. */
  let giveUp;

  /**
   * A client for the flows of this environment, made once per page.
   * @param {"auto" | "none"} [interaction] none: never opens a window. For whatever no user clicked on.
   */
  function connect(interaction = "auto") {
    clients[interaction] ??= sharedMsal()
      .then((instance) => {
        EntraFlow.fallBackTo(COMPAT);
        return EntraFlow.FlowClient.fromXrm(authOf(instance), { interaction });
      })
      .catch((error) => {
        // A failure is not remembered: the next click tries again.
        delete clients[interaction];
        throw error;
      });
    return clients[interaction];
  }

  /**
   * One MSAL instance per app registration for the whole window. The key is the one that the PCF sample looks under,
   * so a form with both asks for one sign-in. Tokens stay in memory.
   */
  function sharedMsal() {
    const slot = Symbol.for("entra-flow.sample.msal");
    window[slot] ??= new Map();
    const instances = window[slot];
    const key = `${TENANT_ID}/${CLIENT_ID}`.toLowerCase();
    if (!instances.has(key)) {
      const instance = createMsal();
      instances.set(key, instance);
      instance.catch(() => instances.delete(key));
    }
    return instances.get(key);
  }

  async function createMsal() {
    const instance = new msal.PublicClientApplication({
      auth: {
        clientId: CLIENT_ID,
        authority: `https://login.microsoftonline.com/${TENANT_ID}`,
        redirectUri: window.location.origin + REDIRECT_PAGE,
      },
      cache: { cacheLocation: "memoryStorage" },
      // One minute, the default, is short for a password and a second factor.
      system: { popupBridgeTimeout: 300_000 },
    });
    await instance.initialize();
    return instance;
  }

  const authOf = (instance) => ({
    getAllAccounts: () => instance.getAllAccounts(),
    acquireTokenSilent: (request) => instance.acquireTokenSilent(request),
    ssoSilent: (request) => instance.ssoSilent(request),
    acquireTokenPopup: (request) =>
      new Promise((resolve, reject) => {
        giveUp = () => reject({ name: "BrowserAuthError", errorCode: "user_cancelled" });
        instance
          .acquireTokenPopup({ ...request, overrideInteractionInProgress: true })
          .then(resolve, reject);
      }),
  });

  /**
   * From a click: silently where that works, else in a window. msal-browser 5 does not notice that its window was closed
   * and waits on, so a new click gives up on the old window first.
   */
  async function signIn() {
    giveUp?.();
    giveUp = undefined;
    // The earlier call hears of it before this one asks.
    await new Promise((resolve) => setTimeout(resolve));
    const client = await connect();
    await client.signIn();
    giveUp = undefined;
    return client;
  }

  /** The error of a call as sentences for a user: what happened, what to do, and whether the flow may have run. */
  function explain(error) {
    if (!EntraFlow.isFlowError(error)) return error?.message || String(error);
    // What the flow's own Response action said is closer to the user than anything we could say.
    const said = error.code === "flow_failed" ? error.data?.message : undefined;
    if (said) return said;
    const unsure = error.mayHaveRun && error.code !== "flow_failed";
    const sentences = [Contoso.texts.problem(error)];
    if (unsure) sentences.push(Contoso.texts().mayHaveRun);
    return sentences.join(" ");
  }

  /** What the flow said, where it said something to show. */
  function messageOf({ data }) {
    const said = typeof data === "string" ? data : data?.message;
    return typeof said === "string" && said !== "" ? said : Contoso.texts().noMessage;
  }

  /** For whoever is asked for help. None of it is a secret. */
  function details(error) {
    const { code, stage, status, serviceCode, correlationId, runId, message, hint } = error ?? {};
    return Object.entries({ code, stage, status, serviceCode, correlationId, runId, message, hint })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n");
  }

  /** Only the user can go on: by signing in. */
  const needsSignIn = (error) =>
    ["interaction_required", "popup_blocked", "sign_in_cancelled"].includes(error?.code);

  return { connect, signIn, explain, messageOf, details, needsSignIn };
})();
