/** The PCF sample in each of its states, as people see and hear it; and several of it on one form. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityProblems } from "./support/axe.mjs";
import {
  control,
  formState,
  openForm,
  pressAndSignIn,
  runButton,
  runSignedIn,
  screenshot,
  waitForState,
} from "./support/form.mjs";
import { browser, count, form, launch, sandbox } from "./support/stage.mjs";

async function open(query = {}, options = {}) {
  await launch(options);
  return openForm(browser, form, query);
}

const press = (page, name) => control(page).getByRole("button", { name }).click();

/** The form's next record, with other settings for its first control. */
const openAnew = (page, parameters) =>
  page.evaluate((changed) => {
    Object.assign(window.formHost.config.fields[0].parameters, changed);
    return window.formHost.navigate(0);
  }, parameters);

/** As a browser does that blocks pop-ups. */
const blockNextWindow = (page) =>
  page.evaluate(() => {
    const { open } = window;
    window.open = () => {
      window.open = open;
      return null;
    };
  });

describe("every state, light and dark, wide and narrow, has nothing that axe finds wrong", () => {
  /** State → how to come to it from the one before. */
  const STATES = {
    idle: async () => {},
    signedOut: async (page) => {
      await blockNextWindow(page);
      await runButton(page).click();
    },
    done: (page) => pressAndSignIn(page, control(page).getByRole("button", { name: "Sign in" })),
    failed: async (page) => {
      sandbox.fault({ kind: "trigger", times: 1, effect: { status: 503, noCors: true } });
      await runButton(page).click();
      await waitForState(page, "failed");
      await control(page).getByText("Details").click();
    },
    running: async (page) => {
      sandbox.fault({ kind: "trigger", times: 1, effect: { hang: true } });
      await press(page, "Try again");
      await control(page).locator(".ef-elapsed", { hasText: /^2 s$/ }).waitFor();
    },
    cancelled: (page) => press(page, "Cancel"),
    readOnly: (page) => page.evaluate(() => window.formHost.setDisabled(true)),
    unconfigured: async (page) => {
      await page.evaluate(() => window.formHost.setDisabled(false));
      await openAnew(page, { workflowId: "" });
    },
  };

  for (const theme of ["light", "dark"]) {
    for (const width of [1280, 400]) {
      test(`${theme}, ${width} px`, async () => {
        const page = await open({ theme, controls: "2" }, { viewport: { width, height: 900 } });
        for (const [state, reach] of Object.entries(STATES)) {
          await reach(page);
          const name = { readOnly: "cancelled", unconfigured: "idle" }[state] ?? state;
          await waitForState(page, name);
          // Colours that still fade would be measured half way.
          await page.waitForTimeout(250);
          if (width === 400) await control(page).scrollIntoViewIfNeeded();
          await screenshot(page, `control-${state}-${theme}-${width}`);
          const problems = await accessibilityProblems(page, ".ef-FlowButton");
          assert.deepEqual(problems, [], state);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - innerWidth,
          );
          assert.ok(overflow <= 0, `${state}: ${overflow} px too wide`);
        }
        assert.deepEqual([...(await formState(page)).errors, ...page.problems], []);
      });
    }
  }
});

