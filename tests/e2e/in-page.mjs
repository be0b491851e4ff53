/** What the page gives to tests, as `window.e2e`: the host's objects, and outcomes as plain data. */
import { textsOf, write } from "/e2e/collect.mjs";
import { createWebApi } from "/e2e/host/web-api.mjs";
import { createXrm } from "/e2e/host/xrm.mjs";

const config = JSON.parse(document.getElementById("config").textContent);
const { msal, EntraFlow } = window;
const webApi = createWebApi();
const nothing = () => undefined;
window.Xrm = createXrm({
  config,
  webApi,
  getValue: nothing,
  setValue: nothing,
  notify: nothing,
});

let app;

const e2e = {
  config,

  /** The host's MSAL instance: one for the page. */
  msal() {
    app ??= (async () => {
      const { clientId, authority, redirectUri } = config;
      const instance = new msal.PublicClientApplication({
        auth: { clientId, authority, redirectUri },
        cache: { cacheLocation: "sessionStorage" },
      });
      await instance.initialize();
      return instance;
    })();
    return app;
  },

  /** A client that knows nothing yet. */
  async client(options = {}) {
    const { auth = await e2e.msal(), ...others } = options;
    const client = await EntraFlow.FlowClient.fromXrm(auth, {
      interaction: "none",
      ...others,
      onEvent: heard(others.onEvent),
    });
    client.clearCache();
    return client;
  },

  /** A warm client: it knows the flow's URL. */
  async warm(workflowId, options) {
    const client = await e2e.client(options);
    await client.flow(workflowId).callbackUrl();
    return client;
  },

  /** One cold call. */
  async call({ flow, body, options, client }) {
    return (await e2e.client(client)).flow(flow).invoke(body, options);
  },

  /** What `work` came to, as data that can leave the page. */
  async settle(work, argument) {
    const started = performance.now();
    const spent = () => performance.now() - started;
    try {
      const value = await plain(await work(argument));
      write("outcome", withoutLocation(value));
      return { value, ms: spent() };
    } catch (error) {
      write("error", error);
      return { error: describe(error), ms: spent() };
    }
  },
};
window.e2e = e2e;

/** A test's own `onEvent`, or none: what it is told is searched for secrets. */
function heard(onEvent) {
  if (onEvent !== undefined && typeof onEvent !== "function") return onEvent;
  return (event) => {
    write("event", event);
    return onEvent?.(event);
  };
}

/** A 202's `Location` is the caller's to follow, and has the run's own signature. */
function withoutLocation(value) {
  if (!value?.headers?.location) return value;
  return { ...value, headers: { ...value.headers, location: undefined } };
}

async function plain(value) {
  if (value instanceof Blob) {
    return { is: "Blob", type: value.type, bytes: await bytesOf(value) };
  }
  if (value instanceof ArrayBuffer) return { is: "ArrayBuffer", bytes: await bytesOf(value) };
  if (value instanceof ReadableStream) {
    return { is: "ReadableStream", bytes: await bytesOf(await new Response(value).blob()) };
  }
  if (value instanceof Headers) return Object.fromEntries(value);
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).map(async ([name, part]) => [name, await plain(part)]);
  return Object.fromEntries(await Promise.all(pairs));
}

const bytesOf = async (source) => [...new Uint8Array(await new Response(source).arrayBuffer())];

/** An error's fields, and in `leaks` each text of it that a logger might print. */
function describe(error) {
  const { name, message, code, stage, hint, mayHaveRun, retryable, status } = error;
  const { serviceCode, serviceMessage, correlationId, runId, headers, data, cause } = error;
  return {
    isFlowError: error instanceof EntraFlow.FlowError && error instanceof Error,
    ...{ name, message, code, stage, hint, mayHaveRun, retryable, status },
    ...{ serviceCode, serviceMessage, correlationId, runId, data },
    headers: headers && Object.fromEntries(headers),
    cause: cause === undefined ? undefined : String(cause?.name ?? cause),
    keys: Object.keys(error),
    leaks: textsOf(error),
  };
}

document.getElementById("sign-in").addEventListener("click", () => {
  e2e.signedIn = e2e.settle(async () => (await e2e.client({ interaction: "auto" })).signIn());
});
document.getElementById("call").addEventListener("click", () => {
  e2e.called = e2e.settle(async () => {
    const client = await e2e.client({ interaction: "auto" });
    return client.flow(config.echo).invoke({ clicked: true });
  });
});

if (config.callAtLoad) {
  // Nobody has clicked, so a window must not open by itself.
  const outcome = await e2e.settle(async () => {
    const client = await e2e.client({ interaction: config.callAtLoad });
    return client.flow(config.echo).invoke();
  });
  console.log(`at load: ${JSON.stringify(outcome)}`);
}
