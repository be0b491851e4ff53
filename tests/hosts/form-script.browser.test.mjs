/** The form script sample on the sandbox's form and view: its libraries, OnLoad, ribbon commands, and a real MSAL. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { openForm, pressAndSignIn, runButton, screenshot, waitForState } from "./support/form.mjs";
import { browser, count, form, launch, sandbox } from "./support/stage.mjs";

beforeEach(() => launch());

const ORDERS = { status: "Order 1042 waits for Nadia Rahman's approval until Thursday." };
const bodies = () => sandbox.runs.map(({ body }) => `${body.action} ${body.orderNumber}`).sort();

const dialog = (page) => page.locator(".dialog [role=dialog]");
const appBar = (page) => page.locator("#app-notifications .notification");
const formBar = (page) => page.locator("#notifications .notification");
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const offered = (page) => appBar(page).getByRole("button", { name: "Sign in" });

/** The form with the script on it, whose user has signed in at the script's own offer. */
async function openSignedIn(query = {}) {
  const page = await openForm(browser, form, { script: "1", ...query });
  await pressAndSignIn(page, offered(page), query.user);
  await formBar(page).waitFor();
  return page;
}

async function openList(query = {}) {
  const page = await browser.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  await page.goto(form.urlFor({ pagetype: "entitylist", ...query }));
  await page.waitForFunction(() => window.listHost?.ready);
  await page.evaluate(() => window.listHost.ready);
  return page;
}

/** Selects orders, confirms, and signs in in the window that opens. */
async function approve(page, names, user) {
  for (const name of names) await page.getByLabel(name).check();
  await press(page, "Approve orders");
  const confirm = dialog(page).getByRole("button", { name: "Approve" });
  await pressAndSignIn(page, confirm, user);
}

describe("OnLoad", () => {
  test("no window opens by itself: the app offers to sign in, and the answer is the form's", async () => {
    const page = await openForm(browser, form, { script: "1" });
    await offered(page).waitFor();
    assert.equal(browser.pages().length, 2, "the form, and the tab that the browser began with");
    assert.equal(sandbox.runs.length, 0);
    await pressAndSignIn(page, offered(page));
    await formBar(page).waitFor();
    assert.equal(await formBar(page).textContent(), ORDERS.status);
    assert.equal(await appBar(page).count(), 0);
    assert.deepEqual(page.problems, []);
    await screenshot(page, "form-script-onload");
  });

  test("opening a record by a click, which would let a window open, opens none and offers once", async () => {
    const page = await openForm(browser, form, { script: "1" });
    await offered(page).waitFor();
    await page.getByRole("button", { name: "Next order" }).click();
    await page.waitForTimeout(1500);
    assert.equal(browser.pages().length, 2, "a window opened");
    assert.equal(await offered(page).count(), 1);
    await pressAndSignIn(page, offered(page));
    await formBar(page).waitFor();
    assert.match(await formBar(page).textContent(), /1043/);
  });

  test("the next record of the same page asks the flow alone, with its own number", async () => {
    const page = await openSignedIn();
    await page.evaluate(() => window.formHost.navigate());
    await formBar(page).filter({ hasText: "1043" }).waitFor();
    assert.deepEqual(bodies(), ["status 1042", "status 1043"]);
    assert.equal(count("flowApi"), 1);
  });

  test("an answer that comes after the user went on says nothing on the next record", async () => {
    const page = await openSignedIn();
    sandbox.fault({ kind: "trigger", times: 1, effect: { delayMs: 1500 } });
    await page.evaluate(() => window.formHost.navigate());
    await page.evaluate(() => window.formHost.navigate());
    await formBar(page).filter({ hasText: "1042" }).waitFor();
    await page.waitForTimeout(2000);
    assert.deepEqual(await formBar(page).allTextContents(), [ORDERS.status]);
  });

  test("a flow that is off is told with what to do about it, and the form stays usable", async () => {
    const page = await openSignedIn({ flow: "off" });
    assert.match(await formBar(page).textContent(), /turned off.*Turn the flow on/);
    assert.equal(await formBar(page).getAttribute("data-level"), "WARNING");
  });

  test("the script and a control on the same form share one sign-in and one discovery", async () => {
    const page = await openSignedIn();
    await runButton(page).click();
    await waitForState(page, "done");
    assert.equal(count("flowApi"), 1);
    assert.equal(count("dataverse"), 1);
    assert.equal(browser.pages().filter((one) => one.url().includes("login.")).length, 0);
  });
});

