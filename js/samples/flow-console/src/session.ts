/** One page's clients: an MSAL instance of the settings, and FlowClients of it, made when they are first needed. */
import { type IPublicClientApplication, PublicClientApplication } from "@azure/msal-browser";
import { type Auth, type ClientOptions, FlowClient, type FlowEvent } from "entra-flow";
import { cloudOf } from "./cloud.js";
import { askOrganization, type Host } from "./host.js";
import { problemsOf, type Settings } from "./settings.js";
import { texts } from "./texts/index.js";

export class Session {
  readonly canSignIn: boolean;
  readonly #clients = new Map<string, Promise<FlowClient>>();
  #msal: Promise<IPublicClientApplication> | undefined;
  constructor(
    readonly host: Host,
    readonly settings: Settings,
  ) {
    this.canSignIn = Object.keys(problemsOf(settings)).length === 0;
  }

  /** A client of one's own, which tells of each step of each of its calls. */
  listening(options: Partial<ClientOptions>, onEvent: (event: FlowEvent) => void) {
    return this.#make({ ...options, onEvent });
  }

  /** A client with these options: the same one for the same options. A failure is not remembered. */
  client(options: Partial<ClientOptions> = {}): Promise<FlowClient> {
    const key = JSON.stringify(options);
    let client = this.#clients.get(key);
    if (!client) {
      client = this.#make(options);
      this.#clients.set(key, client);
      client.catch(() => this.#clients.delete(key));
    }
    return client;
  }

  /** The account that the page is signed in with, as far as MSAL knows one. */
  async userName(): Promise<string | undefined> {
    return (await this.#msal)?.getAllAccounts()[0]?.username;
  }

  /** A token for these scopes, where there is one to be had without a window. It is the caller's to keep to itself. */
  async silentToken(scope: string): Promise<string | undefined> {
    const msal = this.canSignIn ? await this.#startedMsal() : undefined;
    const accounts = msal?.getAllAccounts() ?? [];
    const tenant = this.settings.tenantId.toLowerCase();
    const account = accounts.find(({ tenantId }) => tenantId.toLowerCase() === tenant);
    if (!msal || !account) return undefined;
    try {
      return (await msal.acquireTokenSilent({ scopes: [scope], account })).accessToken;
    } catch {
      return undefined;
    }
  }

  async #make(given: Partial<ClientOptions>): Promise<FlowClient> {
    const auth = await this.#auth();
    const options = {
      // The console looks at things as they are; the page's cache is for those who use them.
      cache: "client" as const,
      ...given,
    };
    if (this.host.hasXrm) return FlowClient.fromXrm(auth, options);
    const { environmentId = "", tenantId } = await askOrganization();
    return FlowClient.create({
      auth,
      webApi: this.host.webApi,
      environmentId,
      ...(tenantId && { tenantId }),
      ...options,
    });
  }

  #startedMsal(): Promise<IPublicClientApplication> {
    this.#msal ??= startMsal(this.settings);
    this.#msal.catch(() => {
      this.#msal = undefined;
    });
    return this.#msal;
  }

  async #auth(): Promise<Auth> {
    if (this.canSignIn) return this.#startedMsal();
    // Flows are listed without a token, so there is a list before there are settings.
    return {
      getToken: () =>
        Promise.reject(
          Object.assign(new Error(texts.signIn.notSetUp), {
            name: "InteractionRequiredAuthError",
            errorCode: "login_required",
          }),
        ),
    };
  }
}

/** Tokens stay in memory: after a reload MSAL asks Entra again, silently where the browser allows that. */
async function startMsal({ clientId, tenantId, redirectPath }: Settings) {
  const msal = new PublicClientApplication({
    auth: {
      clientId,
      authority: `https://${cloudOf(location.hostname)?.loginHost ?? "login.microsoftonline.com"}/${tenantId}`,
      redirectUri: location.origin + redirectPath,
    },
    cache: { cacheLocation: "memoryStorage" },
    // The default of one minute is short for a password and a second factor.
    system: { popupBridgeTimeout: 300_000 },
  });
  await msal.initialize();
  return msal;
}
