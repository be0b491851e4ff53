/** A script that was there first and forged what copies of the library share: it is told no secret, and is worth a URL. */
import assert from "node:assert/strict";
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
  "that notes everything": `({ modules: ${map()}, urls: ${map()}, flights: ${map()}, epoch: 0 })`,
  "that is frozen": `Object.freeze({ modules: Object.freeze(new Map()), urls: Object.freeze(new Map()), flights: Object.freeze(new Map()), epoch: 0 })`,
  "that is null": "null",
  "that is a number": "7",
  "that is empty": "({})",
  "that throws at everything": `new Proxy({}, { get: () => { throw new Error("get"); }, set: () => { throw new Error("set"); } })`,
  "whose maps throw": `({ get modules() { throw 1; }, get urls() { throw 2; }, get flights() { throw 3; }, get epoch() { throw 4; } })`,
  "that counts no epochs": `({ modules: new Map(), urls: new Map(), flights: new Map(), epoch: NaN })`,
  "whose epoch runs": `({ modules: new Map(), urls: new Map(), flights: new Map(), get epoch() { return performance.now(); } })`,
  "that has another URL for everything": `({ modules: new Map(), urls: ${map(
    'return "https://evil.example/workflows/1/triggers/manual/paths/invoke";',
  )}, flights: new Map(), epoch: 0 })`,
  "that has an object for every URL": `({ modules: new Map(), urls: ${map(
    'return { toString: () => "https://evil.example/", toJSON: () => "https://evil.example/" };',
  )}, flights: new Map(), epoch: 0 })`,
  "that has a module without anything in it": `({ modules: { get: () => ({ document, module: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) }), set: note, delete: note }, urls: new Map(), flights: new Map(), epoch: 0 })`,
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

test(
  "another module in the place of ours is `module_blocked`; whoever put it there has code in the page",
  patient,
  async () => {
    e2e.sandbox.page(sandbox.world.orgs.contoso.host, "/e2e/blank.html", {
      body: "<!doctype html>",
    });
    const { value } = await callOver(
      `({ modules: { get: () => ({ document, module: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 4, 1, 2, 0, 11])) }), set: note, delete: note }, urls: new Map(), flights: new Map(), epoch: 0 })`,
    );
    assert.equal(value.error?.code, "module_blocked");
  },
);
