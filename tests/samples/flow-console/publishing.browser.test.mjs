/** The flow console: trigger URLs into environment variables. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { screenshot } from "../support/console.mjs";
import {
  hasFocus,
  openSignedIn,
  page,
  patient,
  sandbox,
  storedIn,
  values,
} from "../support/stage.mjs";

describe("publishing", () => {
  async function choose(view, pairs) {
    await view.getByRole("tab", { name: "Publish URLs" }).click();
    for (const [index, [flow, variable]] of pairs.entries()) {
      if (index > 0) await view.getByRole("button", { name: "Add a row" }).click();
      await view.getByLabel(`Flow ${index + 1}`).selectOption({ label: flow });
      await view.getByLabel(`Environment variable ${index + 1}`).selectOption(variable);
    }
  }

  test(
    "the preview tells each change and writes nothing; publishing does what it told",
    patient,
    async () => {
      const view = await openSignedIn();
      const before = structuredClone(values().map(({ schemaname, value }) => [schemaname, value]));
      await choose(view, [
        ["Echo", "ef_EchoUrl"],
        ["Order status and approval", "ef_EmptyUrl"],
        ["Answers plain text", "ef_ForeignUrl"],
        ["Anyone may start this", "ef_AnyoneUrl"],
      ]);
      await view.getByRole("button", { name: "Preview changes" }).click();
      await view.getByRole("heading", { name: "What will change" }).waitFor();
      const changes = await view
        .locator("[data-change]")
        .evaluateAll((rows) => rows.map((row) => row.dataset.change));
      assert.deepEqual(changes, ["none", "create", "update", "refused"]);
      assert.match(await view.locator('[data-change="update"]').innerText(), /flows\.example\.net/);
      assert.deepEqual(
        values().map(({ schemaname, value }) => [schemaname, value]),
        before,
      );
      await screenshot(page, "flow-console-publish");

      await view.getByRole("button", { name: "Publish 2 changes" }).click();
      await view.getByRole("heading", { name: "Published" }).waitFor();
      const outcomes = await view
        .locator("[data-outcome]")
        .evaluateAll((rows) => rows.map((row) => row.dataset.outcome));
      assert.deepEqual(outcomes, ["created", "updated"]);
      assert.equal(storedIn("ef_EmptyUrl"), sandbox.flow("orders").triggerUrl());
      assert.equal(storedIn("ef_ForeignUrl"), sandbox.flow("text").triggerUrl());
      assert.equal(sandbox.runs.length, 0);
    },
  );

  test("while the variables are being read, their list says so", patient, async () => {
    const view = await openSignedIn();
    let letThem;
    const held = new Promise((resolve) => {
      letThem = resolve;
    });
    await page.route(/environmentvariabledefinitions/, async (route) => {
      await held;
      await route.continue();
    });
    await view.getByRole("tab", { name: "Publish URLs" }).click();
    const list = view.getByLabel("Environment variable 1");
    const first = () => list.locator("option").first().innerText();
    assert.equal(await first(), "Reading the variables …");
    letThem();
    await list.locator("option[value=ef_ForeignUrl]").waitFor({ state: "attached" });
    assert.equal(await first(), "Choose a variable");
  });

  test("a trigger of another name is published too, and the focus follows", patient, async () => {
    const view = await openSignedIn();
    const name = "Its trigger has a name of its own (trigger When_a_HTTP_request_is_received)";
    await choose(view, [[name, "ef_EmptyUrl"]]);
    await view.getByRole("button", { name: "Preview changes" }).click();
    const row = view.locator('[data-change="create"]');
    assert.match(await row.innerText(), /triggers\/When_a_HTTP_request_is_received\/paths/);
    await hasFocus("What will change");
    await view.getByRole("button", { name: "Publish 1 change" }).click();
    await view.locator('[data-outcome="created"]').waitFor();
    await hasFocus("Published");
    assert.equal(storedIn("ef_EmptyUrl"), sandbox.flow("otherTriggerName").triggerUrl());
  });

  test("who may not write variables is told so, row by row", patient, async () => {
    sandbox.fault({
      kind: "dataverse",
      method: "POST",
      path: "environmentvariablevalues",
      effect: {
        status: 403,
        json: { error: { code: "0x80040220", message: "Principal lacks prvCreate." } },
      },
    });
    const view = await openSignedIn();
    await choose(view, [["Echo", "ef_EmptyUrl"]]);
    await view.getByRole("button", { name: "Preview changes" }).click();
    await view.getByRole("button", { name: "Publish 1 change" }).click();
    const failed = view.locator('[data-outcome="failed"]');
    assert.match(await failed.innerText(), /Failed[\s\S]*unauthorized/);
  });

  test("rows come and go, and the focus is never lost", patient, async () => {
    const view = await openSignedIn();
    await choose(view, [
      ["Echo", "ef_EchoUrl"],
      ["Echo", "ef_EmptyUrl"],
    ]);
    await view.getByRole("button", { name: "Remove row 1" }).click();
    await hasFocus("Add a row");
    assert.equal(await view.getByLabel("Environment variable 1").inputValue(), "ef_EmptyUrl");
  });

  test("a value that is no URL is not shown", patient, async () => {
    const view = await openSignedIn();
    await choose(view, [["Echo", "ef_NotAUrl"]]);
    await view.getByRole("button", { name: "Preview changes" }).click();
    const row = view.locator('[data-change="update"]');
    assert.match(await row.innerText(), /a text that is no URL/);
    assert.doesNotMatch(await row.innerText(), /to be done/);
  });
});
