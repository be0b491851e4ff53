/** What the docs tell a newcomer to do, done in the sandbox with the pages' own blocks. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPage, patient } from "../e2e/page.mjs";
import { watchPolicy } from "../hosts/support/policy.mjs";
import { blocksOf, markdownFiles, read } from "./lib/markdown.mjs";

let e2e;
before(async () => {
  e2e = await openPage();
}, patient);
after(() => e2e?.close());

const module = (path) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));
const start = read("docs/start.md");
const blockWith = (text, words) => {
  const found = blocksOf(text, "").filter(({ code }) => code.includes(words));
  assert.equal(found.length, 1, `one block with ${words}`);
  return found[0].code;
};
/** The security guide's policy, in which no style may stand in a page either. */
const policy = () =>
  `${blockWith(read("docs/security.md"), "script-src").replaceAll("\n", " ")}; style-src 'self'`;

test(
  "the start page, done to the letter under a strict policy, ends with the flow's answer",
  patient,
  async () => {
    const { sandbox, page } = e2e;
    const { world } = sandbox;
    const { host } = world.orgs.contoso;
    const registered = world.clients.formApp.clientId;
    const redirect = `${world.orgs.contoso.url}/WebResources/ef_msal_redirect.html`;

    // Steps 1 to 3: the registration has that redirect URI, and the flow is there. Step 2 and 5: the web resources.
    const files = fileTable(start);
    assert.deepEqual(Object.keys(files).sort(), [
      "ef_entra_flow.js",
      "ef_msal.js",
      "ef_msal_redirect_bridge.js",
    ]);
    for (const [name, file] of Object.entries(files)) {
      sandbox.page(host, `/WebResources/${name}`, { file });
    }
    const csp = policy();
    const headers = { "Content-Security-Policy": csp };
    const upload = (name, body) => {
      assert.ok(start.includes(`| \`${name}\` |`), name);
      sandbox.page(host, `/WebResources/${name}`, {
        body,
        ...(name.endsWith(".html") && { headers }),
      });
    };
    upload("ef_msal_redirect.js", blockWith(start, "broadcastResponseToMainFrame"));
    upload("ef_msal_redirect.html", blockWith(start, 'src="ef_msal_redirect.js"'));
    assert.equal(world.redirectPaths.bridge, "/WebResources/ef_msal_redirect.html", redirect);
    const hello = blockWith(start, "fromXrm")
      .replace("<client id>", registered)
      .replace("<tenant id>", world.orgs.contoso.tenantId)
      .replace("<workflowid>", world.flows.echo.workflowId);
    // And the last section: the report of the whole chain, at the end of the script.
    const reporting = blockWith(start, "EntraFlow.diagnose").replace(
      "console.table(report.checks);",
      "window.report = report;",
    );
    assert.match(reporting, /window\.report/);
    upload("ef_hello.js", hello + reporting);
    upload("ef_hello.html", blockWith(start, 'src="ef_hello.js"'));
    const refused = await watchPolicy(e2e.context);

    // Step 5: on a page of the app, where Xrm is in the parent window.
    await e2e.forget({ csp });
    await page.evaluate(() => {
      const frame = document.createElement("iframe");
      frame.name = "hello";
      frame.src = "/WebResources/ef_hello.html";
      document.body.append(frame);
    });
    const inside = await (await page.waitForSelector("[name=hello]")).contentFrame();
    await inside.waitForFunction(() => window.report);
    const report = await inside.evaluate(() => window.report);
    const frame = page.frameLocator("[name=hello]");
    const [popup] = await Promise.all([page.waitForEvent("popup"), frame.locator("#call").click()]);
    await popup.click("[data-user=ada]");
    await frame.locator("#answer", { hasText: "1042" }).waitFor();
    assert.deepEqual(JSON.parse(await frame.locator("#answer").textContent()).youSent, {
      orderId: 1042,
    });
    assert.equal(sandbox.runs.length, 1);

    assert.ok(report.checks.length > 10);
    assert.equal(report.checks.find(({ name }) => name === "workflow.read").outcome, "pass");
    assert.deepEqual(refused, new Set());
    e2e.assertTrust();
  },
);

test("a flow runs under the policy of the security guide", patient, async () => {
  await e2e.as("ada");
  await e2e.open({ csp: policy() });
  e2e.sandbox.reset();
  const { data } = await e2e.get((given) => window.e2e.call(given), {
    flow: e2e.id("echo"),
    body: { under: "csp" },
  });
  assert.deepEqual(data.youSent, { under: "csp" });
});

test("each diagram can be drawn", patient, async () => {
  const diagrams = markdownFiles()
    .flatMap((file) => blocksOf(read(file), file))
    .filter(({ language }) => language === "mermaid");
  assert.ok(diagrams.length > 1);
  await e2e.open();
  await e2e.page.addScriptTag({ path: module("mermaid/dist/mermaid.min.js") });
  for (const { file, line, code } of diagrams) {
    const drawn = await e2e.page.evaluate(async (text) => {
      try {
        return (await window.mermaid.render("diagram", text)).svg;
      } catch (error) {
        return String(error);
      }
    }, code);
    assert.match(drawn, /^<svg/, `${file}:${line}`);
  }
});

/** The files that the page's tables say to upload: `| name | type | file |`. */
function fileTable(text) {
  const rows = text.matchAll(
    /^\| `(\w+\.js)` \| Script \(JScript\) \| (?:that file|`([^`|]+)`) \|$/gm,
  );
  const files = Object.fromEntries([...rows].map(([, name, what]) => [name, what]));
  // This row says "that file", of the sentence above it.
  files["ef_msal_redirect_bridge.js"] = /`(node_modules\/\S+bridge\.min\.js)`/.exec(text)[1];
  for (const [name, file] of Object.entries(files)) {
    files[name] = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  }
  return files;
}
