/** The built PCF sample on the sandbox's form page: real MSAL, real library, production's host names. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import {
  clickWithoutActivation,
  control,
  formState,
  openForm,
  pressAndSignIn,
  runButton,
  runSignedIn,
  screenshot,
  waitForState,
} from "./support/form.mjs";
import { browser, form, launch, sandbox } from "./support/stage.mjs";

const SERVICES = ["dataverse", "flowApi", "trigger"];

beforeEach(() => launch());

const sent = (from = 0) =>
  sandbox.requests
    .slice(from)
    .filter(({ kind }) => SERVICES.includes(kind))
    .map(({ kind }) => kind);
const open = (query) => openForm(browser, form, query);

async function until(condition, what) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`waited in vain: ${what}`);
}

describe("running a flow", () => {
  test("a click signs the user in, runs the flow, and its answer is the column's value", async () => {
    const page = await open();
    await runSignedIn(page);
    const answer = "Order 1042 waits for Nadia Rahman's approval until Thursday.";
    assert.equal(await control(page).locator(".ef-answer").textContent(), answer);
    assert.equal(await control(page).getByRole("status").textContent(), `Answer: ${answer}`);
    const { values, errors } = await formState(page);
    assert.equal(values.ef_status, answer);
    assert.deepEqual([...errors, ...page.problems], []);
    assert.ok(await page.locator("#unsaved").isVisible());
    assert.deepEqual(
      sandbox.runs.map(({ body }) => body),
      [{ orderNumber: "1042", action: "status" }],
    );
    await screenshot(page, "form-page");
  });

  test("the first call asks each service once, the second only the flow", async () => {
    const page = await open();
    await runSignedIn(page);
    assert.deepEqual(sent().sort(), ["dataverse", "flowApi", "trigger"]);
    const cold = sandbox.requests.length;
    await runButton(page).click();
    await until(() => sandbox.runs.length === 2, "the second run");
    await waitForState(page, "done");
    assert.deepEqual(sent(cold), ["trigger"]);
  });

  test("an org that tells its environment only over its API works as well", async () => {
    const page = await open({ undocumented: "off" });
    await runSignedIn(page);
    assert.equal(sandbox.runs.length, 1);
  });

  test("one sign-in serves every control of the window, also after a form navigation", async () => {
    const page = await open({ controls: "2" });
    await runSignedIn(page);
    await runButton(page, 1).click();
    await waitForState(page, "done", 1);
    const { values } = await formState(page);
    assert.match(values.ef_approval, /1042 is approved/);
    await page.evaluate(() => window.formHost.navigate());
    await runButton(page).click();
    await waitForState(page, "done");
    assert.match((await formState(page)).values.ef_status, /Order 1043/);
    assert.equal(browser.pages().filter((one) => one.url().includes("login.")).length, 0);
  });

  test("no token is left in localStorage or sessionStorage", async () => {
    const page = await open();
    await runSignedIn(page);
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    );
    assert.ok(sandbox.secrets.size > 0);
    for (const secret of sandbox.secrets) assert.ok(!stored.includes(secret));
  });
});

describe("signing in", () => {
  test("where the browser would let no window open, a Sign in button leads to the answer", async () => {
    const page = await open();
    await clickWithoutActivation(page, "signedOut");
    await waitForState(page, "signedOut");
    const signIn = control(page).getByRole("button", { name: "Sign in" });
    await pressAndSignIn(page, signIn);
    await waitForState(page, "done");
    assert.equal(sandbox.runs.length, 1);
    assert.ok(await runButton(page).evaluate((element) => element === document.activeElement));
  });

  test("a sign-in that is cancelled in its window is told, and can be begun again", async () => {
    const page = await open();
    const window = page.waitForEvent("popup");
    await runButton(page).click();
    await (await window).locator('[data-action="cancel"]').click();
    await waitForState(page, "signedOut");
    await pressAndSignIn(page, control(page).getByRole("button", { name: "Sign in" }));
    await waitForState(page, "done");
  });

  test("after a sign-in window that was closed, Cancel and a new click open another", async () => {
    const page = await open();
    const window = page.waitForEvent("popup");
    await runButton(page).click();
    await (await window).close();
    await waitForState(page, "signingIn");
    assert.match(await control(page).textContent(), /If you closed it, select Cancel/);
    await control(page).getByRole("button", { name: "Cancel" }).click();
    await waitForState(page, "cancelled");
    await runSignedIn(page);
    assert.equal(sandbox.runs.length, 1);
  });

  test("Cancel works while the sign-in window is open", async () => {
    const page = await open();
    const window = page.waitForEvent("popup");
    await runButton(page).click();
    await window;
    await waitForState(page, "signingIn");
    await control(page).getByRole("button", { name: "Cancel" }).click();
    await waitForState(page, "cancelled");
    assert.equal(sandbox.runs.length, 0);
    assert.doesNotMatch(await control(page).textContent(), /may have run/);
  });
});

describe("failures", () => {
  test("a flow that is off is told in the user's words, with what to do about it", async () => {
    const page = await open({ flow: "off" });
    await pressAndSignIn(page, runButton(page));
    await waitForState(page, "failed");
    const bar = control(page).locator(".ef-message");
    assert.equal(await bar.locator(".ef-message-title").textContent(), "This flow is turned off");
    assert.match(await bar.locator(".ef-message-line").textContent(), /flow’s owner to turn it on/);
    await bar.getByText("Details").click();
    assert.match(await bar.locator("dl").textContent(), /workflow_off|flow_off/);
    assert.equal((await formState(page)).values.ef_status, undefined);
    await screenshot(page, "form-page-failed");
  });

  test("a flow's own error is told in its words and keeps the column as it was", async () => {
    const page = await open();
    await runSignedIn(page);
    const before = (await formState(page)).values.ef_status;
    sandbox.fault({
      kind: "trigger",
      times: 1,
      effect: { status: 500, json: { message: "boom" } },
    });
    await runButton(page).click();
    await waitForState(page, "failed");
    assert.match(await control(page).textContent(), /The flow answered with an error.*boom/);
    assert.equal((await formState(page)).values.ef_status, before);
  });

  test("a user whom the flow does not allow is told so", async () => {
    const page = await open({ user: "eve", flow: "onlyAda" });
    await pressAndSignIn(page, runButton(page), "eve");
    await waitForState(page, "failed");
    assert.match(await control(page).textContent(), /You may not run this flow/);
  });

  test("a setting that is missing is named, and nothing is sent", async () => {
    const page = await open({ workflowId: "not-a-guid" });
    assert.ok(await runButton(page).isDisabled());
    assert.match(await control(page).textContent(), /Flow \(workflowid\)/);
    assert.deepEqual(sent(), []);
  });
});

describe("stopping", () => {
  const slow = { flow: "slow", payload: JSON.stringify({ delayMs: 20_000 }), resultPath: "" };

  /** The form, with a run that has reached the flow. */
  async function openRunning() {
    const page = await open(slow);
    await pressAndSignIn(page, runButton(page));
    await until(() => sent().includes("trigger"), "the request to the flow");
    return page;
  }

  test("Cancel ends the run, says that it may have happened, and keeps the focus", async () => {
    const page = await openRunning();
    assert.equal(await runButton(page).getAttribute("aria-disabled"), "true");
    await control(page).getByRole("button", { name: "Cancel" }).click();
    await waitForState(page, "cancelled");
    assert.match(await control(page).textContent(), /may have run all the same/);
    assert.ok(await runButton(page).evaluate((element) => element === document.activeElement));
  });

  test("a control that is destroyed in a run ends the request and leaves nothing", async () => {
    const page = await openRunning();
    const failed = page.waitForEvent("requestfailed");
    await page.evaluate(() => window.formHost.destroyControl(0));
    await failed;
    assert.equal(await control(page).count(), 0);
    await page.waitForTimeout(1500);
    const { values, errors } = await formState(page);
    assert.equal(values.ef_status, undefined);
    assert.deepEqual([...errors, ...page.problems], []);
  });

  test("another form in the same window starts afresh", async () => {
    const page = await openRunning();
    await page.evaluate(() => window.formHost.navigate());
    assert.equal(await control(page).getAttribute("data-state"), "idle");
    assert.deepEqual((await formState(page)).errors, []);
  });
});