describe("the form's command", () => {
  test("asks first, shows that it works, writes the answer and says so", async () => {
    const page = await openSignedIn();
    sandbox.fault({ kind: "trigger", times: 1, effect: { delayMs: 1000 } });
    await press(page, "Approve order");
    assert.match(await dialog(page).textContent(), /Order 1042 goes to the warehouse today/);
    assert.deepEqual(bodies(), ["status 1042"], "nothing before the confirmation");
    await dialog(page).getByRole("button", { name: "Approve" }).click();
    await page.locator(".progress", { hasText: "Approving order 1042" }).waitFor();
    await screenshot(page, "form-script-progress");
    await appBar(page).waitFor();
    assert.equal(await page.locator(".progress").count(), 0);
    const { ef_approval } = await page.evaluate(() => window.formHost.values);
    assert.equal(ef_approval, "Order 1042 is approved and goes to the warehouse today.");
    assert.equal(await appBar(page).getAttribute("data-level"), "SUCCESS");
    assert.deepEqual(page.problems, []);
  });

  test("a confirmation that is declined does nothing", async () => {
    const page = await openSignedIn();
    await press(page, "Approve order");
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await page.waitForTimeout(300);
    assert.deepEqual(bodies(), ["status 1042"]);
    assert.equal(await page.locator(".overlay").count(), 0);
  });

  test("the sign-in window is not behind a progress dialog, and a new click works after it was closed", async () => {
    const page = await openForm(browser, form, { script: "1" });
    await press(page, "Approve order");
    const window = page.waitForEvent("popup");
    await dialog(page).getByRole("button", { name: "Approve" }).click();
    assert.equal(await page.locator(".progress").count(), 0);
    await (await window).close();
    await press(page, "Approve order");
    await pressAndSignIn(page, dialog(page).getByRole("button", { name: "Approve" }));
    await appBar(page).filter({ hasText: "1042 is approved" }).waitFor();
    assert.deepEqual(bodies(), ["approve 1042"]);
    assert.equal(await formBar(page).count(), 0);
  });

  test("an error is the form's notification, with its hint, and nothing stays in the way", async () => {
    const page = await openSignedIn();
    sandbox.flow("orders").switchOff();
    await press(page, "Approve order");
    await dialog(page).getByRole("button", { name: "Approve" }).click();
    await formBar(page).and(page.locator("[data-level=ERROR]")).waitFor();
    assert.match(await formBar(page).textContent(), /Turn the flow on/);
    assert.equal(await page.locator(".overlay").count(), 0);
    await screenshot(page, "form-script-error");
  });
});

