/** What the page can do, as `window.bench`: calls by us and by each peer, timed side by side. */
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";
import { PublicClientApplication } from "@azure/msal-browser";
import { DynamicsWebApi } from "dynamics-web-api";
import ky from "ky";
import type * as Library from "../../js/src/index.js";
// @ts-expect-error: the sandbox's own, without types.
import { createWebApi } from "../../tests/sandbox/host/page/web-api.mjs";
import { HandWrittenFlow } from "../hand-written.js";
import { interleave, type Work } from "./interleave.js";

declare const EntraFlow: typeof Library;
declare global {
  interface Window {
    wasmMemory?: WebAssembly.Memory;
    bench: object;
  }
}

const config = JSON.parse(document.getElementById("config")?.textContent ?? "");
const scopes = ["https://service.flow.microsoft.com//.default"];
const webApi = createWebApi();
const json = { "content-type": "application/json" };
const order = { orderNumber: "4711", action: "status", lines: [1, 2, 3] };

const msal = (async () => {
  const { clientId, authority, redirectUri } = config;
  const instance = new PublicClientApplication({
    auth: { clientId, authority, redirectUri },
    cache: { cacheLocation: "sessionStorage" },
  });
  await instance.initialize();
  return instance;
})();

/** MSAL with the user's account. */
async function signedIn() {
  const instance = await msal;
  const [account] = instance.getAllAccounts();
  if (!account) throw new Error("Nobody is signed in.");
  return { msal: instance, account };
}

async function token() {
  const { msal, account } = await signedIn();
  return (await msal.acquireTokenSilent({ scopes, account })).accessToken;
}

/** A client that knows nothing; with MSAL, or with a token that is there already. */
function client(
  auth: Library.ClientOptions["auth"],
  more: Partial<Library.ClientOptions> = { cache: "client" },
) {
  const { environmentId, tenantId } = config;
  return EntraFlow.FlowClient.create({
    auth,
    webApi,
    environmentId,
    tenantId,
    cloud: "public",
    interaction: "none",
    ...more,
  } as Library.ClientOptions);
}

/** For what is about us alone: MSAL's work is left out. */
async function clientWithToken(workflowId: string, counted = { asks: 0 }) {
  const bearer = await token();
  const getToken = async () => {
    counted.asks += 1;
    return bearer;
  };
  const made = await client({ getToken });
  return { client: made, flow: made.flow(workflowId), bearer };
}

async function handWritten(workflowId: string) {
  return new HandWrittenFlow(
    { ...(await signedIn()), webApi, environmentId: config.environmentId },
    workflowId,
  );
}

const urlOf = async (workflowId: string) => (await handWritten(workflowId)).callbackUrl();