describe("the control on the form", () => {
  test("the keyboard alone runs the flow", async () => {
    const page = await open();
    await runSignedIn(page);
    await page.locator("#tab-summary").focus();
    await page.keyboard.press("Tab");
    assert.ok(await runButton(page).evaluate((element) => element.matches(":focus-visible")));
    await page.keyboard.press("Enter");
    await until(() => sandbox.runs.length === 2, "the second run");
    await waitForState(page, "done");
    assert.ok(await runButton(page).evaluate((element) => element === document.activeElement));
  });

  test("a form that becomes read-only disables the button and keeps the value in sight", async () => {
    const page = await open();
    await runSignedIn(page);
    await page.evaluate(() => window.formHost.setDisabled(true));
    assert.ok(await runButton(page).isDisabled());
    assert.match(await control(page).locator(".ef-answer").textContent(), /Nadia Rahman/);
  });

  test("it speaks the user's language and wears the platform's theme", async () => {
    const page = await open({ lcid: "1031", theme: "dark", workflowId: "" });
    assert.match(await control(page).textContent(), /noch nicht eingerichtet/);
    const colour = await control(page).evaluate((element) => getComputedStyle(element).color);
    assert.equal(colour, "rgb(255, 255, 255)");
  });

  test("at rest it shows its button and nothing that belongs to a run or an error", async () => {
    const page = await open();
    const buttons = await control(page).getByRole("button").allTextContents();
    assert.deepEqual(buttons, ["Check status"]);
  });

  test("it is usable at 400 px", async () => {
    const page = await open({ controls: "2", theme: "dark" });
    await page.setViewportSize({ width: 400, height: 900 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} px too wide`);
    await screenshot(page, "form-page-400");
  });
});
