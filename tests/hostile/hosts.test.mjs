/** Host objects that are frozen, proxied or shared with others; another copy of MSAL beside ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { e2e, patient, sandbox, stage } from "./stage.mjs";

stage({ versions: ["5", "3"] });

/** What becomes of the host's objects, as text that makes one of the other. */
const changes = {
  frozen: `(one) => {
    const freeze = (part) => {
      if (typeof part !== "object" || part === null || Object.isFrozen(part)) return part;
      Object.values(Object.freeze(part)).forEach(freeze);
      return part;
    };
    return freeze(one);
  }`,
  "a proxy that passes on": `(one) => {
    const wrap = (part) =>
      (typeof part === "object" && part !== null) || typeof part === "function"
        ? new Proxy(part, {
            get: (target, key) => wrap(Reflect.get(target, key)),
            apply: (target, self, all) => {
              const made = Reflect.apply(target, undefined, all);
              return made instanceof Promise ? made : wrap(made);
            },
          })
        : part;
    return wrap(one);
  }`,
  "a proxy that makes its members up": `(one) => new Proxy({}, { get: (_, key) => one[key] })`,
  "a proxy that allows no change and shows no keys": `(one) => new Proxy(one, {
    set: () => { throw new Error("set"); },
    defineProperty: () => { throw new Error("defineProperty"); },
    deleteProperty: () => { throw new Error("deleteProperty"); },
    setPrototypeOf: () => { throw new Error("setPrototypeOf"); },
    preventExtensions: () => { throw new Error("preventExtensions"); },
    ownKeys: () => { throw new Error("ownKeys"); },
    has: () => { throw new Error("has"); },
    getOwnPropertyDescriptor: () => { throw new Error("getOwnPropertyDescriptor"); },
    getPrototypeOf: () => { throw new Error("getPrototypeOf"); },
  })`,
  "without ancestors": `(one) => Object.assign(Object.create(null), one)`,
  "of a class": `(one) => new (class Host {
    get WebApi() { return one.WebApi; }
    get Utility() { return one.Utility; }
    get webAPI() { return one.webAPI; }
    get page() { return one.page; }
    get orgSettings() { return one.orgSettings; }
    get userSettings() { return one.userSettings; }
  })()`,
};

/** In the page: a call by a client of the changed host. */
async function callFrom([host, change, polluted]) {
  const made = new Function(`return ${change}`)();
  const { Xrm } = window;
  const { organizationSettings, userSettings } = Xrm.Utility.getGlobalContext();
  const context = {
    webAPI: Xrm.WebApi,
    page: { getClientUrl: () => location.origin },
    orgSettings: organizationSettings,
    userSettings,
  };
  const { FlowClient } = window.EntraFlow;
  if (polluted) for (const name of ["environmentId", "cloud", "error"]) Object.prototype[name] = 7;
  try {
    if (host === "Xrm") window.Xrm = made(Xrm);
    const options = { cache: "client" };
    const { auth } = window.hostile.parts;
    const client =
      host === "Xrm"
        ? await FlowClient.fromXrm(auth, options)
        : await FlowClient.fromPcf(made(context), auth, options);
    const { status, data } = await client.flow(window.hostile.flow).invoke({ order: 7 });
    return { status, youSent: data.youSent };
  } finally {
    for (const name of ["environmentId", "cloud", "error"]) delete Object.prototype[name];
    window.Xrm = Xrm;
  }
}

for (const host of ["Xrm", "a PCF context"]) {
  for (const [name, change] of Object.entries(changes)) {
    for (const polluted of [false, true]) {
      const where = polluted ? ", where every object has members" : "";
      test(`${host}, ${name}${where}`, patient, async () => {
        const answer = await e2e.get(callFrom, [host, change, polluted]);
        assert.deepEqual(answer, { status: 200, youSent: { order: 7 } });
        assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 1 });
      });
    }
  }
}

test(
  "an Xrm that somebody put there can name an environment and a cloud, and no host",
  patient,
  async () => {
    const outcomes = await e2e.get(async () => {
      const { auth } = window.hostile.parts;
      const { Xrm } = window;
      const { FlowClient } = window.EntraFlow;
      const found = [];
      const codeOf = async (work) => {
        try {
          return (await work()).status;
        } catch (error) {
          return error.code;
        }
      };
      const context = Xrm.Utility.getGlobalContext();
      for (const url of [
        "https://evil.example",
        "https://contoso.crm4.dynamics.com.evil.example",
      ]) {
        const getGlobalContext = () => ({ ...context, getClientUrl: () => url });
        window.Xrm = { ...Xrm, Utility: { ...Xrm.Utility, getGlobalContext } };
        found.push(await codeOf(() => FlowClient.fromXrm(auth)));
      }
      for (const id of [
        "../../evil",
        "Default-evil",
        "e3b7c912-4f06-4a5d-8d21-7b90ac4e15f8/x?y=",
      ]) {
        const organizationSettings = { ...context.organizationSettings, bapEnvironmentId: id };
        const getGlobalContext = () => ({ ...context, organizationSettings });
        window.Xrm = { ...Xrm, Utility: { ...Xrm.Utility, getGlobalContext } };
        // What is no id is asked of the org.
        const client = () => FlowClient.fromXrm(auth, { cache: "none" });
        found.push(await codeOf(async () => (await client()).flow(window.hostile.flow).invoke({})));
      }
      const row = { resourceid: "../../../evil?x=", statecode: 1, category: 5 };
      window.Xrm = { ...Xrm, WebApi: { ...Xrm.WebApi, retrieveRecord: async () => row } };
      const client = await FlowClient.fromXrm(auth, { cache: "none" });
      found.push(await codeOf(() => client.flow(window.hostile.flow).invoke({})));
      window.Xrm = Xrm;
      return found;
    });
    assert.deepEqual(outcomes.slice(0, 2), ["cloud_unknown", "cloud_unknown"]);
    assert.deepEqual(outcomes.slice(2, 5), [200, 200, 200]);
    assert.equal(typeof outcomes[5], "string", `the row's id: ${outcomes[5]}`);
    for (const { path } of e2e.sent("flowApi"))
      assert.match(
        path,
        /^\/providers\/Microsoft\.ProcessSimple\/environments\/[\w-]+\/flows\/[^/]+\/triggers\/manual\/listCallbackUrl$/,
      );
  },
);