function bareFetch(url: string, bearer: string, body: unknown = order) {
  return fetch(url, {
    method: "POST",
    headers: { ...json, authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
}

/** Warm calls to one flow, by each way that people have. The token is there already, for all of them. */
async function warmWorks(workflowId: string): Promise<Record<string, Work>> {
  const { flow, bearer } = await clientWithToken(workflowId);
  const url = await urlOf(workflowId);
  const httpClient = createDefaultHttpClient();
  const pipeline = createPipelineFromOptions({});
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({
      credential: {
        getToken: async () => ({ token: bearer, expiresOnTimestamp: Date.now() + 3_600_000 }),
      },
      scopes,
    }),
  );
  // Headers that the flow service's preflight need not allow, so a user has to take them out.
  pipeline.removePolicy({ name: "setClientRequestIdPolicy" });
  pipeline.removePolicy({ name: "userAgentPolicy" });
  return {
    fetch: async () => (await bareFetch(url, bearer)).json(),
    us: () => flow.invoke(order),
    ky: () => ky.post(url, { json: order, headers: { authorization: `Bearer ${bearer}` } }).json(),
    pipeline: async () => {
      const request = createPipelineRequest({
        url,
        method: "POST",
        body: JSON.stringify(order),
        headers: createHttpHeaders(json),
      });
      const { bodyAsText } = await pipeline.sendRequest(httpClient, request);
      return JSON.parse(bodyAsText ?? "");
    },
  };
}

/** The same with MSAL in it, as in a real page. */
async function warmMsalWorks(workflowId: string): Promise<Record<string, Work>> {
  const { msal } = await signedIn();
  const flow = (await client(msal)).flow(workflowId);
  const own = await handWritten(workflowId);
  return { handWritten: () => own.invoke(order), us: () => flow.invoke(order) };
}

const pick = (works: Record<string, Work>, names?: string[]) =>
  Object.fromEntries(Object.entries(works).filter(([name]) => names?.includes(name) ?? true));

const bench = {
  signedIn: undefined as Promise<unknown> | undefined,

  async warm(workflowId: string, rounds: number, names?: string[]) {
    return interleave(pick(await warmWorks(workflowId), names), { rounds, warmUp: 30 });
  },

  async warmMsal(workflowId: string, rounds: number) {
    return interleave(await warmMsalWorks(workflowId), { rounds, warmUp: 30 });
  },

  /**
   * Milliseconds of main thread for calls whose answers are there at once, for us and for the least that a
   * page can do with the same `fetch`. The stub makes a Request of what it gets, as the real one does.
   */
  async cpu(workflowId: string, rounds: number, callsEach: number) {
    const { flow, bearer } = await clientWithToken(workflowId);
    const url = await urlOf(workflowId);
    await flow.invoke(order);
    const real = window.fetch;
    window.fetch = async (input, init) => {
      new Request(input, init);
      return new Response('{"ok":true}', { headers: json });
    };
    const many = (one: () => Promise<unknown>) => async () => {
      for (let call = 0; call < callsEach; call += 1) await one();
    };
    try {
      return await interleave(
        {
          fetch: many(async () => (await bareFetch(url, bearer)).json()),
          us: many(() => flow.invoke(order)),
        },
        { rounds, warmUp: 3 },
      );
    } finally {
      window.fetch = real;
    }
  },

  /** A call by a client that knows nothing, and its three requests by hand, one after the other, known URLs. */
  async cold(workflowId: string, rounds: number) {
    const { msal } = await signedIn();
    const bearer = await token();
    const url = await urlOf(workflowId);
    const own = await handWritten(workflowId);
    const { resourceid } = await webApi.retrieveRecord(
      "workflow",
      workflowId,
      "?$select=resourceid",
    );
    const discovery = `https://api.flow.microsoft.com/providers/Microsoft.ProcessSimple/environments/${config.environmentId}/flows/${resourceid}/triggers/manual/listCallbackUrl?api-version=2016-11-01`;
    await own.invoke(order);
    return interleave(
      {
        legs: async () => {
          const row = `/api/data/v9.2/workflows(${workflowId})?$select=resourceid,statecode,category`;
          await (await fetch(row, { headers: { accept: "application/json" } })).json();
          const headers = { authorization: `Bearer ${bearer}` };
          await (await fetch(discovery, { method: "POST", headers })).json();
          await (await bareFetch(url, bearer)).json();
        },
        us: async () => (await client(msal)).flow(workflowId).invoke(order),
        handWritten: async () => (await handWritten(workflowId)).invoke(order),
      },
      { rounds, warmUp: 2 },
    );
  },

  /** A control of the last form knew the flow; the one of the next form is new, in the same window. */
  async navigation(workflowId: string, rounds: number) {
    const { msal, account } = await signedIn();
    // The page's cache is what the next form's control has of this one.
    const next = async () => (await client(msal, { account })).flow(workflowId);
    await (await next()).invoke(order);
    return interleave(
      {
        handWritten: async () => (await handWritten(workflowId)).invoke(order),
        us: async () => (await next()).invoke(order),
      },
      { rounds, warmUp: 1 },
    );
  },

  /** So many calls at once by a client that knows nothing and an MSAL that has to fetch a token. */
  async burstCold(workflowId: string, calls: number) {
    const { msal } = await signedIn();
    for (const key of Object.keys(sessionStorage)) {
      if (/accesstoken/i.test(key) && !/keys/i.test(key)) sessionStorage.removeItem(key);
    }
    const flow = (await client(msal)).flow(workflowId);
    await Promise.all(Array.from({ length: calls }, () => flow.invoke(order)));
  },

  async burst(workflowId: string, calls: number, rounds: number) {
    const { client: made, flow, bearer } = await clientWithToken(workflowId);
    const url = await urlOf(workflowId);
    const atOnce = (one: () => Promise<unknown>) => Promise.all(Array.from({ length: calls }, one));
    return interleave(
      {
        fetch: () => atOnce(async () => (await bareFetch(url, bearer)).json()),
        us: () => {
          made.clearCache();
          return atOnce(() => flow.invoke(order));
        },
      },
      { rounds, warmUp: 2 },
    );
  },

  /** Bytes out to the flow, or in from it. */
  async bodies(workflowId: string, bytes: number, way: "out" | "in", rounds: number) {
    const { flow, bearer } = await clientWithToken(workflowId);
    const url = await urlOf(workflowId);
    const body = way === "out" ? new Uint8Array(bytes).fill(7) : new Uint8Array(1);
    const headers = { "content-type": "application/octet-stream" };
    await flow.invoke(body, { headers, responseType: "arrayBuffer" });
    const before = bench.wasmBytes();
    const times = await interleave(
      {
        fetch: async () => {
          const init = {
            method: "POST",
            headers: { ...headers, authorization: `Bearer ${bearer}` },
            body,
          };
          return (await fetch(url, init)).arrayBuffer();
        },
        us: () => flow.invoke(body, { headers, responseType: "arrayBuffer" }),
      },
      { rounds, warmUp: 2 },
    );
    return { times, grown: bench.wasmBytes() - before };
  },

  /** A warm client that stays, for `calls`. */
  async keep(workflowId: string) {
    const { flow } = await clientWithToken(workflowId);
    await flow.invoke(order);
    kept = flow;
  },

  /** So many calls, a few at a time. */
  async calls(calls: number, atOnce: number) {
    for (let done = 0; done < calls; done += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, () => kept?.invoke(order)));
    }
  },

  async prefetch(workflowIds: string[], rounds: number) {
    return interleave(
      {
        oneByOne: async () => {
          for (const id of workflowIds) await urlOf(id);
        },
        us: async () => {
          const made = await client((await signedIn()).msal);
          made.clearCache();
          await made.prefetch(workflowIds);
        },
      },
      { rounds, warmUp: 0 },
    );
  },

  /**
   * Forms opened one after the other in one window, with a control for each target: each control is new and
   * calls its flow once.
   */
  async forms(
    way: "handWritten" | "client" | "page",
    targets: Library.FlowTarget[],
    opened: number,
  ) {
    const { msal, account } = await signedIn();
    const call = async (target: Library.FlowTarget) => {
      if (way === "handWritten") {
        await (await handWritten((target as { workflowId: string }).workflowId)).invoke(order);
      } else {
        await (await client(msal, { account, cache: way })).flow(target).invoke(order);
      }
    };
    for (let form = 0; form < opened; form += 1) await Promise.all(targets.map(call));
  },

  /** The row alone: the host's own way, which is ours, and the peer's. */
  async rowRead(workflowId: string, rounds: number) {
    const select = ["resourceid", "statecode", "category"];
    const peer = new DynamicsWebApi({ serverUrl: location.origin, dataApi: { version: "9.2" } });
    const path = `/api/data/v9.2/workflows(${workflowId})?$select=${select}`;
    return interleave(
      {
        fetch: async () => (await fetch(path, { headers: { accept: "application/json" } })).json(),
        xrm: () => webApi.retrieveRecord("workflow", workflowId, `?$select=${select}`),
        dynamicsWebApi: () => peer.retrieve({ collection: "workflows", key: workflowId, select }),
      },
      { rounds, warmUp: 10 },
    );
  },

  wasmBytes() {
    if (!window.wasmMemory) throw new Error("The module's memory was not seen.");
    return window.wasmMemory.buffer.byteLength;
  },
};

let kept: Library.Flow | undefined;
window.bench = bench;

document.getElementById("sign-in")?.addEventListener("click", () => {
  bench.signedIn = msal.then((instance) => instance.loginPopup({ scopes }));
});
