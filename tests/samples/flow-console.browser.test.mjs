/** The flow console in Chromium: what a maker or an admin does with it, against the sandbox. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { openFlow, screenshot, signIn, startConsole } from "./support/console.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const wide = { width: 1280, height: 860 };
const narrow = { width: 400, height: 860 };
const patient = { timeout: 60_000 };

let app;
let sandbox;
let browser;
let page;
let said;

before(async () => {
  app = await startConsole();
  sandbox = app.sandbox;
  browser = await sandbox.launch({
    viewport: wide,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  browser.setDefaultTimeout(15_000);
}, patient);
after(() => app?.close());

beforeEach(async () => {
  sandbox.reset();
  await sandbox.signOut();
  await browser.clearCookies();
  page = await browser.newPage();
  await page.setViewportSize(wide);
  said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
});
afterEach(async () => {
  // Nothing that the page shows, or wrote to its console, holds a secret; and no secret is left in storage.
  const shown = await Promise.all(page.frames().map((frame) => frame.content()));
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  for (const secret of sandbox.secrets) {
    assert.ok(
      ![...shown, ...said, stored].some((text) => text.includes(secret)),
      "a secret is shown",
    );
  }
  await page.close();
});

/** The console, signed in. */
async function openSignedIn(user) {
  const view = await app.open(page, { user });
  await signIn(page, view, user);
  return view;
}

const triggerRequests = () => sandbox.requests.filter(({ kind }) => kind === "trigger");
const values = () => sandbox.rows("contoso", "environmentvariablevalue");
const storedIn = (name) => values().find(({ schemaname }) => schemaname === name)?.value;

/** The violations that axe finds, as lines; none is the aim. */
async function violations(view) {
  const frame = view === page ? page.mainFrame() : page.frames().at(-1);
  await frame.evaluate(axe.source);
  const found = await frame.evaluate(() =>
    window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
}

async function tooWide() {
  const frame = page.frames().at(-1);
  return frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

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

  test("a value that is no URL is not shown", patient, async () => {
    const view = await openSignedIn();
    await choose(view, [["Echo", "ef_NotAUrl"]]);
    await view.getByRole("button", { name: "Preview changes" }).click();
    const row = view.locator('[data-change="update"]');
    assert.match(await row.innerText(), /a text that is no URL/);
    assert.doesNotMatch(await row.innerText(), /to be done/);
  });
});

