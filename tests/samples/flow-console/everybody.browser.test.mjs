/** The flow console: by keyboard alone, with axe, light and dark, wide and narrow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openFlow, screenshot } from "../support/console.mjs";
import {
  app,
  focused,
  frame,
  hasFocus,
  narrow,
  openSignedIn,
  page,
  patient,
  sandbox,
  storedIn,
  tooWide,
  violations,
  wide,
} from "../support/stage.mjs";

describe("everybody can use it", () => {
  /** Presses Tab until what has the focus is called so; how many presses it took. */
  async function tabTo(name, { most = 40, back = false } = {}) {
    for (let presses = 0; presses <= most; presses += 1) {
      if ((await focused()).trim().startsWith(name)) return presses;
      assert.notEqual(await frame().evaluate(() => document.activeElement?.tagName), "IFRAME");
      await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    }
    assert.fail(`Tab does not come to ${name}; it is at ${await focused()}`);
  }
  const press = (key) => page.keyboard.press(key);
  /** Goes to a list of options and down to one of them, once it is there. */
  async function choose(view, list, option) {
    await tabTo(list);
    const select = view.getByLabel(list);
    await select.locator("option", { hasText: option }).waitFor({ state: "attached" });
    const chosen = () => select.evaluate((one) => one.selectedOptions[0]?.text ?? "");
    const most = await select.locator("option").count();
    for (let steps = 0; steps < most && !(await chosen()).startsWith(option); steps += 1)
      await press("ArrowDown");
    assert.ok((await chosen()).startsWith(option), `${list} comes to ${option}`);
  }

  test("the keyboard alone does the whole work, from the list to the report", patient, async () => {
    const view = await openSignedIn();
    await view.getByText(/of \d+ flows$/).waitFor();
    await hasFocus("Settings", "the button that was pressed is gone");

    // The list: one stop, arrows between its flows.
    await tabTo("Flows");
    await tabTo("Find");
    await page.keyboard.type("s");
    await press("Tab");
    await hasFocus("Who may trigger");
    await press("Tab");
    await press("End");
    const last = await view.locator(".flow .name").last().innerText();
    assert.ok((await focused()).startsWith(last));
    await press("Home");
    for (let steps = 0; steps < 30 && !(await focused()).startsWith("Switched off"); steps += 1)
      await press("ArrowDown");
    await press("Enter");
    await view.getByRole("heading", { name: "Switched off" }).waitFor();
    await hasFocus("Switched off", "the flow's name has the focus");

    // Diagnose: by way of the chain to what is broken.
    await tabTo("Diagnose");
    await press("ArrowRight");
    await hasFocus("Invoke");
    await press("ArrowLeft");
    await press("Tab");
    await hasFocus("Diagnose");
    await press("Enter");
    await view.getByText(/\d checks? broken/).waitFor();
    await hasFocus("Diagnose again", "the button keeps the focus");
    await tabTo("FlowBroken");
    await press("Enter");
    await hasFocus(/^Flow1 Broken/);
    assert.ok(await view.locator('[data-check="workflow.on"]').isVisible());

    // Invoke: another flow, with a body, a query and a header.
    await tabTo("Switched off", { back: true, most: 60 });
    for (let steps = 0; steps < 30 && !(await focused()).startsWith("Order status"); steps += 1)
      await press("ArrowUp");
    await press("Enter");
    await view.getByRole("heading", { name: "Order status and approval" }).waitFor();
    await tabTo("Diagnose");
    await press("ArrowRight");
    await tabTo("orderNumber");
    await page.keyboard.type("1042");
    await tabTo("Method, query");
    await press("Enter");
    await tabTo("Add a parameter");
    await press("Enter");
    await page.keyboard.type("page");
    await press("Tab");
    await page.keyboard.type("2");
    await tabTo("Run flow");
    await press("Enter");
    await view.getByText("The flow answered.").waitFor();
    await hasFocus("Run flow");
    assert.deepEqual(sandbox.runs[0].query, { page: "2" });
    assert.equal(sandbox.runs[0].body.orderNumber, "1042");
    await tabTo("Body of the answer");
    await tabTo("Copy answer");

    // Snippet.
    await tabTo("Invoke", { back: true, most: 60 });
    await press("ArrowRight");
    await view.getByLabel("Snippet in TypeScript").waitFor();
    await tabTo("Copy snippet");
    await press("Enter");
    await view.getByText("Copied").waitFor();

    // Publish.
    await tabTo("Flows", { back: true, most: 60 });
    await press("ArrowRight");
    await hasFocus("Publish URLs");
    await choose(view, "Flow 1", "Answers plain");
    await choose(view, "Environment variable 1", "ef_Foreign");
    await tabTo("Preview changes");
    await press("Enter");
    await view.getByRole("heading", { name: "What will change" }).waitFor();
    await hasFocus("What will change");
    await tabTo("Publish 1 change");
    await press("Enter");
    await view.getByRole("heading", { name: "Published" }).waitFor();
    assert.equal(storedIn("ef_ForeignUrl"), sandbox.flow("text").triggerUrl());

    // This environment.
    await tabTo("Publish URLs", { back: true });
    await press("ArrowRight");
    await tabTo("Also send your token");
    await press("Space");
    await choose(view, "Flow to ask with", "Echo");
    await tabTo("Look at this environment");
    await press("Enter");
    await view.getByLabel("The report", { exact: true }).waitFor({ timeout: 40_000 });
    await hasFocus("Answers");
    await tabTo("Copy report");
    await tabTo("Save report");
    await tabTo("The report");
    assert.equal(sandbox.runs.length, 1);
  });

  test("at 400 px the way back from a flow leads to its place in the list", patient, async () => {
    await page.setViewportSize(narrow);
    const view = await openSignedIn();
    await view.getByRole("button", { name: /^Echo/ }).click();
    await view.getByRole("heading", { name: "Echo" }).waitFor();
    await tabTo("← All flows", { back: true });
    await press("Enter");
    await view.getByText(/of \d+ flows$/).waitFor();
    await hasFocus(/^Echo/);
  });

  test("what can be focused shows it, in both themes", patient, async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const view = await app.open(page);
      await view.getByText(/of \d+ flows$/).waitFor();
      const seen = new Set();
      for (let presses = 0; presses < 12; presses += 1) {
        await press("Tab");
        const { name, ring } = await frame().evaluate(() => {
          const one = document.activeElement;
          // On its way round, Tab comes to the browser's own buttons.
          if (one === document.body) return { name: "", ring: "solid 2px" };
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          return { name: one.textContent.slice(0, 20), ring: `${outlineStyle} ${outlineWidth}` };
        });
        seen.add(name);
        assert.equal(ring, "solid 2px", `${name} in ${colorScheme}`);
      }
      assert.ok(seen.size > 5, [...seen].join());
    }
  });

  test("who wants less motion gets none", patient, async () => {
    const moving = () =>
      frame().evaluate(() =>
        [...document.querySelectorAll("*")]
          .filter((one) => {
            const { transitionDuration, animationName } = getComputedStyle(one);
            return /[1-9]/.test(transitionDuration) || animationName !== "none";
          })
          .map((one) => one.className),
      );
    await page.emulateMedia({ reducedMotion: "no-preference" });
    const view = await openSignedIn();
    await view.getByText(/of \d+ flows$/).waitFor();
    assert.ok((await moving()).length > 0, "this test sees motion");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.deepEqual(await moving(), []);
  });

  test("in forced colours marks, tabs and the chosen flow can be told apart", patient, async () => {
    await page.emulateMedia({ forcedColors: "active" });
    const view = await openSignedIn();
    await openFlow(view, "Switched off");
    await view.getByRole("button", { name: "Diagnose" }).click();
    await view.getByText(/checks? broken/).waitFor();
    const of = (selector, property) =>
      frame().evaluate(
        ([where, what]) => getComputedStyle(document.querySelector(where))[what],
        [selector, property],
      );
    const highlight = await frame().evaluate(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "Highlight";
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    assert.equal(await of('[role="tab"][aria-selected="true"]', "borderBottomColor"), highlight);
    assert.notEqual(
      await of('[role="tab"][aria-selected="false"]', "borderBottomColor"),
      highlight,
    );
    assert.notEqual(
      await of('[role="tab"][aria-selected="false"]', "borderBottomColor"),
      await of("body", "color"),
      "a tab that is not open has a line all the same",
    );
    assert.equal(await of(".flow[aria-current]", "outlineColor"), highlight);
    // Of the mark something is seen: its sign is not of its disc's colour.
    const mark = ".chain .icon.fail";
    assert.notEqual(await of(`${mark} .sign`, "stroke"), await of(`${mark} .disc`, "fill"));
    assert.deepEqual(await violations(), []);
    await screenshot(page, "flow-console-forced-colors");
  });

  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ wide, narrow })) {
      test(
        `${colorScheme} and ${size}: axe finds nothing, and nothing is too wide`,
        patient,
        async () => {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await page.setViewportSize(viewport);
          const view = await openSignedIn();
          const look = async (name) => {
            assert.deepEqual(await violations(view), [], name);
            assert.ok((await tooWide()) <= 0, `${name} is ${await tooWide()} px too wide`);
            await screenshot(page, `flow-console-${name}-${colorScheme}-${size}`);
          };
          await view.getByText(/of \d+ flows$/).waitFor();
          const background = await page
            .frames()
            .at(-1)
            .evaluate(() => getComputedStyle(document.body).backgroundColor);
          assert.equal(
            background,
            colorScheme === "dark" ? "rgb(31, 31, 31)" : "rgb(245, 245, 245)",
          );
          await look("list");
          await view.getByLabel("Find").fill("no flow is called so");
          await view.getByText("No flow fits.").waitFor();
          await look("no-flow");
          await view.getByRole("button", { name: "Show all" }).click();
          await openFlow(view, "Anyone may start this");
          await view.getByRole("button", { name: "Diagnose" }).click();
          await view.getByText(/checks? broken|A call can work/).waitFor();
          await look("diagnosis");
          if (size === "narrow") await view.getByRole("button", { name: "All flows" }).click();
          await openFlow(view, "Order status", "Invoke");
          await view.getByLabel("orderNumber").fill("1042");
          await view.getByRole("button", { name: "Run flow" }).click();
          await view.getByText("The flow answered.").waitFor();
          await look("invoke");
          await view.getByText("Method, query and headers").click();
          await view.getByRole("button", { name: "Add a parameter" }).click();
          await view.getByLabel("Parameter 1: Value").fill("1");
          await view.getByText("A value has no name.").scrollIntoViewIfNeeded();
          await look("call-options");
          await view.getByRole("button", { name: "Remove Parameter 1" }).click();
          await view.getByLabel("orderNumber").fill("");
          await view.getByLabel("Body as JSON").fill('{"orderNumber": 7}');
          await view.getByText(/does not fit the trigger's schema/).waitFor();
          await view.getByRole("button", { name: "Run flow" }).click();
          await view.getByRole("alert").getByText("input_rejected").waitFor();
          await look("failure");
          await view.getByRole("tab", { name: "Snippet" }).click();
          await view.getByLabel("Snippet in TypeScript").waitFor();
          await look("snippet");
          await view.getByRole("tab", { name: "Publish URLs" }).click();
          await view.getByLabel("Flow 1").selectOption({ label: "Answers plain text" });
          await view.getByLabel("Environment variable 1").selectOption("ef_ForeignUrl");
          await view.getByRole("button", { name: "Preview changes" }).click();
          await view.getByRole("heading", { name: "What will change" }).waitFor();
          await look("publish");
          await view.getByRole("button", { name: "Publish 1 change" }).click();
          await view.getByRole("heading", { name: "Published" }).waitFor();
          await look("published");
          await view.getByRole("tab", { name: "This environment" }).click();
          await view.getByLabel("Flow to ask with").selectOption({ label: "Echo" });
          await view.getByRole("button", { name: "Look at this environment" }).click();
          await view.getByLabel("The report", { exact: true }).waitFor({ timeout: 40_000 });
          await look("environment");
          await view.getByRole("button", { name: "Settings" }).click();
          await look("settings");
        },
      );
    }
  }
});
