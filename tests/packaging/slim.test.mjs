/** entra-flow/slim, with each kind of source that its module may come from, and with what is none. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { base } from "./support/bundlers.mjs";
import { installedIn, project } from "./support/package.mjs";
import { openUsersPage } from "./support/page.mjs";

const patient = { timeout: 60_000 };
const address = `${base}entra-flow.wasm`;

let users;
let dist;
before(async (t) => {
  users = await openUsersPage();
  const { host } = users.sandbox.world.orgs.contoso;
  const serve = (name, page) => users.sandbox.page(host, base + name, page);
  dist = path.join(installedIn(await project(t)), "dist");
  const body = readFileSync(path.join(dist, "entra-flow.wasm"));
  serve("as-text.txt", { body, type: "text/plain" });
  serve("another-build.wasm", { body: readFileSync(at("pkg", "entra_flow_bg.wasm")) });
  serve("no-module.wasm", { body: "<!doctype html><title>Not found</title>" });
}, patient);
after(() => users?.close());

beforeEach(async () => {
  await users.serve(dist);
  await users.page.evaluate(async (file) => {
    const slim = await import(file);
    window.slim = slim;
    window.program = async (auth, flow, body) => {
      const { status, data } = await (await slim.FlowClient.fromXrm(auth)).flow(flow).invoke(body);
      return { status, data, pure: slim.isFlowError(new Error("not one")) };
    };
    window.failed = (work) =>
      Promise.resolve(work).then(
        () => ({ message: "it succeeded" }),
        (error) => ({ ...error, message: error.message, is: error instanceof slim.FlowError }),
      );
  }, `${base}slim.js`);
});

const sources = {
  "a URL": (file) => new URL(file, location.href),
  "a URL as text": (file) => file,
  "a URL that serves it with a wrong type": () => "/packaging/as-text.txt",
  "a Response": async (file) => [await fetch(file)],
  "a promise of a Response": (file) => fetch(file),
  "an ArrayBuffer": async (file) => (await fetch(file)).arrayBuffer(),
  "a Uint8Array": async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer()),
  "a compiled module": (file) => WebAssembly.compileStreaming(fetch(file)),
};

for (const [name, source] of Object.entries(sources)) {
  test(`init takes ${name}`, patient, async () => {
    await users.page.evaluate(
      `(async () => window.slim.init([await (${source})("${address}")].flat()[0]))()`,
    );
    await users.calls(name);
  });
}

test("clients need not wait for init", patient, async () => {
  await users.page.evaluate(async (module) => {
    window.slim.init(module);
    await window.slim.FlowClient.fromXrm(await window.e2e.msal());
  }, address);
  await users.calls("early");
});

test("each copy takes its module from its own init, and no other's", patient, async () => {
  await users.page.evaluate(
    async ([other, module]) => {
      await window.slim.init(module);
      window.slim = await import(other);
    },
    [`${base}slim.js?copy`, address],
  );
  const error = await users.page.evaluate("window.failed(window.slim.FlowClient.fromXrm({}))");
  assert.equal(error.code, "invalid_argument");
  await users.page.evaluate((module) => window.slim.init(module), address);
  await users.calls("copy");
});

const failures = {
  "no init": [`window.slim.FlowClient.fromXrm({})`, "invalid_argument", /init\(source\)/],
  "what is no source": [`window.slim.init({})`, "invalid_argument", /entra-flow\.wasm/],
  "an address that has nothing": [
    `window.slim.init("/packaging/none.wasm")`,
    "module_blocked",
    /URL given to init/,
  ],
  "a server that can't be reached": [
    `window.slim.init("https://contoso.invalid/entra-flow.wasm")`,
    "module_blocked",
    /connect-src/,
  ],
  "bytes that are no module": [
    `window.slim.init("/packaging/no-module.wasm")`,
    "module_blocked",
    /this very version/,
  ],
  "another build's module": [
    `window.slim.init("/packaging/another-build.wasm")`,
    "module_blocked",
    /this very version/,
  ],
};

for (const [name, [work, code, hint]] of Object.entries(failures)) {
  test(`with ${name}, the error says so, and a good init mends it`, patient, async () => {
    const error = await users.page.evaluate(`window.failed(${work})`);
    assert.deepEqual([error.is, error.code, error.stage], [true, code, "load"], error.message);
    assert.match(error.hint, hint);
    assert.deepEqual([error.mayHaveRun, error.retryable], [false, false]);
    users.sandbox.reset();
    await users.page.evaluate((file) => window.slim.init(file), address);
    await users.calls(name);
  });
}

test("a failure that nobody waits for is nobody's unhandled rejection", patient, async () => {
  const before = users.said.length;
  const error = await users.page.evaluate(async () => {
    window.slim.init("/packaging/no-module.wasm");
    await new Promise((resolve) => setTimeout(resolve, 200));
    return window.failed(window.slim.FlowClient.fromXrm({}));
  });
  assert.equal(error.code, "module_blocked");
  assert.deepEqual(users.said.slice(before), []);
});
