/** The Power Automate API against tables 2 and 4 of platform.md: listCallbackUrl, its shapes and refusals. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { send } from "../client.mjs";
import { throttled } from "../index.mjs";
import { assertRefused, discover, discoveryUrl, invoke, sandbox, world } from "./trial.mjs";

describe("listCallbackUrl", () => {
  test("answers in each of the four shapes, all leading to the same URL", async () => {
    const url = sandbox.flow("echo").triggerUrl();
    const [basePath] = url.split("?");
    const wrapped = (await discover("echo")).json;
    assert.deepEqual(wrapped, {
      response: { value: url, method: "GET", basePath, queries: { "api-version": "1" } },
      httpStatusCode: "OK",
    });
    sandbox.answerShape = "bare";
    assert.deepEqual((await discover("echo")).json, wrapped.response);
    sandbox.answerShape = "content";
    assert.deepEqual((await discover("echo")).json, { $content: url });
    sandbox.answerShape = "parts";
    const { value: _, ...parts } = wrapped.response;
    assert.deepEqual((await discover("echo")).json, parts);
  });

  test("answers in every cloud, at the cloud's own hosts", async () => {
    const expected = {
      echo: /^https:\/\/[0-9a-f]{30}\.[0-9a-f]{2}\.environment\.api\.powerplatform\.com:443\//,
      echoFabrikam:
        /^https:\/\/default[0-9a-f]{30}\.[0-9a-f]{2}\.environment\.api\.powerplatform\.com:443\//,
      echoGcc:
        /^https:\/\/[0-9a-f]{31}\.[0-9a-f]\.environment\.api\.gov\.powerplatform\.microsoft\.us:443\//,
      echoGccHigh:
        /^https:\/\/[0-9a-f]{31}\.[0-9a-f]\.environment\.api\.high\.powerplatform\.microsoft\.us:443\//,
      echoDod: /^https:\/\/[0-9a-f]{31}\.[0-9a-f]\.environment\.api\.appsplatform\.us:443\//,
      echoChina:
        /^https:\/\/[0-9a-f]{31}\.[0-9a-f]\.environment\.api\.powerplatform\.partner\.microsoftonline\.cn:443\//,
      oldHost:
        /^https:\/\/prod-42\.westeurope\.logic\.azure\.com:443\/workflows\/[0-9a-f]{32}\/triggers\/manual\/paths\/invoke\?api-version=2016-06-01$/,
      unitHost: /\/powerautomate\/automations\/direct\/cu\/07\/workflows\/[0-9a-f]{32}\//,
    };
    const people = { fabrikam: "fay", gcc: "gil", gccHigh: "hana", dod: "dom", china: "chen" };
    for (const [key, pattern] of Object.entries(expected)) {
      const as = people[world.flows[key].org] ?? "ada";
      const answer = await discover(key, { as });
      assert.match(answer.json.response.value, pattern);
      const called = await invoke(key, { as, url: answer.json.response.value });
      assert.equal(called.status, 200, `${key}: ${called.text}`);
    }
  });

  test("shows a relative path's template where asked to", async () => {
    const { response } = (await discover("getOrder")).json;
    assert.equal(response.relativePath, "orders/{id}");
    assert.deepEqual(response.relativePathParameters, ["id"]);
    assert.equal(response.method, "GET");
    assert.match(response.value, /\/paths\/invoke\?/);
    sandbox.settings.templateInValue = true;
    const again = (await discover("getOrder")).json;
    assert.match(again.response.value, /\/paths\/invoke\/orders\/\{id\}\?/);
  });

  test("refuses an app-only token with ClientScopeAuthorizationFailed", async () => {
    const answer = await discover("echo", { mint: { appOnly: true } });
    assertRefused(answer, 401, "ClientScopeAuthorizationFailed");
    assert.equal(
      answer.json.error.message,
      "The x-ms-client-scope header must not be null or empty.",
    );
  });

  test("refuses a trigger that is not HTTP with ListCallbackUrlOperationBlocked", async () => {
    assertRefused(await discover("buttonTrigger"), 400, "ListCallbackUrlOperationBlocked");
    const worker = await discover("operationWorker", { trigger: "When_a_row_is_added" });
    assertRefused(worker, 400, "ListCallbackUrlOperationBlocked");
  });

  test("refuses a user who may not read the flow with InsufficientCdsPermissions", async () => {
    assertRefused(await discover("echo", { as: "bob" }), 403, "InsufficientCdsPermissions");
    assertRefused(await discover("echo", { as: "fay" }), 403, "InsufficientCdsPermissions");
  });

  test("does not know a flow of another environment or a workflowid", async () => {
    const { echo, echoFabrikam } = world.flows;
    assertRefused(await discover("echo", { id: echoFabrikam.resourceId }), 404, "FlowNotFound");
    assertRefused(await discover("echo", { id: echo.workflowId }), 404, "FlowNotFound");
    assertRefused(await discover("notACloudFlow"), 404, "FlowNotFound");
    const environment = "00000000-0000-0000-0000-000000000001";
    assertRefused(await discover("echo", { environment }), 404, "EnvironmentNotFound");
    assertRefused(await discover("echo", { trigger: "other" }), 404, "TriggerNotFound");
    sandbox.settings.acceptWorkflowId = true;
    assert.equal((await discover("echo", { id: echo.workflowId })).status, 200);
  });

  test("checks the token for real", async () => {
    const url = discoveryUrl(world.flows.echo);
    const bare = await send(sandbox, url, { method: "POST" });
    assertRefused(bare, 401, "AuthenticationFailed");
    const token = await sandbox.mint();
    const forged = await send(sandbox, url, {
      method: "POST",
      bearer: `${token.slice(0, -8)}AAAAAAAA`,
    });
    assertRefused(forged, 401, "InvalidAuthenticationToken");
    const nonsense = await send(sandbox, url, { method: "POST", bearer: "nonsense" });
    assertRefused(nonsense, 401, "InvalidAuthenticationToken");
    const expired = await discover("echo", { mint: { expiresIn: -10 } });
    assertRefused(expired, 401, "ExpiredAuthenticationToken");
    const noSlash = await discover("echo", {
      mint: { audience: "https://service.flow.microsoft.com" },
    });
    assertRefused(noSlash, 401, "InvalidAuthenticationTokenAudience");
    const issuer = "https://sts.windows.net/somewhere-else/";
    const foreign = await discover("echo", { mint: { issuer } });
    assertRefused(foreign, 401, "InvalidAuthenticationToken");
  });

  test("throttles on demand", async () => {
    const fault = sandbox.fault({ kind: "flowApi", effect: throttled(7) });
    const answer = await discover("echo");
    assert.equal(answer.status, 429);
    assert.equal(answer.headers["retry-after"], "7");
    assert.equal(fault.hits, 1);
    assert.equal((await discover("echo")).status, 200);
  });

  test("answers at the environment's own host too", async () => {
    const { environmentHost } = world.orgs.contoso;
    const url = (key, version) =>
      `https://${environmentHost}/powerautomate/flows/${world.flows[key].resourceId}/triggers/manual/listCallbackUrl?api-version=${version}&showDeprecatedCallbackUrl=false`;
    const bearer = await sandbox.mint();
    const origin = world.orgs.contoso.url;
    const headers = { origin };
    const answer = await send(sandbox, url("echo", "1"), { method: "POST", bearer, headers });
    assert.equal(answer.json.response.value, sandbox.flow("echo").triggerUrl());
    assert.equal(answer.headers["access-control-allow-origin"], origin);
    const blocked = await send(sandbox, url("buttonTrigger", "1"), { method: "POST", bearer });
    assertRefused(blocked, 400, "ListCallbackUrlOperationBlocked");
    const bob = await sandbox.mint({ user: "bob" });
    const unread = await send(sandbox, url("echo", "1"), { method: "POST", bearer: bob });
    assertRefused(unread, 403, "InsufficientCdsPermissions");
    const version = await send(sandbox, url("echo", "2016-11-01"), { method: "POST", bearer });
    assertRefused(version, 400, "InvalidApiVersionParameter");
  });
});