test(
  "another copy of MSAL, of another version and with its own cache, beside ours",
  patient,
  async () => {
    await e2e.page.evaluate(
      () =>
        new Promise((loaded) => {
          window.msal5 = window.msal;
          const script = document.createElement("script");
          script.src = "/e2e/msal3.js";
          script.onload = loaded;
          document.head.append(script);
        }),
    );
    const given = [e2e.id("echo"), sandbox.world.users.ada.upn];
    const answers = await e2e.get(async ([flow, loginHint]) => {
      const { clientId, authority } = window.e2e.config;
      const other = new window.msal.PublicClientApplication({
        auth: { clientId, authority, redirectUri: "/WebResources/ef_blank.html" },
        cache: { cacheLocation: "sessionStorage" },
      });
      await other.initialize();
      const found = [];
      // Errors of one are no instances of the other's classes.
      const mixed = {
        getAllAccounts: () => other.getAllAccounts(),
        acquireTokenSilent: async (request) => other.acquireTokenSilent(request),
        ssoSilent: async (request) => (await window.e2e.msal()).ssoSilent(request),
        acquireTokenPopup: async () => {
          throw new Error("nobody clicked");
        },
      };
      for (const auth of [await window.e2e.msal(), mixed]) {
        const client = await window.e2e.client({ auth, cache: "client", loginHint });
        const { status } = await client.flow(flow).invoke({});
        found.push(status);
      }
      return found;
    }, given);
    assert.deepEqual(answers, [200, 200]);
    assert.equal(sandbox.runs.length, 2);
  },
);

test(
  "an MSAL that somebody else put there gets no token, and can only give one",
  patient,
  async () => {
    const asked = await e2e.get(async (flow) => {
      const seen = [];
      const note = (name, answer) => (request) => {
        seen.push([name, JSON.stringify(request ?? null)]);
        return answer;
      };
      const auth = {
        getAllAccounts: note("getAllAccounts", [{ homeAccountId: "evil", username: "eve" }]),
        acquireTokenSilent: note("acquireTokenSilent", Promise.resolve({ accessToken: "evil" })),
        ssoSilent: note("ssoSilent", Promise.resolve({ accessToken: "evil" })),
        acquireTokenPopup: note("acquireTokenPopup", Promise.resolve({ accessToken: "evil" })),
      };
      const client = await window.hostile.client({ auth });
      const { error } = await window.e2e.settle(() => client.flow(flow).invoke({}));
      return { code: error.code, seen };
    }, e2e.id("echo"));
    assert.ok(
      ["unauthorized", "discovery_forbidden", "discovery_failed"].includes(asked.code),
      asked.code,
    );
    for (const [name, request] of asked.seen) e2e.secrets.write(`asked of MSAL: ${name}`, request);
  },
);

test(
  "what a host throws is passed on as `cause`, unless a secret can be read in it",
  patient,
  async () => {
    const found = await e2e.get(async () => {
      const { token, client, flow } = window.hostile;
      const request = { headers: { authorization: `Bearer ${token}` } };
      const why = Object.assign(new Error("why"), { request });
      const signed = `https://x.logic.azure.com/?sig=${"s".repeat(43)}`;
      const outcomes = [];
      for (const thrown of [
        new Error("nothing secret"),
        { errorCode: "some_code", message: "nothing secret" },
        new Error(`refused: ${token}`),
        `refused: ${token}`,
        Object.assign(new Error("in its members"), { config: request }),
        new Error("in its cause", { cause: why }),
        Object.assign(new Error("in its stack"), { stack: `at ${token}` }),
        { message: "in its JSON", toJSON: () => ({ signed }) },
        new AggregateError([new Error("first"), new Error(token)], "in one of its errors"),
      ]) {
        const getToken = async () => {
          throw thrown;
        };
        const made = await client({ auth: { getToken } });
        const error = await made
          .flow(flow)
          .invoke({})
          .catch((one) => one);
        // So that all of it is searched, its causes too.
        await window.e2e.settle(() => {
          throw error;
        });
        outcomes.push([error.code, error.cause === thrown, String(error.cause?.message)]);
      }
      return outcomes;
    });
    assert.deepEqual(found, [
      ["token_failed", true, "nothing secret"],
      ["token_failed", true, "nothing secret"],
      ["token_failed", false, "refused: [redacted]"],
      ["token_failed", false, "refused: [redacted]"],
      ["token_failed", false, "in its members"],
      ["token_failed", false, "in its cause"],
      ["token_failed", false, "in its stack"],
      ["token_failed", false, "in its JSON"],
      ["token_failed", false, "in one of its errors"],
    ]);
  },
);
