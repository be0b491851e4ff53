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
/** The notifications of the app's bar that are there, by their ids. */
let bars;
let language;
let confirms;

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
    userSettings: { get: () => ({ languageId: language }) },
  });
  Xrm.Utility.getGlobalContext = () => context;
  Xrm.WebApi = createWebApi(fetch);
  said = [];
  bars = new Map();
  language = 1033;
  confirms = async () => ({ confirmed: true });
  Xrm.Utility.showProgressIndicator = (text) => said.push(`progress: ${text}`);
  Xrm.Utility.closeProgressIndicator = () => said.push("progress closed");
  Xrm.Navigation.openConfirmDialog = async ({ title }) => {
    said.push(`confirm: ${title}`);
    return confirms();
  };
  Xrm.Navigation.openAlertDialog = async ({ text }) => said.push(`alert: ${text}`);
  Xrm.Navigation.openErrorDialog = async ({ message, details }) =>
    said.push(`error: ${message}`, `details: ${details}`);
  Xrm.App.addGlobalNotification = async (notification) => {
    said.push(`app ${notification.level}: ${notification.message}`);
    const id = String(said.length);
    bars.set(id, notification);
    return id;
  };
  Xrm.App.clearGlobalNotification = async (id) => bars.delete(id);

  XrmMockGenerator.Attribute.createString("ef_ordernumber", "1042");
  XrmMockGenerator.Attribute.createString("ef_approval", "");
  formContext = XrmMockGenerator.getEventContext().getFormContext();
  formContext.ui.getFormType = () => 2;
  formContext.ui.setFormNotification = (...args) => said.push(`form ${args[1]}: ${args[0]}`);
  formContext.ui.clearFormNotification = () => said.push("form cleared");

  await runScript(GLOBAL_BUILD);
  page.give("EntraFlow", globalThis.EntraFlow);
  // In a page, window is the global object.
  page.give("Contoso", {});
  // The script before the connection it uses: their order is nobody's promise.
  await runScript(new URL("form-script.js", SAMPLE));
  await runScript(new URL("grid-script.js", SAMPLE));
  await runScript(new URL("texts.js", SAMPLE));
  const connection = await readFile(new URL("connection.js", SAMPLE), "utf8");
  runInThisContext(connection.replace("<client ID>", clientId).replace("<tenant ID>", tenantId));
  shareMsal(page.window, signedInMsal(sandbox), { clientId, tenantId });
});
afterEach(() => page.close());

const idOf = (flow) => sandbox.world.flows[flow].workflowId;
const grid = { refresh: () => said.push("grid refreshed") };
const rows = (...names) => names.map((Name) => ({ Id: "", Name, TypeName: "ef_order" }));
const approveRows = (names, flow = "orders") =>
  page.window.Contoso.OrderGrid.approveSelected(grid, rows(...names), idOf(flow));
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
  assert.deepEqual(said, ["form cleared"], "what the last record was told is gone");
  await until(() => said.length > 1);
  assert.deepEqual(said.slice(1), [
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
    "form cleared",
    "confirm: Approve this order?",
    "progress: Approving order 1042",
    "progress closed",
    `app 1: ${APPROVED}`,
  ]);
  assert.deepEqual(sandbox.runs[0].body, { orderNumber: "1042", action: "approve" });
});

