/** The package in users' bundles: built by their tools, opened in Chromium, one real call each. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { control, formState, openForm, runSignedIn } from "../hosts/support/form.mjs";
import { mountFormPage } from "../sandbox/host/index.mjs";
import { base, bundlers, pcfScripts } from "./support/bundlers.mjs";
import { installedIn, project } from "./support/package.mjs";
import { openUsersPage } from "./support/page.mjs";

const patient = { timeout: 120_000 };

let users;
before(async () => {
  users = await openUsersPage();
}, patient);
after(() => users?.close());

for (const [name, build] of Object.entries(bundlers)) {
  test(`${name} bundles it, and the bundle calls a flow`, patient, async (t) => {
    const folder = await project(t, "bundled");
    await build(folder, "main.js");
    await users.serve(path.join(folder, "out"));
    await users.page.addScriptTag({ url: `${base}main.js`, type: "module" });
    await users.calls(name);
  });

  test(`${name} bundles entra-flow/slim, and its module as a file`, patient, async (t) => {
    const folder = await project(t, "slim");
    await build(folder, `${name}.js`);
    const script = readFileSync(path.join(folder, "out", "main.js"));
    assert.ok(script.length < 40_000, `the module is not inside: ${script.length} bytes`);
    await users.serve(path.join(folder, "out"));
    await users.page.addScriptTag({ url: `${base}main.js`, type: "module" });
    await users.calls(name);
    const fetched = users.sandbox.requests.filter(({ path: file }) => /\.wasm$/.test(file));
    assert.equal(fetched.length, 1);
  });
}

for (const [name, build] of Object.entries(bundlers)) {
  test(
    `${name} keeps an import of entra-flow/global, which is there for its effect`,
    patient,
    async (t) => {
      const folder = await project(t, "bundled");
      await build(folder, "global.js");
      await users.serve(path.join(folder, "out"));
      await users.page.addScriptTag({ url: `${base}main.js`, type: "module" });
      await users.calls(name);
    },
  );
}

test("a bundle that asks for isFlowError alone is small", patient, async (t) => {
  const folder = await project(t, "bundled");
  for (const [name, build] of Object.entries(bundlers)) {
    await build(folder, "pure.js");
    const { length } = readFileSync(path.join(folder, "out", "main.js"));
    assert.ok(length < 10_000, `${name}: ${length} bytes`);
  }
});

test("a plain <script> makes the one global", patient, async (t) => {
  const folder = installedIn(await project(t));
  await users.serve(path.join(folder, "dist"));
  await users.page.addScriptTag({ url: `${base}entra-flow.global.js` });
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
  const folder = await pcfScripts(await project(t));
  const { sandbox } = users;
  const form = await mountFormPage(sandbox, { control: pathToFileURL(`${folder}/`) });
  sandbox.reset();
  await sandbox.signOut();
  const browser = await sandbox.launch();
  t.after(() => browser.close());
  const page = await openForm(browser, form);
  await runSignedIn(page);
  assert.match(await control(page).locator(".ef-answer").textContent(), /Order 1042/);
  assert.deepEqual([...(await formState(page)).errors, ...page.problems], []);
  assert.equal(sandbox.runs.length, 1);
});
