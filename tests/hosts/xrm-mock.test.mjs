/** The form script sample with the global build, under a third party's mock of Xrm. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { runInThisContext } from "node:vm";
import { createWebApi } from "../sandbox/host/page/web-api.mjs";
import { startSandbox } from "../sandbox/index.mjs";
import { shareMsal, signedInMsal } from "./support/msal.mjs";
import { openNodePage, runScript } from "./support/node-page.mjs";

const GLOBAL_BUILD = new URL("../../dist/entra-flow.global.js", import.meta.url);
const SAMPLE = new URL("../../js/samples/form-script/", import.meta.url);
const APPROVED = "Order 1042 is approved and goes to the warehouse today.";

let sandbox;
let page;
let formContext;
let said;

before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox?.close());

beforeEach(async () => {
  sandbox.reset();
  page = openNodePage(sandbox);
  const { XrmMockGenerator } = await import("xrm-mock");
  const { url, tenantId } = sandbox.world.orgs.contoso;
  const { clientId } = sandbox.world.clients.formApp;
  XrmMockGenerator.initialise();
  const { Xrm } = globalThis;
  page.give("Xrm", Xrm);
  // What xrm-mock leaves to the test: the org's address, its Web API, and everything that asks or tells the user.
  const context = Object.create(Xrm.Utility.getGlobalContext(), {
    getClientUrl: { value: () => url },
  });
  Xrm.Utility.getGlobalContext = () => context;
  Xrm.WebApi = createWebApi(fetch);
  said = [];
  Xrm.Utility.showProgressIndicator = (text) => said.push(`progress: ${text}`);
  Xrm.Utility.closeProgressIndicator = () => said.push("progress closed");
  Xrm.Navigation.openConfirmDialog = async ({ title }) => {
    said.push(`confirm: ${title}`);
    return { confirmed: true };
  };
  Xrm.Navigation.openErrorDialog = async ({ message }) => said.push(`error: ${message}`);
  Xrm.App.addGlobalNotification = async ({ level, message }) => {
    said.push(`app ${level}: ${message}`);
    return "1";
  };

  XrmMockGenerator.Attribute.createString("ef_ordernumber", "1042");
  XrmMockGenerator.Attribute.createString("ef_approval", "");
  formContext = XrmMockGenerator.getEventContext().getFormContext();
  formContext.ui.getFormType = () => 2;
  formContext.ui.setFormNotification = (...args) => said.push(`form ${args[1]}: ${args[0]}`);
  formContext.ui.clearFormNotification = () => {};

  await runScript(GLOBAL_BUILD);
  page.give("EntraFlow", globalThis.EntraFlow);
  // In a page, window is the global object.
  page.give("Contoso", {});
  // The script before the connection it uses: their order is nobody's promise.
  await runScript(new URL("form-script.js", SAMPLE));
  const connection = await readFile(new URL("connection.js", SAMPLE), "utf8");
  runInThisContext(connection.replace("<client ID>", clientId).replace("<tenant ID>", tenantId));
  shareMsal(page.window, signedInMsal(sandbox), { clientId, tenantId });
});
afterEach(() => page.close());

const idOf = (flow) => sandbox.world.flows[flow].workflowId;
const approve = (flow) => page.window.Contoso.OrderForm.approve(formContext, idOf(flow));
const load = (flow) =>
  page.window.Contoso.OrderForm.onLoad({ getFormContext: () => formContext }, idOf(flow));

async function until(condition) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`waited in vain; said so far: ${said.join(" | ")}`);
}

test("OnLoad returns at once and tells the order's status later", async () => {
  assert.equal(load("orders"), undefined);
  assert.deepEqual(said, []);
  await until(() => said.length > 0);
  assert.deepEqual(said, [
    "form INFO: Order 1042 waits for Nadia Rahman's approval until Thursday.",
  ]);
});

test("OnLoad of a new record, which has no number yet, calls nothing", async () => {
  formContext.ui.getFormType = () => 1;
  load("orders");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(sandbox.requests, []);
});

test("the command asks, works, writes the answer, and tells the app", async () => {
  await approve("orders");
  assert.equal(formContext.getAttribute("ef_approval").getValue(), APPROVED);
  assert.deepEqual(said, [
    "confirm: Approve this order?",
    "progress: Approving order 1042",
    `app 1: ${APPROVED}`,
    "progress closed",
  ]);
  assert.deepEqual(sandbox.runs[0].body, { orderNumber: "1042", action: "approve" });
});

test("an error is shown with its hint, and the progress indicator is closed", async () => {
  await approve("off");
  const told = said.find((line) => line.startsWith("form ERROR"));
  assert.match(told ?? "", /turned off.*Turn the flow on/);
  assert.equal(said.at(-1), "progress closed");
  assert.equal(sandbox.runs.length, 0);
});

test("a failure that leaves it open whether the flow ran says so", async () => {
  sandbox.fault({ kind: "trigger", times: 1, effect: { drop: "after" } });
  await approve("orders");
  assert.equal(sandbox.runs.length, 1);
  assert.match(said.join(), /form ERROR: .*It may have run: look before you repeat it/);
});

test("the second call of a form asks only the flow", async () => {
  await approve("orders");
  const before = sandbox.requests.length;
  await approve("orders");
  assert.deepEqual(
    sandbox.requests.slice(before).map(({ kind }) => kind),
    ["trigger"],
  );
});

test("over selected rows, successes and failures are counted", async () => {
  sandbox.fault({
    kind: "trigger",
    times: 1,
    effect: { status: 422, json: { message: "No delivery address." } },
  });
  const items = ["1042", "1043", "1044"].map((Name) => ({ Id: "", Name, TypeName: "ef_order" }));
  let refreshes = 0;
  const grid = { refresh: () => (refreshes += 1) };
  await page.window.Contoso.OrderGrid.approveSelected(grid, items, idOf("orders"));
  assert.ok(said.includes("progress: Approving: 0 of 3"));
  assert.ok(said.includes("app 3: 2 orders approved, 1 failed."), said.join(" | "));
  assert.match(said.at(-1), /^error: .*No delivery address/);
  assert.equal(refreshes, 1);
});
