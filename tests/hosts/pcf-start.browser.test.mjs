/**
 * The built PCF sample in Microsoft's own harness, `pcf-start`. Its pages are shown at the org's
 * address, so that sign-in, the org's Web API and the flow are those of production; its webAPI, which
 * only refuses, is replaced by one that talks to the org.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startSandbox } from "../sandbox/index.mjs";
import { pressAndSignIn, screenshot } from "./support/form.mjs";

const SAMPLE = fileURLToPath(new URL("../../pcf-sample/", import.meta.url));
const MODULES = new URL("../../node_modules/", import.meta.url);
const WEB_API = new URL("../sandbox/host/page/web-api.mjs", import.meta.url);

let sandbox;
let harness;
let browser;

before(
  async () => {
    sandbox = await startSandbox();
    harness = await startHarness();
    browser = await sandbox.launch({
      viewport: { width: 1280, height: 760 },
      // A page that playwright answers counts as a public one, which may not ask this machine.
      args: ["--disable-features=LocalNetworkAccessChecks"],
    });
    browser.setDefaultTimeout(20_000);
  },
  { timeout: 60_000 },
);
after(async () => {
  harness?.stop();
  await sandbox?.close();
});

/** `pcf-start` on the built control; it says itself where it listens. */
async function startHarness() {
  const bin = `${SAMPLE}node_modules/pcf-start/bin/pcf-start.js`;
  const child = spawn(process.execPath, [bin, "--codePath", "out/controls/FlowButton"], {
    cwd: SAMPLE,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk) => {
      said += chunk;
      const found = /http:\/\/localhost:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => reject(new Error(`pcf-start ended: ${said}`)));
  });
  return { url, stop: () => child.kill() };
}

/** The harness at the org's address, with React from npm and the webAPI of an org. */
async function openHarness() {
  const { url: orgUrl } = sandbox.world.orgs.contoso;
  const page = await browser.newPage();
  await page.goto(`${orgUrl}/login?user=ada&next=${sandbox.world.redirectPaths.blank}`);
  await page.route("https://unpkg.com/**", async (route) => {
    const [, name, file] = /\/(react(?:-dom)?)@[^/]+\/(.+)$/.exec(route.request().url());
    const body = await readFile(new URL(`${name}/${file}`, MODULES));
    await route.fulfill({ body, contentType: "text/javascript" });
  });
  await page.route(`${orgUrl}/harness/**`, async (route) => {
    const path = route.request().url().slice(`${orgUrl}/harness`.length);
    const response = await fetch(harness.url + path);
    await route.fulfill({
      status: response.status,
      contentType: response.headers.get("content-type") ?? "text/plain",
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
  const webApi = (await readFile(WEB_API, "utf8")).replace(/^export /gm, "");
  await page.addInitScript(`(() => { ${webApi}\n(${injectWebApi})(createWebApi()); })()`);
  await page.goto(`${orgUrl}/harness/`);
  return page;
}

/** In the page: each control that registers gets a context whose webAPI works. */
function injectWebApi(webAPI) {
  const repaired = (context) => Object.create(context, { webAPI: { value: webAPI } });
  const withWebApi = (Control) =>
    class extends Control {
      init(context, ...rest) {
        super.init(repaired(context), ...rest);
      }
      updateView(context) {
        super.updateView(repaired(context));
      }
    };
  let register;
  window.ComponentFramework = Object.defineProperty({}, "registerControl", {
    get: () => register && ((name, Control) => register(name, withWebApi(Control))),
    set: (own) => {
      register = own;
    },
  });
}

/** The harness's box for a property of the manifest. */
const inputBox = (page, name) =>
  page.locator(`xpath=//*[normalize-space(text())="${name}"]/following::input[1]`);

async function setInputs(page, values) {
  for (const [name, value] of Object.entries(values)) {
    await inputBox(page, name).fill(value);
    await inputBox(page, name).press("Tab");
  }
}

test("the control runs a flow in Microsoft's harness", { timeout: 90_000 }, async () => {
  const { clients, flows, orgs } = sandbox.world;
  const page = await openHarness();
  const root = page.locator(".ef-FlowButton");
  await root.waitFor();
  assert.match(await root.textContent(), /This button is not set up yet/);
  await setInputs(page, {
    workflowId: flows.orders.workflowId,
    clientId: clients.formApp.clientId,
    tenantId: orgs.contoso.tenantId,
    buttonLabel: "Check status",
    payload: JSON.stringify({ orderNumber: "1042" }),
    resultPath: "message",
  });
  await pressAndSignIn(page, root.getByRole("button", { name: "Check status" }));
  await root.and(page.locator('[data-state="done"]')).waitFor();
  const answer = "Order 1042 waits for Nadia Rahman's approval until Thursday.";
  assert.equal(await root.locator(".ef-answer").textContent(), answer);
  // The harness shows an output some time after it was told.
  const shown = ([box, text]) => box.value === text;
  await page.waitForFunction(shown, [await inputBox(page, "result").elementHandle(), answer]);
  assert.equal(sandbox.runs.length, 1);
  await screenshot(page, "pcf-start");
});
