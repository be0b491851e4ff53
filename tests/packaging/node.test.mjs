/** The package in Node, where there is no page: for servers' builds, unit tests, tools. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { run } from "../../scripts/lib/run.mjs";
import { done, project } from "./support/package.mjs";

let folder;
before(async (t) => {
  folder = await project(t);
});

/** What a program of the user's prints, as JSON. */
async function printed(program) {
  const args = ["--input-type=module", "--eval", program];
  return JSON.parse(await done(run(process.execPath, args, { cwd: folder })));
}

for (const entry of ["entra-flow", "entra-flow/slim", "entra-flow/compat"]) {
  test(`${entry} is imported without a page, and its pure parts work`, async () => {
    const seen = await printed(`
      import { FlowError, isFlowError } from "${entry}";
      const error = new FlowError({
        code: "throttled", stage: "invoke", message: "Slow down.", hint: "Wait.", mayHaveRun: false, retryable: true,
      });
      const { name, message, code, retryable } = error;
      console.log(JSON.stringify({
        name, message, code, retryable,
        is: [error, new Error("other"), null, "text"].map(isFlowError),
        real: error instanceof Error,
      }));`);
    assert.deepEqual(seen, {
      name: "FlowError",
      message: "Slow down.",
      code: "throttled",
      retryable: true,
      is: [true, false, false, false],
      real: true,
    });
  });
}

test("a client says that it needs a page, however it is made", async () => {
  const seen = await printed(`
    import { FlowClient } from "entra-flow";
    import * as compat from "entra-flow/compat";
    import * as slim from "entra-flow/slim";
    const auth = { getToken: async () => "token" };
    const environmentId = "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d";
    const made = await Promise.allSettled([
      FlowClient.fromXrm(auth),
      FlowClient.fromPcf({ webAPI: {} }, auth),
      FlowClient.create({ auth, webApi: {}, environmentId, cloud: "public" }),
      slim.init("https://contoso.example/entra-flow.wasm"),
      slim.FlowClient.fromXrm(auth),
      compat.FlowClient.fromXrm(auth),
    ]);
    console.log(JSON.stringify(made.map(({ reason }) => ({ ...reason, message: reason.message }))));`);
  assert.equal(seen.length, 6);
  for (const { code, stage, message, hint } of seen) {
    assert.deepEqual([code, stage], ["host_not_found", "load"]);
    assert.match(message, /no page/);
    assert.match(hint, /model-driven app/);
  }
});

test("the script of compat makes the global, too", async () => {
  const seen = await printed(`
    import "entra-flow/compat/global";
    console.log(JSON.stringify(typeof EntraFlow.FlowClient.fromXrm));`);
  assert.equal(seen, "function");
});

test("the global, the module and package.json are found by their names", async () => {
  const seen = await printed(`
    import { existsSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    import "entra-flow/global";
    import about from "entra-flow/package.json" with { type: "json" };
    const wasm = fileURLToPath(import.meta.resolve("entra-flow/wasm"));
    console.log(JSON.stringify([typeof EntraFlow.FlowClient.fromXrm, about.name, existsSync(wasm)]));`);
  assert.deepEqual(seen, ["function", "entra-flow", true]);
});
