/** The flow console: calls. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openFlow, screenshot } from "../support/console.mjs";
import {
  hasFocus,
  openSignedIn,
  page,
  patient,
  sandbox,
  triggerRequests,
} from "../support/stage.mjs";

describe("a call", () => {
  test(
    "sends what the form says and shows the answer and the time of each step",
    patient,
    async () => {
      const view = await openSignedIn();
      await openFlow(view, "Order status", "Invoke");
      await view.getByLabel("orderNumber").fill("1042");
      await view.getByLabel("action").selectOption({ label: "approve" });
      await view.getByRole("button", { name: "Run flow" }).click();
      await view.getByText("The flow answered.").waitFor();
      assert.deepEqual(
        sandbox.runs.map(({ body }) => body),
        [{ orderNumber: "1042", action: "approve", comment: "", quantity: 0 }],
      );
      const answer = JSON.parse(await view.getByLabel("Body of the answer").innerText());
      assert.equal(answer.status, "Approved");
      const steps = await view
        .locator("[data-event]")
        .evaluateAll((rows) => rows.map((row) => row.dataset.event));
      for (const step of ["token", "workflow", "callbackUrl", "invoke"])
        assert.ok(steps.includes(step), step);
      await screenshot(page, "flow-console-invoke");
    },
  );

  test(
    "a body that does not fit the schema is told before it is sent, and no JSON is not sent",
    patient,
    async () => {
      const view = await openSignedIn();
      await openFlow(view, "Order status", "Invoke");
      await view.getByLabel("Body as JSON").fill('{"orderNumber": 7}');
      await view.getByText(/does not fit the trigger's schema.*orderNumber/).waitFor();
      await view.getByLabel("Body as JSON").fill("{");
      await view.getByText(/This is no JSON/).waitFor();
      assert.ok(await view.getByRole("button", { name: "Run flow" }).isDisabled());
    },
  );

  test("a relative path is asked for", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Reads one order", "Invoke");
    await view.getByLabel("id", { exact: false }).last().fill("10/42");
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByText("The flow answered.").waitFor();
    assert.deepEqual(
      sandbox.runs.map(({ parameters }) => parameters),
      [{ id: "10/42" }],
    );
  });

  test("an error shows its hint, its code and the flow's own words", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Answers with the status it is told", "Invoke");
    await view.getByLabel("Body (JSON)").fill('{"status": 409, "json": {"message": "sold out"}}');
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByRole("alert").getByText("flow_failed").waitFor();
    assert.match(await view.getByLabel("Body of the answer").innerText(), /sold out/);
    assert.match(await view.getByRole("alert").innerText(), /The flow may have run|409/);
  });

  test(
    "a query and request headers go along, and names that would be lost are told",
    patient,
    async () => {
      sandbox.setCors("open");
      try {
        const view = await openSignedIn();
        await openFlow(view, "Echo", "Invoke");
        await view.getByText("Method, query and headers").click();
        await view.getByRole("button", { name: "Add a parameter" }).click();
        await view.getByLabel("Parameter 1: Name").fill("page");
        await view.getByLabel("Parameter 1: Value").fill("1 & 2");
        await view.getByRole("button", { name: "Add a parameter" }).click();
        await view.getByLabel("Parameter 2: Value").fill("lost");
        await view.getByText("A value has no name.").waitFor();
        assert.ok(await view.getByRole("button", { name: "Run flow" }).isDisabled());
        await view.getByLabel("Parameter 2: Name").fill("page");
        await view.getByText("page is there twice: one would be lost.").waitFor();
        await view.getByRole("button", { name: "Remove Parameter 2" }).click();
        await hasFocus("Add a parameter");
        await view.getByRole("button", { name: "Add a header" }).click();
        await hasFocus("Header 1: Name");
        await view.getByLabel("Header 1: Name").fill("x-order");
        await view.getByLabel("Header 1: Value").fill("1042");
        await view.getByText("Method, query and headers: page, x-order").waitFor();
        await view.getByRole("button", { name: "Run flow" }).click();
        await view.getByText("The flow answered.").waitFor();
        const [run] = sandbox.runs;
        assert.deepEqual(run.query, { page: "1 & 2" });
        assert.equal(run.headers["x-order"], "1042");
        await screenshot(page, "flow-console-call-options");
      } finally {
        sandbox.setCors("strict");
      }
    },
  );

  test(
    "a header that CORS refuses is told as what it looks like, with the reason",
    patient,
    async () => {
      const view = await openSignedIn();
      await openFlow(view, "Echo", "Invoke");
      await view.getByText("Method, query and headers").click();
      await view.getByRole("button", { name: "Add a header" }).click();
      await view.getByLabel("Header 1: Name").fill("x-order");
      await view.getByRole("button", { name: "Run flow" }).click();
      await view.getByRole("alert").getByText("network", { exact: true }).waitFor();
      assert.equal(sandbox.runs.length, 0);
    },
  );

  test("a header that no page may set is refused before anything is sent", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Echo", "Invoke");
    await view.getByText("Method, query and headers").click();
    await view.getByRole("button", { name: "Add a header" }).click();
    await view.getByLabel("Header 1: Name").fill("authorization");
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByRole("alert").getByText("invalid_argument").waitFor();
    assert.equal(triggerRequests().length, 0);
  });

  test(
    "a trigger with a method of its own takes that one; another's may be chosen",
    patient,
    async () => {
      const view = await openSignedIn();
      await openFlow(view, "Reads one order", "Invoke");
      await view.getByText("Method, query and headers").click();
      assert.ok(await view.getByLabel("Method", { exact: true }).isDisabled());
      assert.equal(await view.getByLabel("Method", { exact: true }).inputValue(), "GET");
      await openFlow(view, "Echo", "Invoke");
      await view.getByText("Method, query and headers").click();
      await view.getByLabel("Method", { exact: true }).selectOption("GET");
      assert.equal(await view.getByLabel("Body (JSON)").count(), 0, "a GET has no body");
      await view.getByRole("button", { name: "Run flow" }).click();
      await view
        .getByRole("alert")
        .getByText("TriggerRequestMethodNotValid", { exact: true })
        .waitFor();
    },
  );

  test("of a long answer the page shows a part, and Copy has it all", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Answers with the status it is told", "Invoke");
    const long = "0123456789".repeat(15_000);
    await view.getByLabel("Body (JSON)").fill(JSON.stringify({ status: 200, text: long }));
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByText("50,000 more characters are not shown").waitFor();
    assert.equal((await view.getByLabel("Body of the answer").innerText()).length, 100_001);
    await view.getByRole("button", { name: "Copy answer" }).click();
    await view.getByText("Copied").waitFor();
    assert.equal((await page.evaluate(() => navigator.clipboard.readText())).length, 150_000);
  });

  test("a flow that only accepts says so", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Has no Response action", "Invoke");
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByText(/Accepted: the flow is still running/).waitFor();
    await view.getByText("The answer has no body.").waitFor();
  });

  test("Cancel ends it", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Takes its time", "Invoke");
    await view.getByLabel("Body (JSON)").fill('{"delayMs": 20000}');
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByRole("button", { name: "Cancel" }).click();
    await view.getByRole("alert").getByText("aborted").waitFor();
  });

  test(
    "a flow that anyone may start is refused until its signed URL is allowed, which is never shown",
    patient,
    async () => {
      const view = await openSignedIn();
      await openFlow(view, "Anyone may start this", "Invoke");
      await view.getByRole("button", { name: "Run flow" }).click();
      await view.getByRole("alert").getByText("sas_refused").waitFor();
      await view.getByLabel(/Use the signed URL/).check();
      await view.getByRole("button", { name: "Run flow" }).click();
      await view.getByText("The flow answered.").waitFor();
      assert.equal(sandbox.runs.length, 1);
    },
  );
});
