/** Pages that let no WebAssembly compile: entra-flow/compat, by itself and where `fallBackTo` names it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { openPage, patient } from "./page.mjs";

const strict = "script-src 'self'";
const script = "/e2e/entra-flow.compat.global.js";
const mine = "EntraFlow of the page";

let e2e;
before(async () => {
  e2e = await openPage();
  await e2e.as("ada", { build: "global" });
  const { sandbox } = e2e;
  const { host } = sandbox.world.orgs.contoso;
  const body = readFileSync(at("dist", "entra-flow.compat.global.js"), "utf8");
  const other = body.replaceAll(/"[0-9a-f]{16}"/g, '"0123456789abcdef"');
  assert.notEqual(other, body);
  sandbox.page(host, "/e2e/another-version.js", { body: other });
}, patient);
afterEach(() => e2e.assertTrust());
after(() => e2e?.close());

const open = (query) => {
  const opened = e2e.open({ build: "global", csp: strict, ...query });
  e2e.sandbox.reset();
  return opened;
};
const fallBackTo = (source) => e2e.page.evaluate((url) => window.EntraFlow.fallBackTo(url), source);
const call = (given) => window.e2e.call(given);
const fetched = () => e2e.sandbox.requests.filter(({ path }) => path === script).length;

async function callsEcho() {
  const body = { first: "order" };
  const { data } = await e2e.get(call, { flow: e2e.id("echo"), body });
  assert.deepEqual(data.youSent, body);
}

test("the library in JavaScript calls a flow under script-src 'self'", patient, async () => {
  await open({ build: "compat" });
  await callsEcho();
});

test("it needs no WebAssembly at all", patient, async () => {
  await open({ build: "compat" });
  await e2e.page.evaluate(() => {
    delete window.WebAssembly;
  });
  await callsEcho();
});

test(
  "fallBackTo a URL: the script is fetched once, and the page's own library stays",
  patient,
  async () => {
    await open();
    await fallBackTo(script);
    await e2e.page.evaluate((mark) => Object.assign(window.EntraFlow, { mark }), mine);
    assert.equal(fetched(), 0);
    await callsEcho();
    await callsEcho();
    assert.equal(fetched(), 1);
    assert.equal(await e2e.page.evaluate(() => window.EntraFlow.mark), mine);
    assert.equal(
      await e2e.page.evaluate(() => document.head.querySelectorAll("script[src*=compat]").length),
      0,
    );
    // An error of the one's core is of the other's class.
    await e2e.fail({ code: "flow_failed", mayHaveRun: true }, call, { flow: e2e.id("failing") });
  },
);

test("fallBackTo a function: what it imports is used", patient, async () => {
  await open();
  await e2e.page.evaluate(() => {
    // Stands for import("entra-flow/compat"), which the bundlers' tests have.
    window.asked = 0;
    window.EntraFlow.fallBackTo(async () => {
      window.asked += 1;
      const own = window.EntraFlow;
      const element = document.createElement("script");
      element.src = "/e2e/entra-flow.compat.global.js";
      document.head.append(element);
      await new Promise((loaded) => element.addEventListener("load", loaded));
      const { EntraFlow } = window;
      window.EntraFlow = own;
      return EntraFlow;
    });
  });
  await callsEcho();
  assert.equal(await e2e.page.evaluate(() => window.asked), 1);
});

test("where WebAssembly may run, what fallBackTo names is left alone", patient, async () => {
  await open({ csp: `${strict} 'wasm-unsafe-eval'` });
  await fallBackTo(script);
  await callsEcho();
  assert.equal(fetched(), 0);
});

test("a browser without WebAssembly falls back, too", patient, async () => {
  await open({ csp: `${strict} 'wasm-unsafe-eval'` });
  await fallBackTo(script);
  await e2e.page.evaluate(() => {
    delete window.WebAssembly;
  });
  await callsEcho();
  assert.equal(fetched(), 1);
});

test("it shares trigger URLs with a copy that runs as WebAssembly", patient, async () => {
  await open({ csp: `${strict} 'wasm-unsafe-eval'` });
  await e2e.get(({ flow }) => window.e2e.warm(flow).then(() => true), { flow: e2e.id("echo") });
  await e2e.page.addScriptTag({ url: script });
  e2e.sandbox.reset();
  const { data } = await e2e.get(
    async ({ flow }) => {
      const client = await window.EntraFlow.FlowClient.fromXrm(await window.e2e.msal());
      return client.flow(flow).invoke({ as: "JavaScript" });
    },
    { flow: e2e.id("echo") },
  );
  assert.deepEqual(data.youSent, { as: "JavaScript" });
  assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 1 });
});

test("a policy that goes by nonces lets the script load", patient, async () => {
  const page = { csp: "script-src 'nonce-0815'", nonce: "0815" };
  await open(page);
  await fallBackTo(script);
  await callsEcho();
});

for (const [what, source, cause] of [
  ["nothing", "/e2e/none.js", /did not load/],
  ["another script", "/e2e/msal5.js", /not entra-flow's/],
  ["another version", "/e2e/another-version.js", /another version/],
  [
    "a host that the policy blocks",
    "https://cdn.example/entra-flow.compat.global.js",
    /did not load/,
  ],
]) {
  test(`fallBackTo ${what} is module_blocked, and a good one mends it`, patient, async () => {
    await open();
    await fallBackTo(source);
    const blocked = { code: "module_blocked", stage: "load", mayHaveRun: false, retryable: false };
    const error = await e2e.fail(blocked, async () => {
      try {
        return await window.e2e.client();
      } catch (failure) {
        window.cause = String(failure.cause);
        throw failure;
      }
    });
    assert.match(error.hint, /fallBackTo/);
    assert.match(await e2e.page.evaluate(() => window.cause), cause);
    await fallBackTo(script);
    await callsEcho();
  });
}

test("fallBackTo what can't be a source is refused at once", patient, async () => {
  await open();
  for (const source of [undefined, null, {}, 1]) {
    await e2e.fail(
      { code: "invalid_argument", stage: "options", mayHaveRun: false },
      (given) => window.EntraFlow.fallBackTo(given),
      source,
    );
  }
});
