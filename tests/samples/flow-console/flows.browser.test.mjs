/** The flow console: its list, signing in, diagnosis. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { watchPolicy } from "../../hosts/support/policy.mjs";
import { openFlow, screenshot, signIn } from "../support/console.mjs";
import { app, openSignedIn, page, patient, sandbox, tooWide } from "../support/stage.mjs";

describe("the list", () => {
  test(
    "has every HTTP flow with who may trigger it and whether it is on, before anybody signs in",
    patient,
    async () => {
      const view = await app.open(page);
      await view.getByText(/^(\d+) of \1 flows$/).waitFor();
      const names = await view.locator(".flow .name").allTextContents();
      assert.ok(names.includes("Echo") && names.includes("Reads one order"));
      assert.ok(!names.includes("Instant flow with a button"));
      const text = (name) => view.getByRole("button", { name: new RegExp(`^${name}`) }).innerText();
      assert.match(await text("Anyone may start this"), /On\s+Anyone with the URL\s+POST/);
      assert.match(await text("Only for Ada"), /On\s+Specific users/);
      assert.match(await text("Switched off"), /Off\s+Users of the tenant/);
      assert.match(await text("Reads one order"), /GET/);
      assert.equal(sandbox.requests.filter(({ kind }) => kind === "flowApi").length, 0);
    },
  );

  test(
    "is there, and looks as ever, where the content security policy keeps WebAssembly and all that is inline from running",
    patient,
    async () => {
      app.restrict("script-src 'self'; style-src 'self'");
      const refused = await watchPolicy(page.context());
      try {
        const asked = page.waitForRequest(/entra-flow\.compat\.global\.js$/);
        const view = await app.open(page);
        await asked;
        await view.getByText(/^(\d+) of \1 flows$/).waitFor();
        assert.deepEqual(refused, new Set(["script-src wasm-eval"]));
        const display = await view.locator(".top").evaluate((one) => getComputedStyle(one).display);
        assert.equal(display, "flex");
      } finally {
        app.restrict();
      }
    },
  );

  test("is searched by name and filtered by who may trigger", patient, async () => {
    const view = await app.open(page);
    await view.getByLabel("Find").fill("order");
    await view.getByText(/^2 of/).waitFor();
    await view.getByLabel("Find").fill("");
    await view.getByLabel("Who may trigger").selectOption("anyone");
    assert.deepEqual(await view.locator(".flow .name").allTextContents(), [
      "Anyone may start this",
    ]);
  });

  test(
    "an environment without HTTP flows says so, and so does a search that finds none",
    patient,
    async () => {
      const rows = sandbox.rows("contoso", "workflow");
      const view = await app.open(page);
      await view.getByLabel("Find").fill("xyzzy");
      await view.getByText("No flow fits.").waitFor();
      await view.getByRole("button", { name: "Show all" }).click();
      await view.getByText(/^(\d+) of \1 flows$/).waitFor();
      rows.length = 0;
      await view.getByRole("button", { name: "Reload" }).click();
      await view.getByText(/No solution flow with an HTTP trigger/).waitFor();
    },
  );

  test("names of any length and letters stay inside, at 400 px too", patient, async () => {
    const [first] = sandbox.rows("contoso", "workflow");
    // Longer words look like a token, and are redacted by the library.
    const name = `${"Donaudampfschifffahrtsgesellschaft ".repeat(8)}${"訂".repeat(80)} <b>&amp; 訂單 ${"order ".repeat(30)}`;
    first.name = name;
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 860 });
      const view = await app.open(page);
      await view.getByText(/^(\d+) of \1 flows$/).waitFor();
      await view.getByRole("button", { name: /^Donau/ }).click();
      await view.getByRole("heading", { name: /^Donau/ }).waitFor();
      assert.equal(
        await view.locator("#flow-title").evaluate(({ textContent }) => textContent),
        name,
      );
      assert.ok((await tooWide()) <= 0, `${await tooWide()} px too wide`);
      await screenshot(page, `flow-console-long-name-${width}`);
    }
  });

  test("tells a user who may not read flows what to do", patient, async () => {
    const view = await app.open(page, { user: "bob" });
    await view.getByRole("alert").getByText("workflow_forbidden").waitFor();
  });

  test("works in a browser tab of its own, without Xrm", patient, async () => {
    const view = await app.openAlone(page);
    await openFlow(view, "Echo", "Invoke");
    await signIn(page, view);
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByText("Hello from the flow").waitFor();
  });
});

describe("signing in", () => {
  test(
    "without a data parameter the page asks, says what is wrong, and stores nothing",
    patient,
    async () => {
      const view = await app.open(page, { data: "" });
      const { clientId } = sandbox.world.clients.formApp;
      assert.equal(
        await view.getByLabel("Tenant ID").inputValue(),
        sandbox.world.orgs.contoso.tenantId,
      );
      await view.getByRole("button", { name: "Use these" }).click();
      await view.getByText(/The client ID is a GUID/).waitFor();
      const field = view.getByLabel("Client ID of the app registration");
      assert.ok(await field.evaluate((element) => element === document.activeElement));
      await field.fill(clientId);
      await view.getByRole("button", { name: "Use these" }).click();
      await signIn(page, view);
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      );
      assert.ok(!stored.includes(clientId));
    },
  );
});

describe("diagnosis", () => {
  const outcome = (view, check) =>
    view.locator(`[data-check="${check}"]`).getAttribute("data-outcome");

  test(
    "a flow that is off is broken at that link, with what to do about it, and nothing has run",
    patient,
    async () => {
      const view = await openSignedIn();
      await openFlow(view, "Switched off");
      await view.getByRole("button", { name: "Diagnose" }).click();
      await view.getByText(/\d checks? broken/).waitFor();
      assert.equal(await outcome(view, "workflow.on"), "fail");
      assert.equal(await outcome(view, "workflow.read"), "pass");
      const broken = view.locator('[data-check="workflow.on"]');
      assert.match(await broken.innerText(), /Broken/);
      assert.ok((await broken.locator(".hint").innerText()).length > 10);
      const chain = await view
        .getByRole("list", { name: "The chain of a call" })
        .getByRole("link")
        .allInnerTexts();
      assert.deepEqual(
        chain.map((text) => text.split("\n")[0]),
        ["Page", "Sign-in", "Flow", "Trigger", "Address", "Network"],
      );
      assert.match(chain[2], /Broken/);
      assert.match(chain[0], /OK/);
      assert.equal(sandbox.runs.length, 0);
      await screenshot(page, "flow-console-diagnosis");
    },
  );

  test("a flow that works has no broken link", patient, async () => {
    const view = await openSignedIn();
    await openFlow(view, "Echo");
    await view.getByRole("button", { name: "Diagnose" }).click();
    await view.getByText(/Everything holds|A call can work/).waitFor();
    assert.equal(await view.locator('[data-outcome="fail"]').count(), 0);
  });
});