describe("the snippet", () => {
  async function snippetOf(view, name) {
    await openFlow(view, name, "Snippet");
    return view.getByLabel("Snippet in TypeScript").innerText();
  }

  /** Holds snippets to the compiler, with the built types. */
  function compile(snippets, more = "") {
    const folder = mkdtempSync(path.join(root, "artifacts", "snippets-"));
    try {
      for (const [name, text] of Object.entries(snippets))
        writeFileSync(path.join(folder, `${name}.ts`), text);
      writeFileSync(path.join(folder, "use.ts"), more);
      const options = {
        strict: true,
        noEmit: true,
        target: "es2022",
        module: "esnext",
        moduleResolution: "bundler",
        lib: ["es2022", "dom"],
        types: [],
        noUnusedLocals: true,
      };
      writeFileSync(
        path.join(folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
      );
      execFileSync(
        process.execPath,
        [path.join(root, "node_modules/typescript/bin/tsc"), "-p", folder],
        { encoding: "utf8" },
      );
    } catch (error) {
      return error.stdout || String(error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return "";
  }

  test(
    "compiles, and types the body by the trigger's schema and the answer by the Response action's",
    patient,
    async () => {
      await screenshot(page, "blank"); // makes artifacts/
      const rows = sandbox.rows("contoso", "workflow");
      const definition = JSON.stringify({
        properties: {
          definition: {
            triggers: {
              manual: {
                type: "Request",
                kind: "Http",
                inputs: {
                  method: "PUT",
                  relativePath: "things/{thing id}/{class}",
                  schema: {
                    type: "object",
                    title: "X",
                    properties: {
                      "*/": { type: "string", description: "ends */ here" },
                      secret: { type: "string", default: "GEHEIM" },
                      ref: { $ref: "https://flows.example.net/schema.json" },
                    },
                  },
                },
              },
            },
            actions: {
              If: {
                type: "If",
                actions: {},
                else: {
                  actions: {
                    Response: {
                      type: "Response",
                      inputs: {
                        statusCode: 200,
                        schema: {
                          type: "object",
                          properties: { total: { type: "number" } },
                          required: ["total"],
                        },
                      },
                    },
                  },
                },
              },
              HTTP: { inputs: { headers: { "x-api-key": "GEHEIM" } } },
            },
          },
        },
      });
      rows.push({
        ...rows[0],
        workflowid: "00000000-0000-4000-8000-000000000001",
        name: "7 Größen */ & mehr",
        clientdata: definition,
      });
      const view = await app.open(page);
      const snippets = {
        orders: await snippetOf(view, "Order status"),
        getOrder: await snippetOf(view, "Reads one order"),
        accepted: await snippetOf(view, "Has no Response action"),
        trigger: await snippetOf(view, "Its trigger has a name"),
        odd: await snippetOf(view, "7 Größen"),
      };
      const use = (order, total) => `import type { FlowClient } from "entra-flow";
import { callOrderStatusAndApproval } from "./orders";
import { callFlow7GroEnMehr } from "./odd";
declare const client: FlowClient;
void callOrderStatusAndApproval(client, { orderNumber: ${order}, action: "approve" });
callFlow7GroEnMehr(client, "1", "2", {}).then(({ ${total} }) => ${total}.toFixed());
`;
      const name = /function (call\w+)/.exec(snippets.odd)[1];
      const named = (text) => text.replaceAll("callFlow7GroEnMehr", name);
      assert.equal(compile(snippets, named(use('"7"', "total"))), "");
      assert.match(compile(snippets, named(use("7", "total"))), /not assignable to type 'string'/);
      assert.match(compile(snippets, named(use('"7"', "sum"))), /Property 'sum' does not exist/);
      assert.match(snippets.getOrder, /method: "GET", path: \["orders", id\]/);
      for (const frame of page.frames()) assert.doesNotMatch(await frame.content(), /GEHEIM/);
      assert.equal(
        sandbox.requests.filter(({ kind }) => kind === "unknown").length,
        0,
        "a foreign schema was fetched",
      );
      await screenshot(page, "flow-console-snippet");
    },
  );

  test("is copied", patient, async () => {
    const view = await app.open(page);
    const text = await snippetOf(view, "Echo");
    await view.getByRole("button", { name: "Copy snippet" }).click();
    await view.getByText("Copied").waitFor();
    assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), text.trim());
  });
});

describe("this environment", () => {
  async function look(view, flow) {
    await view.getByRole("tab", { name: "This environment" }).click();
    await view.getByLabel("Flow to ask with").selectOption({ label: flow });
    await view.getByRole("button", { name: "Look at this environment" }).click();
    const report = view.getByLabel("The report", { exact: true });
    await report.waitFor({ timeout: 40_000 });
    return JSON.parse(await report.innerText());
  }

  test("finds out what is open and runs nothing", patient, async () => {
    const view = await openSignedIn();
    const { observations } = await look(view, "Echo");
    assert.match(observations["discovery.flowApi"], /^200, a URL/);
    assert.match(observations["discovery.environmentApi"], /^200, a URL/);
    assert.equal(observations["discovery.same"], "yes");
    assert.match(
      observations["url.form"],
      /^\{30\}\.\{2\}\.environment\.api\.powerplatform\.com\/powerautomate\/automations\/direct\/workflows\/\{32 hex\}\/triggers\/manual\/paths\/invoke\?api-version=1$/,
    );
    assert.match(
      observations["trigger.noToken"],
      /^401 DirectApiAuthorizationRequired; readable headers: content-length, content-type$/,
    );
    assert.match(observations["trigger.both"], /^401 DirectApiRequestHasMoreThanOneAuthorization/);
    assert.match(observations["trigger.badSas"], /^401 DirectApiInvalidAuthorizationScheme/);
    assert.match(observations["trigger.customHeader"], /no answer that a page may read/);
    assert.match(observations["trigger.noSuchFlow"], /^flow_gone 404 WorkflowNotFound/);
    assert.equal(sandbox.runs.length, 0);
    await screenshot(page, "flow-console-environment");
  });

  test(
    "with open CORS it names the headers that a page may read, of a real answer too",
    patient,
    async () => {
      sandbox.setCors("open");
      try {
        const view = await openSignedIn();
        await openFlow(view, "Echo", "Invoke");
        await view.getByRole("button", { name: "Run flow" }).click();
        await view.getByText("The flow answered.").waitFor();
        const { observations } = await look(view, "Echo");
        assert.match(observations["flow.answer"], /^200; readable headers: .*x-ms-workflow-run-id/);
        assert.match(observations["trigger.customHeader"], /^401/);
      } finally {
        sandbox.setCors("strict");
      }
    },
  );

  test("the report names nobody and nothing, and can be copied and saved", patient, async () => {
    const view = await openSignedIn();
    const report = await look(view, "Only for Ada");
    const { ada } = sandbox.world.users;
    const { contoso } = sandbox.world.orgs;
    const { workflowId, resourceId, pathId } = sandbox.world.flows.onlyAda;
    const names = [
      "contoso",
      contoso.environmentId,
      contoso.tenantId,
      contoso.environmentHost,
      ada.oid,
      ada.upn,
      "Lovelace",
      workflowId,
      resourceId,
      pathId,
      sandbox.world.clients.formApp.clientId,
    ];
    const text = JSON.stringify(report);
    for (const name of names) assert.ok(!text.toLowerCase().includes(name.toLowerCase()), name);
    for (const secret of sandbox.secrets) assert.ok(!text.includes(secret));
    await view.getByRole("button", { name: "Copy report" }).click();
    await view.getByText("Copied").waitFor();
    assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), report);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      view.getByRole("button", { name: "Save report" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "entra-flow-environment.json");
  });

  test("an unsigned request is not sent to a flow that anyone may start", patient, async () => {
    const view = await openSignedIn();
    const { observations } = await look(view, "Anyone may start this");
    assert.match(
      observations.trigger ?? observations["discovery.flowApi"],
      /not asked|sas_refused/,
    );
    assert.equal(triggerRequests().length, 0);
  });
});

