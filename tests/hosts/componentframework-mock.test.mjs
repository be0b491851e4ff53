/** The built PCF sample under a third party's mock of the platform, and a real library in it. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startSandbox } from "../sandbox/index.mjs";
import { shareMsal, signedInMsal } from "./support/msal.mjs";
import { openNodePage, runScript } from "./support/node-page.mjs";

const BUNDLE = new URL("../../pcf-sample/out/controls/FlowButton/bundle.js", import.meta.url);
const require = createRequire(import.meta.url);

let sandbox;
let page;
let mock;
let container;

before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox?.close());

beforeEach(() => {
  sandbox.reset();
  page = openNodePage(sandbox);
});
afterEach(() => {
  mock?.control.destroy();
  mock = undefined;
  page.close();
});

/** The control in the mock's form, whose Dataverse has the flow's row. */
async function mountControl({ flow = "orders", payload, disabled = false } = {}) {
  // The mock looks for a document when it is loaded.
  const {
    ComponentFrameworkMockGenerator,
    StringPropertyMock,
    AttributeType,
  } = require("@shko.online/componentframework-mock");
  const { clients, orgs, flows } = sandbox.world;
  const { clientId } = clients.formApp;
  const { tenantId } = orgs.contoso;
  let FlowButton;
  page.give("ComponentFramework", {
    registerControl(name, control) {
      assert.equal(name, "EntraFlow.FlowButton");
      FlowButton = control;
    },
  });
  await runScript(BUNDLE);
  shareMsal(page.window, signedInMsal(sandbox), { clientId, tenantId });

  const names = ["result", "workflowId", "clientId", "tenantId", "buttonLabel", "payload"];
  const inputs = Object.fromEntries(
    [...names, "resultPath"].map((name) => [name, StringPropertyMock]),
  );
  container = page.window.document.createElement("div");
  page.window.document.body.append(container);
  mock = new ComponentFrameworkMockGenerator(FlowButton, inputs, container);
  const { context } = mock;
  context.mode.isControlDisabled = disabled;
  context.page = { getClientUrl: () => orgs.contoso.url };
  context.resources.getString.callsFake((key) => key);
  context.webAPI._Delay = 0;
  context._SetCanvasItems({
    workflowId: flows[flow].workflowId,
    clientId,
    tenantId,
    buttonLabel: "Check status",
    payload: payload ?? JSON.stringify({ orderNumber: "1042" }),
    resultPath: "message",
  });
  mock.metadata.initMetadata([workflowTable(AttributeType)]);
  mock.metadata.initItems({
    "@odata.context": "#workflows",
    value: [workflowRow(flows[flow])],
  });
  mock.ExecuteInit();
  mock.ExecuteUpdateView();
}

const workflowTable = (types) => ({
  LogicalName: "workflow",
  EntitySetName: "workflows",
  PrimaryIdAttribute: "workflowid",
  PrimaryNameAttribute: "name",
  Attributes: [
    { LogicalName: "workflowid", AttributeType: types.String },
    { LogicalName: "resourceid", AttributeType: types.String },
    { LogicalName: "name", AttributeType: types.String },
    { LogicalName: "statecode", AttributeType: types.Integer },
    { LogicalName: "category", AttributeType: types.Integer },
  ].map((attribute) => ({ EntityLogicalName: "workflow", SchemaName: "", ...attribute })),
});

const workflowRow = ({ workflowId, resourceId, name }) => ({
  workflowid: workflowId,
  resourceid: resourceId,
  name,
  statecode: 1,
  category: 5,
});

const root = () => container.querySelector(".ef-FlowButton");
const button = (selector) => root().querySelector(selector);

async function until(condition, what) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`waited in vain: ${what}; the control says: ${root()?.textContent}`);
}

const untilState = (state) => until(() => root()?.dataset.state === state, `state ${state}`);

test("a click runs the flow, and its answer becomes the bound column's value", async () => {
  await mountControl();
  assert.equal(button(".ef-label").textContent, "Check status");
  button(".ef-run").click();
  assert.equal(root().dataset.state, "running");
  await untilState("done");
  const answer = "Order 1042 waits for Nadia Rahman's approval until Thursday.";
  assert.equal(button(".ef-answer").textContent, answer);
  mock.RefreshParameters();
  assert.equal(mock.context.parameters.result.raw, answer);
  assert.equal(sandbox.runs.length, 1);
});

test("a flow that this environment has not got is an error with a hint", async () => {
  await mountControl();
  // The mock's own refusal has no code; this is the platform's.
  mock.context.webAPI.retrieveRecord.callsFake(() =>
    Promise.reject({ errorCode: 0x80040217, message: "workflow With Id = 9b2e Does Not Exist" }),
  );
  button(".ef-run").click();
  await untilState("failed");
  assert.match(button(".ef-message dl").textContent, /Codeworkflow_not_found/);
  // The mock's strings are their keys.
  assert.equal(button(".ef-message-title").textContent, "FlowMissing_Title");
  assert.equal(button(".ef-message-line").textContent, "FlowMissing_Hint");
});

test("destroy during a run ends it: no output, no DOM, no timer", async () => {
  await mountControl({ flow: "slow", payload: JSON.stringify({ delayMs: 10_000 }) });
  const timers = new Set();
  const { setInterval, clearInterval } = page.window;
  page.window.setInterval = (...args) => {
    const timer = setInterval.apply(page.window, args);
    timers.add(timer);
    return timer;
  };
  page.window.clearInterval = (timer) => {
    timers.delete(timer);
    clearInterval.call(page.window, timer);
  };
  button(".ef-run").click();
  assert.equal(timers.size, 1);
  await until(() => sandbox.requests.some(({ kind }) => kind === "trigger"), "the request");
  const { callCount } = mock.notifyOutputChanged;
  mock.control.destroy();
  assert.equal(container.childElementCount, 0);
  assert.equal(timers.size, 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(mock.notifyOutputChanged.callCount, callCount);
});

test("focus goes back to the button when the one that had it is gone", async () => {
  await mountControl({ flow: "slow", payload: JSON.stringify({ delayMs: 10_000 }) });
  button(".ef-run").click();
  button(".ef-cancel").focus();
  button(".ef-cancel").click();
  await untilState("cancelled");
  assert.equal(page.window.document.activeElement, button(".ef-run"));
});

test("a payload that is not JSON is told, and nothing is sent", async () => {
  await mountControl({ payload: "{orderNumber: 1042}" });
  const requests = sandbox.requests.length;
  button(".ef-run").click();
  await untilState("failed");
  assert.match(root().textContent, /Payload_Title/);
  assert.equal(sandbox.requests.length, requests);
});

test("a disabled control runs nothing", async () => {
  await mountControl({ disabled: true });
  assert.equal(button(".ef-run").disabled, true);
  button(".ef-run").click();
  assert.equal(root().dataset.state, "idle");
});