describe("several controls on one form", () => {
  test("a second control calls the flow at once with what the first has found", async () => {
    const page = await open({ controls: "2" });
    await runSignedIn(page);
    await runButton(page, 1).click();
    await waitForState(page, "done", 1);
    assert.equal(sandbox.runs.length, 2);
    assert.deepEqual([count("dataverse"), count("flowApi")], [1, 1]);
  });

  test("controls that start together make one discovery between them", async () => {
    const page = await open({ controls: "3", flow: "slow", resultPath: "message" });
    // Signed in by another flow, so that nothing is known of this one yet.
    await openAnew(page, { workflowId: sandbox.world.flows.orders.workflowId });
    await runSignedIn(page);
    await openAnew(page, { workflowId: sandbox.world.flows.slow.workflowId });
    const [rows, urls] = [count("dataverse"), count("flowApi")];
    sandbox.fault({ kind: "flowApi", times: 1, effect: { delayMs: 500 } });
    await page.evaluate(() => {
      for (const button of document.querySelectorAll(".ef-run")) button.click();
    });
    for (const index of [0, 1, 2]) await waitForState(page, "done", index);
    assert.equal(sandbox.runs.length, 4);
    assert.deepEqual([count("dataverse") - rows, count("flowApi") - urls], [1, 1]);
  });

  test("each has its own state: one may fail while the other answers", async () => {
    const page = await open({ controls: "2" });
    await runSignedIn(page);
    sandbox.fault({ kind: "trigger", times: 1, effect: { status: 500, json: { message: "no" } } });
    await runButton(page).click();
    await waitForState(page, "failed");
    await runButton(page, 1).click();
    await waitForState(page, "done", 1);
    assert.equal(await control(page).getAttribute("data-state"), "failed");
  });
});

describe("the payload", () => {
  test("takes the values of the form's columns, with their types, as they are at the click", async () => {
    const payload = JSON.stringify({
      orderNumber: "{{value1}}",
      comment: "{{value2}} until {{value3}}, rush: {{value4}}",
      quantity: "{{value2}}",
    });
    const page = await open({ payload });
    await runSignedIn(page);
    await page.evaluate(() => window.formHost.setValue("ef_amount", 7));
    await page.evaluate(() => window.formHost.update());
    await runButton(page).click();
    await waitForState(page, "done");
    assert.deepEqual(
      sandbox.runs.map(({ body }) => body),
      [
        { orderNumber: "1042", comment: "12480 until 2026-12-04, rush: true", quantity: 12480 },
        { orderNumber: "1042", comment: "7 until 2026-12-04, rush: true", quantity: 7 },
      ],
    );
  });

  test("a placeholder that stands for nothing is named, and nothing is sent", async () => {
    const page = await open({ payload: JSON.stringify({ orderNumber: "{{value9}}" }) });
    await runButton(page).click();
    await waitForState(page, "failed");
    assert.match(await control(page).textContent(), /no value “value9”/);
    assert.equal(count("trigger") + count("flowApi"), 0);
  });
});

describe("read-only", () => {
  test("a read-only form says why its button is disabled, and keeps the answer in sight", async () => {
    const page = await open({ disabled: "1" });
    assert.ok(await runButton(page).isDisabled());
    assert.match(await control(page).textContent(), /Read-only: the flow can’t be run here/);
  });

  test("a column that the user may not write says that", async () => {
    const page = await open();
    await page.evaluate(() => {
      window.formHost.config.fields[0].security = { editable: false };
      window.formHost.update();
    });
    assert.ok(await runButton(page).isDisabled());
    assert.match(await control(page).textContent(), /You may not change this column/);
  });
});

describe("failures in the user's language", () => {
  for (const [lcid, title, hint] of [
    ["1031", "Dieser Flow ist ausgeschaltet", "Bitten Sie den Besitzer des Flows"],
    ["1036", "Ce flux est désactivé", "Demandez au propriétaire du flux"],
  ]) {
    test(`${lcid}: title and hint; what the library says stays in the details`, async () => {
      const page = await open({ lcid, flow: "off" });
      await pressAndSignIn(page, runButton(page));
      await waitForState(page, "failed");
      const bar = control(page).locator(".ef-message");
      assert.equal(await bar.locator(".ef-message-title").textContent(), title);
      const lines = await bar.locator(".ef-message-line").allTextContents();
      assert.ok(lines.join().startsWith(hint), lines.join());
      assert.ok(!lines.join().includes("Turn the flow on"), "English in the sentence");
      assert.match(await bar.locator("dl").textContent(), /workflow_off.*Turn the flow on/);
    });
  }
});
