/** What an environment's content security policy lets the library do. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { openPage, patient } from "./page.mjs";

let e2e;
before(async () => {
  e2e = await openPage();
  await e2e.as("ada");
}, patient);
afterEach(() => e2e.assertTrust());
after(() => e2e?.close());

const call = (given) => window.e2e.call(given);
const services =
  "connect-src 'self' https://login.microsoftonline.com https://api.flow.microsoft.com https://*.environment.api.powerplatform.com";

test("without leave for WebAssembly, every client is module_blocked", patient, async () => {
  await e2e.open({ csp: `script-src 'self'; ${services}` });
  e2e.sandbox.reset();
  for (const make of [
    () => window.e2e.client(),
    async () => {
      const auth = await window.e2e.msal();
      const { environmentId } = window.e2e.config;
      return window.EntraFlow.FlowClient.create({ auth, webApi: window.Xrm.WebApi, environmentId });
    },
    async () => window.EntraFlow.FlowClient.fromPcf({ webAPI: {} }, await window.e2e.msal()),
  ]) {
    const blocked = { code: "module_blocked", stage: "load", mayHaveRun: false, retryable: false };
    const error = await e2e.fail(blocked, make);
    assert.match(error.hint, /'wasm-unsafe-eval'.*entra-flow\/compat/);
    assert.equal(error.cause, "CompileError");
  }
  assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
});

test(
  "a browser without what the module needs is told so, and a failed load is tried again",
  patient,
  async () => {
    await e2e.open();
    const blocked = { code: "module_blocked", stage: "load", mayHaveRun: false };
    const error = await e2e.fail(blocked, () => {
      window.kept = window.DecompressionStream;
      delete window.DecompressionStream;
      return window.e2e.client();
    });
    assert.match(error.hint, /DecompressionStream/);
    assert.doesNotMatch(error.message, /policy/);
    const { data } = await e2e.get(
      (given) => {
        window.DecompressionStream = window.kept;
        return window.e2e.call(given);
      },
      { flow: e2e.id("echo"), body: { second: "try" } },
    );
    assert.deepEqual(data.youSent, { second: "try" });
  },
);

for (const [leave, word] of [
  ["'wasm-unsafe-eval'", "the strict policy with the word that the hint names"],
  ["'unsafe-eval'", "the policy that environments have by default"],
]) {
  test(`a flow runs under ${word}`, patient, async () => {
    await e2e.open({ csp: `script-src 'self' ${leave}; ${services}` });
    const { data } = await e2e.get(call, { flow: e2e.id("echo"), body: { csp: leave } });
    assert.deepEqual(data.youSent, { csp: leave });
  });
}

for (const [host, source, stage, mayHaveRun] of [
  ["the flow API", "https://api.flow.microsoft.com", "discovery", false],
  // A blocked request looks like any other that failed, so nobody can know that it never left.
  ["the trigger", "https://*.environment.api.powerplatform.com", "invoke", true],
]) {
  test(`a policy without ${host} is a network error that names connect-src`, patient, async () => {
    const csp = `script-src 'self' 'wasm-unsafe-eval'; ${services.replace(source, "")}`;
    await e2e.open({ csp });
    e2e.sandbox.reset();
    const expected = { code: "network", stage, mayHaveRun };
    const given = { flow: e2e.id("echo"), client: { maxAttempts: 1 } };
    const error = await e2e.fail(expected, call, given);
    assert.match(error.hint, /connect-src/);
    assert.equal(e2e.sandbox.runs.length, 0);
  });
}
