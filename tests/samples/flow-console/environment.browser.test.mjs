/** The flow console: what it finds out on an environment, and that nothing runs. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openFlow, screenshot, signIn, startConsole } from "../support/console.mjs";
import {
  app,
  hasFocus,
  openSignedIn,
  page,
  patient,
  sandbox,
  triggerRequests,
} from "../support/stage.mjs";

describe("this environment", () => {
  async function look(view, flow, { graph = false } = {}) {
    await view.getByRole("tab", { name: "This environment" }).click();
    if (graph) await view.getByLabel(/Also send your token for Microsoft Graph/).check();
    await view.getByLabel("Flow to ask with").selectOption({ label: flow });
    await view.getByRole("button", { name: "Look at this environment" }).click();
    const report = view.getByLabel("The report", { exact: true });
    await report.waitFor({ timeout: 40_000 });
    return JSON.parse(await report.innerText());
  }

  test("finds out what is open and runs nothing", patient, async () => {
    const view = await openSignedIn();
    const report = await look(view, "Echo", { graph: true });
    const { observations } = report;
    const found = {
      "discovery.flowApi": /^200$/,
      "discovery.flowApi.shape": /^response, httpStatusCode$/,
      "discovery.environmentApi": /^200$/,
      "discovery.same": /^yes$/,
      "discovery.workflowId": /^404 FlowNotFound$/,
      "discovery.noSuchTrigger": /^404 TriggerNotFound$/,
      "discovery.environmentApi.noSuchTrigger": /^404 TriggerNotFound/,
      "discovery.noSuchFlow": /^404 FlowNotFound$/,
      "discovery.noSuchEnvironment": /^404 EnvironmentNotFound$/,
      "discovery.get": /^404 ResourceNotFound$/,
      "discovery.noVersion": /^400 InvalidApiVersionParameter$/,
      "discovery.noToken": /^401 AuthenticationFailed$/,
      "discovery.badToken": /^401 InvalidAuthenticationToken$/,
      "discovery.expiredToken": /^401 InvalidAuthenticationToken$/,
      "discovery.otherAudience": /^401 InvalidAuthenticationTokenAudience$/,
      "discovery.customHeader": /no answer that a page may read/,
      "trigger.noToken": /^401 DirectApiAuthorizationRequired$/,
      "trigger.badToken": /^401 InvalidAuthenticationToken$/,
      "trigger.expiredToken": /^401 InvalidAuthenticationToken$/,
      "trigger.otherAudience": /^401 MisMatchingOAuthClaims$/,
      "trigger.badSas": /^401 DirectApiInvalidAuthorizationScheme$/,
      "trigger.badSasPath": /^401 DirectApiInvalidAuthorizationScheme$/,
      "trigger.both": /^401 DirectApiRequestHasMoreThanOneAuthorization$/,
      "trigger.customHeader": /no answer that a page may read/,
      "trigger.clientRequestId": /no answer that a page may read/,
      "trigger.noSuchFlow": /^404 WorkflowNotFound \(flow_gone\)$/,
      "trigger.noSuchTrigger": /^404 WorkflowNotFound \(flow_gone\)$/,
      "headers.flowApi": /^of \d+ answers: .*content-type \d+; never: .*x-ms-request-id.*location/,
      "headers.trigger": /^of 7 answers: .*content-type 7; never: .*www-authenticate/,
    };
    for (const [id, what] of Object.entries(found)) assert.match(observations[id] ?? "", what, id);
    assert.deepEqual(report.differs, []);
    assert.match(
      observations["url.form"],
      /^\{30\}\.\{2\}\.environment\.api\.powerplatform\.com\/powerautomate\/automations\/direct\/workflows\/\{32 hex\}\/triggers\/manual\/paths\/invoke\?api-version=1$/,
    );
    assert.equal(sandbox.runs.length, 0);
    // Each question is there with why it is asked, and what was reckoned with.
    for (const id of Object.keys(observations)) {
      const row = view.locator(`[data-observation="${id}"]`);
      assert.ok((await row.locator("dt .quiet").innerText()).length > 10, id);
      assert.ok((await row.locator(".word").innerText()).length > 5, id);
    }
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
        assert.match(observations["flow.answer"], /^200; of 1 answers: .*x-ms-workflow-run-id/);
        assert.match(observations["trigger.customHeader"], /^401/);
        assert.match(observations["discovery.customHeader"], /^200/);
        assert.match(observations["headers.trigger"], /www-authenticate \d/);
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

  test(
    "a token for another service is sent only where the user allows it, and only to the flow service",
    patient,
    async () => {
      const view = await openSignedIn();
      const graphTokens = () =>
        sandbox.requests.filter(
          ({ bearer }) => bearer?.claims?.aud === "https://graph.microsoft.com",
        );
      const report = await look(view, "Echo");
      assert.match(report.observations["trigger.otherAudience"], /not allowed by you/);
      assert.ok(report.notAsked.includes("discovery.otherAudience"));
      assert.equal(graphTokens().length, 0);
      const { observations } = await look(view, "Echo", { graph: true });
      assert.match(observations["trigger.otherAudience"], /^401/);
      assert.deepEqual(
        graphTokens().map(({ kind, method }) => `${kind} ${method}`),
        ["flowApi POST", "trigger PUT"],
      );
      assert.equal(sandbox.runs.length, 0);
    },
  );

  test("no token that a flow would accept goes to one that exists", patient, async () => {
    const view = await openSignedIn();
    await look(view, "Echo", { graph: true });
    const { pathId } = sandbox.world.flows.echo;
    const toTheFlow = triggerRequests().filter(({ path }) =>
      path.includes(`/${pathId}/triggers/manual/`),
    );
    assert.ok(toTheFlow.length >= 7);
    for (const { bearer } of toTheFlow)
      assert.ok(!bearer?.claims?.aud?.includes("service.flow"), "a real token went to the flow");
  });

  test(
    "what is not as the library assumes is marked, on the page and in the report",
    patient,
    async () => {
      sandbox.settings.mismatchStatus = 403;
      sandbox.settings.acceptWorkflowId = true;
      sandbox.fault({
        kind: "trigger",
        times: 1,
        effect: { status: 403, json: { error: { code: "SomethingElse", message: "Ada, no." } } },
      });
      const view = await openSignedIn();
      const report = await look(view, "Echo", { graph: true });
      assert.deepEqual(report.differs, ["trigger.noToken"]);
      assert.equal(report.observations["trigger.noToken"], "403 SomethingElse");
      assert.match(report.observations["trigger.otherAudience"], /^403 MisMatchingOAuthClaims/);
      assert.match(report.observations["discovery.workflowId"], /^200/);
      await view.getByText(/\d+ answers; 1 not as the library assumes/).waitFor();
      const row = view.locator('[data-observation="trigger.noToken"]');
      assert.match(await row.innerText(), /Not as the library assumes/);
    },
  );

  test("it can be cancelled, and what was found by then stays", patient, async () => {
    const view = await openSignedIn();
    sandbox.fault({ kind: "flowApi", times: 1, effect: { delayMs: 8000 } });
    await view.getByRole("tab", { name: "This environment" }).click();
    await view.getByLabel("Flow to ask with").selectOption({ label: "Echo" });
    await view.getByRole("button", { name: "Look at this environment" }).click();
    await view.getByText(/^[1-9] answers so far/).waitFor();
    const before = Date.now();
    await view.getByRole("button", { name: "Cancel" }).click();
    await view.getByText("Cancelled", { exact: true }).waitFor();
    assert.ok(Date.now() - before < 6000, "it waited for the answer");
    await hasFocus("Look at this environment");
    assert.ok((await view.locator("[data-observation]").count()) > 0);
    assert.equal(await view.getByLabel("The report", { exact: true }).count(), 0);
  });

  test(
    "without a sign-in it asks what needs no token and says why the rest was not asked",
    patient,
    async () => {
      const view = await app.open(page);
      const report = await look(view, "Echo");
      assert.ok(report.notAsked.includes("discovery.noToken"));
      assert.match(report.observations["discovery.flowApi"], /interaction_required/);
      assert.equal(triggerRequests().length, 0);
    },
  );

  test("in a national cloud it asks that cloud's hosts", patient, async () => {
    const elsewhere = await startConsole({ org: "gccHigh" });
    try {
      const context = await elsewhere.sandbox.launch();
      const tab = await context.newPage();
      const view = await elsewhere.open(tab, { user: "hana" });
      await signIn(tab, view, "hana");
      const report = await look(view, "Echo");
      assert.equal(report.observations["discovery.flowApi.shape"], "response, httpStatusCode");
      assert.match(report.observations["url.form"], /high\.powerplatform\.microsoft\.us/);
      const hosts = new Set(
        elsewhere.sandbox.requests.filter(({ kind }) => kind === "flowApi").map(({ host }) => host),
      );
      assert.ok(hosts.has("high.api.flow.microsoft.us"), [...hosts].join());
    } finally {
      await elsewhere.close();
    }
  });

  test("an unsigned request is not sent to a flow that anyone may start", patient, async () => {
    const view = await openSignedIn();
    const { observations } = await look(view, "Anyone may start this");
    assert.match(observations["discovery.flowApi"], /sas_refused/);
    assert.match(observations["trigger.noToken"], /no trigger URL/);
    assert.equal(triggerRequests().length, 0);
  });
});