describe("everybody can use it", () => {
  test(
    "the keyboard alone finds a flow, diagnoses it and comes to the broken link",
    patient,
    async () => {
      const view = await openSignedIn();
      await view.getByText(/of \d+ flows$/).waitFor();
      const focused = () =>
        page
          .frames()
          .at(-1)
          .evaluate(() => document.activeElement?.textContent ?? "");
      await view.getByLabel("Find").focus();
      await page.keyboard.type("s");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("End");
      const last = await view.locator(".flow .name").last().innerText();
      assert.ok((await focused()).startsWith(last));
      await page.keyboard.press("Home");
      for (let steps = 0; steps < 30 && !(await focused()).startsWith("Switched off"); steps += 1) {
        await page.keyboard.press("ArrowDown");
      }
      await page.keyboard.press("Enter");
      await view.getByRole("heading", { name: "Switched off" }).waitFor();
      assert.equal(await focused(), "Switched off", "the flow's name has the focus");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      assert.equal(await focused(), "Diagnose");
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(), "Invoke");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await view.getByText(/\d checks? broken/).waitFor();
      for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press("Tab");
      // Page, Sign-in, Flow: the third link of the chain is the broken one.
      assert.equal(await focused(), "FlowBroken");
      await page.keyboard.press("Enter");
      assert.match(await focused(), /^Flow1 Broken/);
      assert.ok(await view.locator('[data-check="workflow.on"]').isVisible());
    },
  );

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
          await view.getByRole("tab", { name: "Snippet" }).click();
          await view.getByLabel("Snippet in TypeScript").waitFor();
          await look("snippet");
          await view.getByRole("tab", { name: "Publish URLs" }).click();
          await view.getByLabel("Flow 1").selectOption({ label: "Answers plain text" });
          await view.getByLabel("Environment variable 1").selectOption("ef_ForeignUrl");
          await view.getByRole("button", { name: "Preview changes" }).click();
          await view.getByRole("heading", { name: "What will change" }).waitFor();
          await look("publish");
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
