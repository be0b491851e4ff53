/** The PCF sample and the sign-in's page under a content security policy that takes nothing inline. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { control, openForm, runSignedIn } from "./support/form.mjs";
import { watchPolicy } from "./support/policy.mjs";
import { browser, form, launch, sandbox } from "./support/stage.mjs";

const rest =
  "style-src 'self'; connect-src 'self' https://login.microsoftonline.com https://api.flow.microsoft.com https://*.environment.api.powerplatform.com; frame-src 'self' https://login.microsoftonline.com";

/** The form under this policy, signed in by a click and run to its answer; and what the policy refused on any page. */
async function runUnder(scripts) {
  form.restrict(`script-src ${scripts}; ${rest}`);
  await launch();
  const refused = await watchPolicy(browser);
  const page = await openForm(browser, form);
  await runSignedIn(page);
  assert.match(await control(page).locator(".ef-answer").textContent(), /Order 1042/);
  assert.deepEqual(page.problems, []);
  assert.equal(sandbox.runs.length, 1);
  return refused;
}

const fetched = (name) => sandbox.requests.filter(({ path }) => path.endsWith(name)).length;

test("with leave for WebAssembly, nothing that the control or the sign-in does is refused", async () => {
  assert.deepEqual(await runUnder("'self' 'wasm-unsafe-eval'"), new Set());
  assert.ok(fetched("/ef_msal_redirect.js") > 0, "the sign-in came back to the sample's own page");
  assert.equal(fetched("/entra-flow.compat.global.js"), 0);
});

test("without, the control runs on the plain JavaScript beside it in the solution", async () => {
  assert.deepEqual(await runUnder("'self'"), new Set(["script-src wasm-eval"]));
  assert.equal(fetched("/entra-flow.compat.global.js"), 1);
});