describe("the grid's command", () => {
  const failing = { status: 422, json: { message: "This order has no delivery address." } };

  test("is there once a row is selected, and not before", async () => {
    const page = await openList();
    const button = page.getByRole("button", { name: "Approve orders" });
    assert.equal(await button.isVisible(), false);
    await page.getByLabel("1042").check();
    assert.ok(await button.isVisible());
  });

  test("runs the flow for each selected row with one discovery, and counts", async () => {
    const page = await openList();
    await approve(page, ["1042", "1044", "1045"]);
    await appBar(page).filter({ hasText: "3 orders approved." }).waitFor();
    assert.equal(await appBar(page).count(), 1, "the progress is gone");
    assert.deepEqual(bodies(), ["approve 1042", "approve 1044", "approve 1045"]);
    assert.equal(count("flowApi"), 1);
    assert.equal(await page.evaluate(() => window.listHost.refreshes), 1);
    assert.deepEqual(page.problems, []);
  });

  test("a record that fails does not stop the others; both are counted, the reason is told", async () => {
    const page = await openList();
    sandbox.fault({ kind: "trigger", times: 1, effect: failing });
    await approve(page, ["1042", "1043", "1044", "1045", "1046"]);
    await dialog(page).waitFor();
    assert.match(await appBar(page).textContent(), /^4 orders approved, 1 failed\./);
    assert.equal(await appBar(page).getAttribute("data-level"), "WARNING");
    assert.match(await dialog(page).textContent(), /no delivery address/);
    await dialog(page).getByText("Download log file").click();
    assert.match(
      await dialog(page).locator("pre").textContent(),
      /^Order 10\d\d: .*code: flow_failed/s,
    );
    await screenshot(page, "form-script-grid");
  });

  test("the app's bar shows how far it is; Cancel starts no more and lets what runs end", async () => {
    const page = await openList();
    sandbox.fault({ kind: "trigger", times: Infinity, effect: { delayMs: 1500 } });
    await approve(page, ["1042", "1043", "1044", "1045", "1046"]);
    await appBar(page).filter({ hasText: "Approving: 0 of 5" }).waitFor();
    assert.equal(await page.locator(".overlay").count(), 0, "nothing is in the way of Cancel");
    await screenshot(page, "form-script-grid-progress");
    await press(page, "Cancel");
    await appBar(page).filter({ hasText: "No more are started; 4 are still running." }).waitFor();
    await appBar(page).filter({ hasText: "4 orders approved, 1 not tried." }).waitFor();
    assert.equal(await appBar(page).count(), 1);
    assert.equal(sandbox.runs.length, 4);
    assert.deepEqual(page.problems, []);
  });

  test("a confirmation that is declined does nothing", async () => {
    const page = await openList();
    await page.getByLabel("1042").check();
    await press(page, "Approve orders");
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await page.waitForTimeout(300);
    assert.equal((await page.locator(".overlay").count()) + (await appBar(page).count()), 0);
    assert.equal(sandbox.requests.filter(({ kind }) => kind === "entra").length, 0);
  });

  test("a failure that every record would meet stops the rest", async () => {
    sandbox.flow("orders").switchOff();
    const page = await openList();
    await approve(page, ["1042", "1043", "1044", "1045", "1046"]);
    await dialog(page).waitFor();
    assert.match(await appBar(page).textContent(), /^0 orders approved, 4 failed, 1 not tried\./);
    assert.equal(await page.locator(".progress").count(), 0);
    assert.equal(sandbox.runs.length, 0);
  });
});

describe("in the user's language", () => {
  test("German: the offer, the confirmation, an error with its code", async () => {
    const page = await openForm(browser, form, { script: "1", lcid: "1031" });
    const offer = appBar(page).getByRole("button", { name: "Anmelden" });
    await pressAndSignIn(page, offer);
    await formBar(page).waitFor();
    sandbox.flow("orders").switchOff();
    await press(page, "Approve order");
    assert.match(await dialog(page).textContent(), /Auftrag 1042 geht heute ans Lager/);
    await dialog(page).getByRole("button", { name: "Genehmigen" }).click();
    await formBar(page).and(page.locator("[data-level=ERROR]")).waitFor();
    assert.match(await formBar(page).textContent(), /ausgeschaltet.*\((flow|workflow)_off\)/);
    await screenshot(page, "form-script-german");
  });

  test("French: over selected rows", async () => {
    const page = await openList({ lcid: "1036" });
    sandbox.fault({ kind: "trigger", times: 1, effect: { status: 400, json: {} } });
    for (const name of ["1042", "1044"]) await page.getByLabel(name).check();
    await press(page, "Approve orders");
    await pressAndSignIn(page, dialog(page).getByRole("button", { name: "Approuver" }));
    await dialog(page).getByRole("heading", { name: "Error" }).waitFor();
    assert.match(await appBar(page).textContent(), /^1 commande approuvée, 1 en échec\./);
    assert.match(await dialog(page).textContent(), /Le flux a répondu par une erreur/);
    await screenshot(page, "form-script-french");
  });
});
