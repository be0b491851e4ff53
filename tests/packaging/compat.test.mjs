/** entra-flow/compat in users' bundles, on pages that let no WebAssembly compile. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { filesUnder } from "../../scripts/lib/stamp.mjs";
import { control, openForm, runSignedIn } from "../hosts/support/form.mjs";
import { mountFormPage } from "../sandbox/host/index.mjs";
import { base, bundlers, pcfScripts } from "./support/bundlers.mjs";
import { installedIn, project } from "./support/package.mjs";
import { openUsersPage } from "./support/page.mjs";

const patient = { timeout: 240_000 };
const strict = "script-src 'self'";

let users;
before(async () => {
  users = await openUsersPage();
}, patient);
after(() => users?.close());

const load = (csp) =>
  users
    .open({ csp })
    .then(() => users.page.addScriptTag({ url: `${base}main.js`, type: "module" }));

for (const [name, build] of Object.entries(bundlers)) {
  test(`${name} bundles entra-flow/compat, and the bundle calls a flow`, patient, async (t) => {
    const folder = await project(t, "compat");
    await build(folder, "direct.js");
    await users.serve(path.join(folder, "out"), { csp: strict });
    await users.page.addScriptTag({ url: `${base}main.js`, type: "module" });
    await users.calls(name);
    const script = readFileSync(path.join(folder, "out", "main.js"), "utf8");
    assert.doesNotMatch(script, /compileStreaming/, "the module is not inside, too");
  });

  test(`${name} splits it off, and only a page that needs it fetches it`, patient, async (t) => {
    const folder = await project(t, "compat");
    await build(folder, "split.js");
    const out = path.join(folder, "out");
    const large = filesUnder(out).filter((file) => statSync(file).size > 300_000);
    assert.equal(large.length, 1, "one chunk has it");
    const chunk = base + path.relative(out, large[0]).split(path.sep).join("/");
    const fetched = () => users.sandbox.requests.filter((sent) => sent.path === chunk).length;
    await users.serve(out, { csp: strict });
    await users.page.addScriptTag({ url: `${base}main.js`, type: "module" });
    await users.calls(`${name}, strict`);
    assert.equal(fetched(), 1);
    await load(`${strict} 'wasm-unsafe-eval'`);
    await users.calls(`${name}, open`);
    assert.equal(fetched(), 0);
  });
}

test("a plain <script> of it makes the one global", patient, async (t) => {
  const folder = installedIn(await project(t));
  await users.serve(path.join(folder, "dist"), { csp: strict });
  await users.page.addScriptTag({ url: `${base}entra-flow.compat.global.js` });
  await users.page.evaluate(() => {
    const { FlowClient, isFlowError } = window.EntraFlow;
    window.program = async (auth, flow, body) => {
      const { status, data } = await (await FlowClient.fromXrm(auth)).flow(flow).invoke(body);
      return { status, data, pure: isFlowError(new Error("not one")) };
    };
  });
  await users.calls("script");
});

test("pcf-scripts builds the sample with it, and the control runs a flow", patient, async (t) => {
  const folder = await pcfScripts(await project(t), { library: "entra-flow/compat" });
  const { sandbox } = users;
  const form = await mountFormPage(sandbox, { control: pathToFileURL(`${folder}/`), csp: strict });
  sandbox.reset();
  await sandbox.signOut();
  const browser = await sandbox.launch();
  t.after(() => browser.close());
  const page = await openForm(browser, form);
  await runSignedIn(page);
  assert.match(await control(page).locator(".ef-answer").textContent(), /Order 1042/);
  assert.deepEqual(page.problems, []);
  assert.equal(sandbox.runs.length, 1);
});