test("an error is shown with its hint, and the progress indicator is closed", async () => {
  await approve("off");
  const told = said.find((line) => line.startsWith("form ERROR"));
  assert.match(told ?? "", /turned off.*Turn the flow on/);
  assert.deepEqual(said.slice(-2), ["progress closed", told]);
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

test("a confirmation that is refused calls nothing and shows nothing", async () => {
  confirms = async () => ({ confirmed: false });
  await approve("orders");
  await approveRows(["1042", "1043"]);
  assert.deepEqual(said, [
    "form cleared",
    "confirm: Approve this order?",
    "confirm: Approve 2 orders?",
  ]);
  assert.deepEqual(sandbox.requests, []);
});

test("whatever throws, the progress indicator is closed and the form says why", async () => {
  const attribute = formContext.getAttribute("ef_approval");
  attribute.setValue = () => {
    throw new Error("The column is locked.");
  };
  await approve("orders");
  assert.equal(said.filter((line) => line === "progress closed").length, 1);
  assert.equal(said.at(-1), "form ERROR: The column is locked.");

  said.length = 0;
  globalThis.Xrm.Utility.showProgressIndicator = () => {
    throw new Error("No indicator here.");
  };
  await approve("orders");
  assert.deepEqual(said.slice(-2), ["progress closed", "form ERROR: No indicator here."]);

  confirms = () => Promise.reject(new Error("No dialog here."));
  await approve("orders");
  assert.equal(said.at(-1), "form ERROR: No dialog here.");
  await approveRows(["1042"]);
  assert.equal(said.at(-2), "error: No dialog here.");
});

test("a flow that answers without a message still gets its word", async () => {
  await approve("empty");
  assert.equal(formContext.getAttribute("ef_approval").getValue(), "The flow has answered.");
  await approve("text");
  assert.equal(formContext.getAttribute("ef_approval").getValue(), "Grüße vom Flow");
});

test("a second press while it works does nothing", async () => {
  sandbox.fault({ kind: "trigger", times: 1, effect: { delayMs: 300 } });
  const first = approve("orders");
  await until(() => said.includes("progress: Approving order 1042"));
  await approve("orders");
  await first;
  assert.equal(sandbox.runs.length, 1);
});

test("over selected rows, successes and failures are counted, with a reason for each", async () => {
  sandbox.fault({
    kind: "trigger",
    times: 1,
    effect: { status: 422, json: { message: "No delivery address." } },
  });
  await approveRows(["1042", "1043", "1044"]);
  assert.ok(said.includes("app 4: Approving: 0 of 3"), said.join(" | "));
  assert.ok(said.includes("app 3: 2 orders approved, 1 failed."), said.join(" | "));
  const [error, details] = said.filter((line) => /^(error|details): /.test(line));
  assert.match(error, /No delivery address/);
  assert.match(details, /^details: Order 104\d: No delivery address\.\ncode: flow_failed/);
  assert.equal(said.at(-1), "grid refreshed");
  assert.deepEqual(
    [...bars.values()].map(({ message }) => message),
    ["2 orders approved, 1 failed."],
    "the progress is gone from the bar",
  );
});

test("Cancel lets what runs end, starts no more, and counts what was not tried", async () => {
  sandbox.fault({ kind: "trigger", times: Infinity, effect: { delayMs: 400 } });
  const names = ["1042", "1043", "1044", "1045", "1046", "1047", "1048"];
  const command = approveRows(names);
  await until(() => sandbox.requests.some(({ kind }) => kind === "trigger"));
  const [{ action }] = bars.values();
  assert.equal(action.actionLabel, "Cancel");
  action.eventHandler();
  await command;
  assert.equal(sandbox.runs.length, 4);
  assert.ok(said.includes("app 4: No more are started; 4 are still running."), said.join(" | "));
  assert.ok(said.includes("app 3: 4 orders approved, 3 not tried."), said.join(" | "));
});

test("while rows are worked on, the command is not begun again", async () => {
  sandbox.fault({ kind: "trigger", times: 1, effect: { delayMs: 300 } });
  const command = approveRows(["1042"]);
  await until(() => said.includes("app 4: Approving: 0 of 1"));
  await approveRows(["1042"]);
  assert.equal(said.at(-1), "alert: Orders are being approved already. Wait until they are done.");
  await command;
  assert.equal(sandbox.runs.length, 1);
  await approveRows(["1042"]);
  assert.equal(sandbox.runs.length, 2);
});

test("a bar that can't be shown does not stop the work", async () => {
  const { addGlobalNotification } = globalThis.Xrm.App;
  globalThis.Xrm.App.addGlobalNotification = (notification) =>
    notification.level === 4
      ? Promise.reject(new Error("no bar"))
      : addGlobalNotification(notification);
  await approveRows(["1042", "1043"]);
  assert.ok(said.includes("app 1: 2 orders approved."), said.join(" | "));
});

for (const [languageId, what] of Object.entries({
  1031: {
    confirm: "confirm: Diesen Auftrag genehmigen?",
    progress: "progress: Auftrag 1042 wird genehmigt",
    error: /^form ERROR: Dieser Flow ist ausgeschaltet\. .*\(workflow_off\)$/,
    counts: "app 1: 2 Aufträge genehmigt.",
  },
  3079: { confirm: "confirm: Diesen Auftrag genehmigen?" },
  1036: {
    confirm: "confirm: Approuver cette commande ?",
    progress: "progress: Approbation de la commande 1042",
    error: /^form ERROR: Ce flux est désactivé\. .*\(workflow_off\)$/,
    counts: "app 1: 2 commandes approuvées.",
  },
  3084: { confirm: "confirm: Approuver cette commande ?" },
  1041: { confirm: "confirm: Approve this order?" },
})) {
  test(`the user's language, ${languageId}, is spoken throughout`, async () => {
    language = Number(languageId);
    await approve("orders");
    assert.ok(said.includes(what.confirm), said.join(" | "));
    if (!what.error) return;
    assert.ok(said.includes(what.progress), said.join(" | "));
    await approve("off");
    assert.match(said.at(-1), what.error);
    await approveRows(["1042", "1043"]);
    assert.ok(said.includes(what.counts), said.join(" | "));
  });
}

test("without a user's language it is English", async () => {
  language = undefined;
  await approve("orders");
  assert.ok(said.includes("confirm: Approve this order?"));
});

test("every language has every text, and every code of the library has its problem", async () => {
  const { LANGUAGES, PROBLEMS } = page.window.Contoso.texts;
  const [english, ...others] = [LANGUAGES[9], LANGUAGES[7], LANGUAGES[12]];
  for (const one of others) {
    const { problems, ...texts } = one;
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort());
    for (const [name, text] of Object.entries(texts)) {
      assert.equal(typeof text, typeof english[name], name);
      if (typeof text === "function") {
        assert.equal(text.length, english[name].length, name);
        assert.notEqual(text(1, 2), english[name](1, 2), name);
      } else assert.notEqual(text, english[name], name);
    }
    assert.deepEqual(Object.keys(problems).sort(), ["other", ...Object.keys(PROBLEMS)].sort());
  }
  const types = await readFile(new URL("../../js/src/types.ts", import.meta.url), "utf8");
  const [, union] = /type FlowErrorCode =([^;]+);/.exec(types);
  const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
  const known = Object.values(PROBLEMS).flat();
  assert.ok(codes.length > 30, "the codes were read");
  assert.deepEqual(
    codes.filter((code) => !known.includes(code)),
    ["aborted"],
  );
  assert.equal(new Set(known).size, known.length, "no code is in two lists");
});
