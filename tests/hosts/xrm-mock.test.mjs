/** A form script that calls a flow through the global build, under a third party's mock of Xrm. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { createWebApi } from "../sandbox/host/page/web-api.mjs";
import { startSandbox } from "../sandbox/index.mjs";
import { signedInMsal } from "./support/msal.mjs";
import { openNodePage, runScript } from "./support/node-page.mjs";

const GLOBAL_BUILD = new URL("../../dist/entra-flow.global.js", import.meta.url);
const FORM_SCRIPT = new URL("./fixtures/order-form.js", import.meta.url);

let sandbox;
let page;
let formContext;
let progress;

before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox?.close());

beforeEach(async () => {
  sandbox.reset();
  page = openNodePage(sandbox);
  const { XrmMockGenerator } = await import("xrm-mock");
  const { url } = sandbox.world.orgs.contoso;
  XrmMockGenerator.initialise();
  const { Xrm } = globalThis;
  page.give("Xrm", Xrm);
  // What xrm-mock leaves to the test: the org's address, its Web API, the progress indicator.
  const context = Object.create(Xrm.Utility.getGlobalContext(), {
    getClientUrl: { value: () => url },
  });
  Xrm.Utility.getGlobalContext = () => context;
  Xrm.WebApi = createWebApi(fetch);
  progress = [];
  Xrm.Utility.showProgressIndicator = (text) => progress.push(text);
  Xrm.Utility.closeProgressIndicator = () => progress.push("closed");

  XrmMockGenerator.Attribute.createString("ef_ordernumber", "1042");
  XrmMockGenerator.Attribute.createString("ef_status", "");
  formContext = XrmMockGenerator.getEventContext().getFormContext();
  await runScript(GLOBAL_BUILD);
  page.give("EntraFlow", globalThis.EntraFlow);
  await runScript(FORM_SCRIPT);
  page.window.Contoso.auth = signedInMsal(sandbox);
});
afterEach(() => page.close());

const checkStatus = (flow) =>
  page.window.Contoso.OrderForm.checkStatus(formContext, sandbox.world.flows[flow].workflowId);

test("the flow's answer is written to the form", async () => {
  await checkStatus("orders");
  assert.equal(
    formContext.getAttribute("ef_status").getValue(),
    "Order 1042 waits for Nadia Rahman's approval until Thursday.",
  );
  assert.deepEqual(progress, ["Asking for the order's status", "closed"]);
  assert.deepEqual(sandbox.runs[0].body, { orderNumber: "1042", action: "status" });
});

test("an error is shown with its hint, and the progress indicator is closed", async () => {
  const shown = [];
  formContext.ui.setFormNotification = (...args) => shown.push(args);
  formContext.ui.clearFormNotification = () => {};
  await checkStatus("off");
  assert.equal(shown.length, 1);
  const [message, level, id] = shown[0];
  assert.equal(level, "ERROR");
  assert.equal(id, "contoso-order-status");
  assert.ok(message.length > 40, message);
  assert.equal(progress.at(-1), "closed");
  assert.equal(sandbox.runs.length, 0);
});

test("the second call of a form asks only the flow", async () => {
  await checkStatus("orders");
  const before = sandbox.requests.length;
  await checkStatus("orders");
  assert.deepEqual(
    sandbox.requests.slice(before).map(({ kind }) => kind),
    ["trigger"],
  );
});
