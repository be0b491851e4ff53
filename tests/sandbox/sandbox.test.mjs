/**
 * The sandbox against platform.md: each row of its tables 4 and 5, the Dataverse errors of 6, and
 * the switches that tests rely on. Plain Node, no browser.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "./client.mjs";
import { dataverseThrottled, startSandbox, throttled } from "./index.mjs";

let sandbox;
let world;
before(async () => {
  sandbox = await startSandbox();
  world = sandbox.world;
});
after(() => sandbox.close());
beforeEach(() => {
  sandbox.reset();
  sandbox.setCors("strict");
});

const clouds = {
  public: ["api.flow.microsoft.com", "https://service.flow.microsoft.com/"],
  gcc: ["gov.api.flow.microsoft.us", "https://gov.service.flow.microsoft.us/"],
  gccHigh: ["high.api.flow.microsoft.us", "https://high.service.flow.microsoft.us/"],
  dod: ["api.flow.appsplatform.us", "https://service.flow.appsplatform.us/"],
  china: ["api.powerautomate.cn", "https://service.powerautomate.cn/"],
};

function discoveryUrl(flow, { environment, trigger = "manual", id } = {}) {
  const org = world.orgs[flow.org];
  const [host] = clouds[org.cloud];
  return `https://${host}/providers/Microsoft.ProcessSimple/environments/${environment ?? org.environmentId}/flows/${id ?? flow.resourceId}/triggers/${trigger}/listCallbackUrl?api-version=2016-11-01`;
}

/** Asks for a flow's callback URL as somebody. */
async function discover(key, { as = "ada", mint = {}, ...options } = {}) {
  const bearer = await sandbox.mint({ user: as, ...mint });
  return send(sandbox, discoveryUrl(world.flows[key], options), { method: "POST", bearer });
}

/** Calls a flow as somebody. */
async function invoke(key, { as = "ada", mint = {}, path = "", url, ...request } = {}) {
  const bearer = await sandbox.mint({ user: as, ...mint });
  const target = (url ?? sandbox.flow(key).triggerUrl()).replace("/invoke?", `/invoke${path}?`);
  return send(sandbox, target, { json: {}, bearer, ...request });
}

/** Status and code of a service's error, and that nothing ran. */
function assertRefused(answer, status, code) {
  assert.equal(answer.json?.error?.code, code, answer.text);
  assert.equal(answer.status, status);
  assert.equal(typeof answer.json.error.message, "string");
  assert.equal(sandbox.runs.length, 0, "a refused request must not start a run");
}

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

describe("who may start a flow", () => {
  test("a member of the tenant may, and the flow does not see the token", async () => {
    const answer = await invoke("echo", { as: "bob", json: { hello: "world" } });
    assert.equal(answer.status, 200);
    assert.equal(answer.json.message, "Hello from the flow");
    assert.deepEqual(answer.json.youSent, { hello: "world" });
    const [run] = sandbox.runs;
    assert.equal(run.flow, "echo");
    assert.equal(run.caller.upn, world.users.bob.upn);
    assert.equal(run.headers.authorization, undefined);
    assert.equal(answer.headers["x-ms-workflow-run-id"], run.runId);
    for (const name of ["client-tracking-id", "correlation-id", "request-id"]) {
      assert.ok(answer.headers[`x-ms-${name}`], name);
    }
  });

  test("wrong audience, issuer or tenant is MisMatchingOAuthClaims", async () => {
    const wrong = [
      { audience: "https://service.flow.microsoft.com" },
      { audience: "https://graph.microsoft.com" },
      { issuer: "https://sts.windows.net/00000000-0000-0000-0000-000000000000/" },
      { claims: { tid: world.tenants.fabrikam.tenantId } },
      { user: "fay" },
    ];
    for (const mint of wrong) {
      assertRefused(await invoke("echo", { mint }), 401, "MisMatchingOAuthClaims");
    }
    sandbox.settings.mismatchStatus = 403;
    assertRefused(await invoke("echo", { mint: wrong[0] }), 403, "MisMatchingOAuthClaims");
  });

  test("somebody off the list is MisMatchingOAuthClaims, a blank list is no list", async () => {
    assert.equal((await invoke("onlyAda")).status, 200);
    sandbox.reset();
    assertRefused(await invoke("onlyAda", { as: "eve" }), 401, "MisMatchingOAuthClaims");
    sandbox.flow("onlyAda").setAuth("User", []);
    assert.equal((await invoke("onlyAda", { as: "eve" })).status, 200);
  });

  test("neither token nor signature is DirectApiAuthorizationRequired", async () => {
    const url = sandbox.flow("echo").triggerUrl();
    const answer = await send(sandbox, url, { json: {} });
    assertRefused(answer, 401, "DirectApiAuthorizationRequired");
  });

  test("signature and token together are DirectApiRequestHasMoreThanOneAuthorization", async () => {
    assertRefused(await invoke("anyone"), 401, "DirectApiRequestHasMoreThanOneAuthorization");
  });

  test("a signature on a protected flow is DirectApiInvalidAuthorizationScheme", async () => {
    const url = `${sandbox.flow("echo").triggerUrl()}&sp=x&sv=1.0&sig=abc`;
    const answer = await send(sandbox, url, { json: {} });
    assertRefused(answer, 401, "DirectApiInvalidAuthorizationScheme");
  });

  test("a token on an Anyone flow is OAuthAccessPolicyNotFound", async () => {
    const url = new URL(sandbox.flow("anyone").triggerUrl());
    for (const name of ["sp", "sv", "sig"]) url.searchParams.delete(name);
    assertRefused(await invoke("anyone", { url: url.href }), 401, "OAuthAccessPolicyNotFound");
  });

  test("the right signature starts an Anyone flow, a wrong one is AuthorizationFailed", async () => {
    const url = sandbox.flow("anyone").triggerUrl();
    const wrong = await send(sandbox, `${url}x`, { json: {} });
    assertRefused(wrong, 401, "AuthorizationFailed");
    const right = await send(sandbox, url, { json: {} });
    assert.equal(right.status, 200);
    assert.equal(sandbox.runs[0].caller, null);
    assert.deepEqual(right.json.query, {}, "the flow does not see the signature");
    assert.ok(sandbox.secrets.has(new URL(url).searchParams.get("sig")));
  });

  test("an expired token is a 401 with WWW-Authenticate", async () => {
    const answer = await invoke("echo", { mint: { expiresIn: -10 } });
    assertRefused(answer, 401, "ExpiredAuthenticationToken");
    assert.match(answer.headers["www-authenticate"], /^Bearer .*error="invalid_token"/);
    const bearer = await sandbox.mint();
    sandbox.expireTokens();
    const url = sandbox.flow("echo").triggerUrl();
    assertRefused(
      await send(sandbox, url, { json: {}, bearer }),
      401,
      "ExpiredAuthenticationToken",
    );
    sandbox.settings.expired = "bare";
    const bare = await send(sandbox, url, { json: {}, bearer });
    assert.deepEqual([bare.status, bare.text], [401, ""]);
    assert.equal((await invoke("echo")).status, 200, "a newer token is good");
  });

  test("a claims challenge is told and wants a token that was asked for with it", async () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1764000000"}}}';
    sandbox.challenge(claims);
    const refused = await invoke("echo");
    assert.equal(refused.status, 401);
    const header = refused.headers["www-authenticate"];
    assert.match(header, /error="insufficient_claims"/);
    const [, encoded] = /claims="([^"]+)"/.exec(header);
    assert.equal(Buffer.from(encoded, "base64").toString(), claims);
    assert.equal((await invoke("echo", { mint: { claimsRequest: claims } })).status, 200);
  });

  test("a forged token does not pass", async () => {
    const bearer = await sandbox.mint();
    const url = sandbox.flow("echo").triggerUrl();
    const answer = await send(sandbox, url, { json: {}, bearer: `${bearer.slice(0, -8)}AAAAAAAA` });
    assertRefused(answer, 401, "InvalidAuthenticationToken");
  });
});

describe("what may start a flow", () => {
  test("a body off the schema is TriggerInputSchemaMismatch, null for a typed field too", async () => {
    const bad = [{}, { orderNumber: 7 }, { orderNumber: "7", comment: null }, [], "text"];
    for (const json of bad) {
      assertRefused(await invoke("orders", { json }), 400, "TriggerInputSchemaMismatch");
    }
    const empty = await invoke("orders", { json: undefined, method: "POST" });
    assertRefused(empty, 400, "TriggerInputSchemaMismatch");
    const good = await invoke("orders", { json: { orderNumber: "SO-4711" } });
    assert.equal(good.json.status, "Awaiting approval");
  });

  test("something that is not JSON is InvalidRequestContent", async () => {
    const type = (value) => ({ "content-type": value });
    const broken = { json: undefined, body: "{oops", headers: type("application/json") };
    assertRefused(await invoke("echo", broken), 400, "InvalidRequestContent");
    const text = { json: undefined, body: '{"orderNumber":"1"}', headers: type("text/plain") };
    assertRefused(await invoke("orders", text), 400, "InvalidRequestContent");
    const free = await invoke("echo", { ...text, body: "plain words" });
    assert.equal(free.json.youSent, "plain words");
  });

  test("a flow that is off or suspended says so", async () => {
    assertRefused(await invoke("off"), 400, "WorkflowTriggerIsNotEnabled");
    assertRefused(await invoke("suspended"), 400, "WorkflowDisabled");
    sandbox.flow("off").switchOn();
    assert.equal((await invoke("off")).status, 200);
    sandbox.reset();
    sandbox.flow("echo").switchOff();
    assertRefused(await invoke("echo"), 400, "WorkflowTriggerIsNotEnabled");
  });

  test("a URL from before a recreation is WorkflowNotFound, the new one works", async () => {
    const url = sandbox.flow("echo").triggerUrl();
    sandbox.flow("echo").recreate();
    assertRefused(await invoke("echo", { url }), 404, "WorkflowNotFound");
    assert.equal((await discover("echo")).json.response.value, sandbox.flow("echo").triggerUrl());
    assert.equal((await invoke("echo")).status, 200);
    sandbox.reset();
    assert.equal(sandbox.flow("echo").triggerUrl(), url);
  });

  test("a switch between Anyone and authenticated changes the URL", () => {
    const url = sandbox.flow("echo").triggerUrl();
    sandbox.flow("echo").setAuth("User", [world.users.ada.oid]);
    assert.equal(sandbox.flow("echo").triggerUrl(), url);
    sandbox.flow("echo").setAuth("All");
    assert.notEqual(sandbox.flow("echo").triggerUrl().split("?")[0], url.split("?")[0]);
    assert.match(sandbox.flow("echo").triggerUrl(), /&sig=[\w-]+$/);
  });

  test("a trigger takes its own method and no other", async () => {
    const refused = await invoke("getOrder", { path: "/orders/42" });
    assertRefused(refused, 404, "TriggerRequestMethodNotValid");
    assert.match(refused.json.error.message, /expected 'GET' and actual 'POST'/);
    const got = await invoke("echo", { method: "GET", json: undefined });
    assertRefused(got, 404, "TriggerRequestMethodNotValid");
    for (const method of ["PUT", "PATCH", "DELETE", "HEAD"]) {
      sandbox.flow("echo").setMethod(method);
      assert.equal((await invoke("echo", { method })).status, 200, method);
    }
  });

  test("a relative path fills its template, percent-encoding and all", async () => {
    const get = { method: "GET", json: undefined };
    const answer = await invoke("getOrder", { ...get, path: "/orders/42%2F7%20a" });
    assert.equal(answer.json.orderNumber, "42/7 a");
    assert.equal(sandbox.runs[0].relativePath, "orders/42/7 a");
    sandbox.reset();
    for (const path of ["", "/orders", "/orders/", "/orders/1/2", "/others/1"]) {
      assertRefused(await invoke("getOrder", { ...get, path }), 404, "TriggerRelativePathNotValid");
    }
    assertRefused(await invoke("echo", { path: "/more" }), 404, "TriggerRelativePathNotValid");
    const put = await invoke("putThing", { method: "PUT", path: "/things/a/b", json: { x: 1 } });
    assert.deepEqual(put.json.parameters, { group: "a", name: "b" });
  });

  test("a missing api-version and an endless URL are refused", async () => {
    const url = sandbox.flow("echo").triggerUrl();
    const bare = await invoke("echo", { url: url.replace("api-version=1", "x=1") });
    assertRefused(bare, 400, "MissingApiVersionParameter");
    const long = await invoke("echo", { url: `${url}&q=${"x".repeat(16_500)}` });
    assertRefused(long, 414, "RequestUriTooLong");
  });

  test("query and headers reach the flow, the service's own queries do not", async () => {
    const url = `${sandbox.flow("echo").triggerUrl()}&top=5&q=a%20b`;
    const answer = await invoke("echo", { url, headers: { "x-custom": "1" } });
    assert.deepEqual(answer.json.query, { top: "5", q: "a b" });
    assert.equal(sandbox.runs[0].headers["x-custom"], "1");
  });
});

describe("how a flow answers", () => {
  test("with the status, body and headers of its Response action", async () => {
    for (const status of [200, 201, 400, 401, 404, 429, 503]) {
      const json = { status, json: { reason: "mine" }, headers: { "retry-after": "3" } };
      const answer = await invoke("failing", { json });
      assert.equal(answer.status, status);
      assert.deepEqual(answer.json, { reason: "mine" });
      assert.equal(answer.headers["retry-after"], "3");
      assert.equal(answer.headers["www-authenticate"], undefined);
    }
    assert.equal(sandbox.runs.length, 7);
  });

  test("with text, a picture, broken JSON or nothing", async () => {
    const text = await invoke("text");
    assert.equal(text.text, "Grüße vom Flow");
    const picture = await invoke("binary");
    assert.equal(picture.headers["content-type"], "image/png");
    assert.deepEqual(
      [...picture.bytes.subarray(1, 4)],
      [..."PNG"].map((c) => c.charCodeAt(0)),
    );
    const broken = await invoke("badJson");
    assert.match(broken.headers["content-type"], /^application\/json/);
    assert.equal(broken.json, undefined);
    const empty = await invoke("empty");
    assert.deepEqual(
      [empty.status, empty.text, empty.headers["content-type"]],
      [200, "", undefined],
    );
  });

  test("after a while", async () => {
    const before = Date.now();
    assert.equal((await invoke("slow", { json: { delayMs: 300 } })).status, 200);
    assert.ok(Date.now() - before >= 300);
  });

  test("with an empty 202 where there is no Response action", async () => {
    const answer = await invoke("accepted");
    assert.deepEqual([answer.status, answer.text, answer.headers.location], [202, "", undefined]);
    assert.equal(sandbox.runs.length, 1);
  });

  test("asynchronously: 202 with Location, polled without the bearer to its end", async () => {
    const accepted = await invoke("asynchronous", { json: { delayMs: 250 } });
    assert.equal(accepted.status, 202);
    assert.equal(accepted.headers["retry-after"], "1");
    const { location } = accepted.headers;
    assert.match(location, /\/runs\/[0-9A-Z]+\/operations\/[0-9a-f-]+\?.*&sig=/);
    assert.ok(sandbox.secrets.has(new URL(location).searchParams.get("sig")));

    const bearer = await sandbox.mint();
    const withBearer = await send(sandbox, location, { bearer });
    assert.equal(withBearer.status, 401);
    assert.equal(withBearer.json.error.code, "DirectApiRequestHasMoreThanOneAuthorization");
    const wrong = await send(sandbox, `${location}x`);
    assert.equal(wrong.json.error.code, "AuthorizationFailed");

    const early = await send(sandbox, location);
    assert.equal(early.status, 202);
    assert.equal(early.headers.location, location);
    await sleep(300);
    const done = await send(sandbox, location);
    assert.equal(done.status, 200);
    assert.equal(done.json.message, "Finished after a while");
    assert.equal(sandbox.requests.filter(({ kind }) => kind === "poll").length, 4);
  });

  test("never: 502 NoResponse after the time limit, though it ran", async () => {
    sandbox.settings.noResponseMs = 100;
    const answer = await invoke("noResponse");
    assert.equal(answer.status, 502);
    assert.equal(answer.json.error.code, "NoResponse");
    assert.equal(sandbox.runs.length, 1);
  });

  test("without workflow headers where the maker suppressed them", async () => {
    const answer = await invoke("quiet");
    assert.equal(answer.headers["x-ms-workflow-run-id"], undefined);
  });

  test("as a test wants it, until reset", async () => {
    sandbox.flow("echo").respond(({ body }) => ({ status: 418, body: { got: body } }));
    const teapot = await invoke("echo", { json: 5 });
    assert.deepEqual([teapot.status, teapot.json], [418, { got: 5 }]);
    sandbox.reset();
    assert.equal((await invoke("echo")).status, 200);
  });
});

describe("CORS", () => {
  const preflight = (url, headers, origin = world.orgs.contoso.url) =>
    send(sandbox, url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
      },
    });

  test("strict allows authorization and content-type, and exposes nothing", async () => {
    const url = sandbox.flow("echo").triggerUrl();
    const allowed = await preflight(url, "authorization,content-type,x-other");
    assert.equal(allowed.status, 200);
    assert.equal(allowed.headers["access-control-allow-origin"], world.orgs.contoso.url);
    assert.equal(allowed.headers["access-control-allow-headers"], "authorization, content-type");
    assert.equal(allowed.headers["access-control-allow-credentials"], undefined);
    const answer = await invoke("echo", { headers: { origin: world.orgs.contoso.url } });
    assert.equal(answer.headers["access-control-allow-origin"], world.orgs.contoso.url);
    assert.equal(answer.headers["access-control-expose-headers"], undefined);
    assert.equal(sandbox.requests[0].kind, "preflight");
    assert.equal(sandbox.runs.length, 1);
  });

  test("open exposes headers and allows any", async () => {
    sandbox.setCors("open");
    const url = discoveryUrl(world.flows.echo);
    const allowed = await preflight(url, "authorization,x-other");
    assert.equal(allowed.headers["access-control-allow-headers"], "authorization,x-other");
    const answer = await invoke("echo", { headers: { origin: world.orgs.contoso.url } });
    assert.match(answer.headers["access-control-expose-headers"], /Location, Retry-After/);
  });

  test("errors and faults carry the headers too, unless a fault takes them", async () => {
    const headers = { origin: world.orgs.contoso.url };
    const allowedOrigin = async () =>
      (await invoke("off", { headers })).headers["access-control-allow-origin"];
    assert.equal(await allowedOrigin(), world.orgs.contoso.url);
    sandbox.fault({ kind: "trigger", effect: { status: 503 } });
    assert.equal(await allowedOrigin(), world.orgs.contoso.url);
    sandbox.fault({ kind: "trigger", effect: { noCors: true } });
    assert.equal(await allowedOrigin(), undefined);
  });

  test("strangers and Dataverse get none", async () => {
    const stranger = await preflight(
      sandbox.flow("echo").triggerUrl(),
      "authorization",
      "https://evil.example",
    );
    assert.equal(stranger.headers["access-control-allow-origin"], undefined);
    const own = await preflight(`${world.orgs.contoso.url}/api/data/v9.2/WhoAmI`, "authorization");
    assert.equal(own.headers["access-control-allow-origin"], undefined);
  });
});

describe("Dataverse", () => {
  const api = (path, { as = "ada", org = "contoso", ...options } = {}) =>
    send(sandbox, `${world.orgs[org].url}/api/data/v9.2/${path}`, {
      cookie: as && sandbox.sessionCookie(as),
      ...options,
    });
  const assertError = (answer, status, code) => {
    assert.equal(answer.json?.error?.code, code, answer.text);
    assert.equal(answer.status, status);
  };

  test("wants a session, of the org's own tenant", async () => {
    assert.equal((await api("WhoAmI", { as: "" })).status, 401);
    assert.equal((await api("WhoAmI", { as: "fay" })).status, 401);
    const login = await send(sandbox, `${world.orgs.contoso.url}/login?user=ada&next=/main.aspx`);
    assert.equal(login.status, 302);
    assert.equal(login.headers.location, "/main.aspx");
    const [cookie] = login.headers["set-cookie"][0].split(";");
    const who = await api("WhoAmI", { cookie });
    assert.equal(who.json.UserId, world.users.ada.systemUserId);
    assert.equal(sandbox.requests.at(-1).user, "ada");
  });

  test("reads a workflow row with the selected columns and its key", async () => {
    const { echo } = world.flows;
    const answer = await api(`workflows(${echo.workflowId})?$select=resourceid,statecode,category`);
    const { "@odata.context": context, "@odata.etag": etag, ...row } = answer.json;
    assert.deepEqual(row, {
      resourceid: echo.resourceId,
      statecode: 1,
      category: 5,
      workflowid: echo.workflowId,
    });
    assert.match(context, /#workflows\(resourceid,statecode,category\)\/\$entity$/);
    assert.match(etag, /^W\/"\d+"$/);
    const all = await api(`workflows(${echo.workflowId})`);
    assert.equal(all.json.name, "Echo");
    assert.equal("clientdata" in all.json, false);
  });

  test("shows definitions in clientdata when asked", async () => {
    const filter = encodeURIComponent("category eq 5 and statecode eq 1");
    const answer = await api(`workflows?$select=name,clientdata&$filter=${filter}`);
    const byName = Object.fromEntries(answer.json.value.map((row) => [row.name, row]));
    const trigger = (name) =>
      JSON.parse(byName[name].clientdata).properties.definition.triggers.manual;
    assert.deepEqual(trigger("Echo"), {
      type: "Request",
      kind: "Http",
      inputs: { triggerAuthenticationType: "Tenant" },
    });
    assert.equal(trigger("Only for Ada").inputs.triggerAllowedUsers, world.users.ada.oid);
    assert.equal(trigger("Reads one order").inputs.relativePath, "orders/{id}");
    assert.equal(byName["Switched off"], undefined);
  });

  test("follows the flow's switch, and switches it", async () => {
    const path = `workflows(${world.flows.echo.workflowId})`;
    sandbox.flow("echo").switchOff();
    assert.equal((await api(`${path}?$select=statecode`)).json.statecode, 0);
    assert.equal((await api(path, { method: "PATCH", json: { statecode: 1 } })).status, 204);
    assert.equal(world.flows.echo.state, "on");
  });

  test("says what is wrong with a query", async () => {
    const id = world.flows.echo.workflowId;
    const unknown = await api(`workflows(${id})?$select=resourceid,nope`);
    assertError(unknown, 400, "0x80060888");
    assert.match(unknown.json.error.message, /'nope' on type 'Microsoft.Dynamics.CRM.workflow'/);
    assertError(await api("workflows(42)"), 400, "0x80060888");
    assertError(await api("nothings"), 404, "0x8006088a");
    const wrong = [
      "name eq",
      "nope eq 1",
      "name eq 'a",
      `workflowid eq '${id}'`,
      "category eq 'x'",
      "(name eq 'a'",
    ];
    for (const text of wrong) {
      assertError(await api(`workflows?$filter=${encodeURIComponent(text)}`), 400, "0x80060888");
    }
    assertError(await api("workflows?$orderby=nope"), 400, "0x80060888");
    assertError(await api("workflows?$expand=nope"), 400, "0x80060888");
    assertError(await api("workflows?$search=x"), 400, "0x80060888");
  });

  test("filters with and, or, quotes, guids and In", async () => {
    const { echo, orders, off } = world.flows;
    const names = async (filter) => {
      const answer = await api(
        `workflows?$select=name&$orderby=name&$filter=${encodeURIComponent(filter)}`,
      );
      return answer.json.value?.map(({ name }) => name) ?? answer.text;
    };
    sandbox.rows("contoso", "workflow")[0].name = "Ada's echo";
    assert.deepEqual(await names("name eq 'ada''s ECHO'"), ["Ada's echo"]);
    assert.deepEqual(
      await names(`workflowid eq ${echo.workflowId} or workflowid eq ${orders.workflowId}`),
      ["Ada's echo", orders.name],
    );
    const list = `'${echo.workflowId}','${off.workflowId}'`;
    assert.deepEqual(
      await names(`Microsoft.Dynamics.CRM.In(PropertyName='workflowid',PropertyValues=[${list}])`),
      ["Ada's echo", off.name],
    );
    assert.deepEqual(await names("contains(name,'classic') and not (category eq 5)"), [
      "A classic background workflow",
    ]);
  });

  test("pages by odata.maxpagesize", async () => {
    const headers = { prefer: "odata.maxpagesize=10" };
    const seen = [];
    let path = "workflows?$select=name&$orderby=name";
    for (let pages = 0; path && pages < 9; pages += 1) {
      const { json } = await api(path, { headers });
      assert.ok(json.value.length <= 10);
      seen.push(...json.value.map(({ name }) => name));
      path = json["@odata.nextLink"]?.split("/v9.2/")[1];
    }
    assert.equal(seen.length, sandbox.rows("contoso", "workflow").length);
    assert.deepEqual(seen, [...seen].sort());
  });

  test("refuses what the user's role does not grant, and says what", async () => {
    const path = `workflows(${world.flows.echo.workflowId})?$select=resourceid`;
    const answer = await api(path, { as: "bob" });
    assertError(answer, 403, "0x80040220");
    assert.match(answer.json.error.message, /missing prvReadWorkflow privilege/);
    assertError(await api("environmentvariablevalues", { as: "eve" }), 403, "0x80040220");
    const json = { schemaname: "x", value: "y" };
    assertError(await api("environmentvariablevalues", { as: "bob", json }), 403, "0x80040220");
  });

  test("does not find what is not there", async () => {
    const missing = await api("workflows(00000000-0000-0000-0000-000000000001)?$select=name");
    assertError(missing, 404, "0x80040217");
    assert.match(missing.json.error.message, /Does Not Exist/);
  });

  test("throttles on demand", async () => {
    sandbox.fault({ kind: "dataverse", effect: dataverseThrottled(3) });
    const answer = await api("WhoAmI");
    assertError(answer, 429, "0x80072322");
    assert.equal(answer.headers["retry-after"], "3");
  });

  test("reads environment variables with their values", async () => {
    const read = async (name, as = "bob") => {
      const filter = encodeURIComponent(`schemaname eq '${name}'`);
      const answer = await api(
        `environmentvariabledefinitions?$filter=${filter}&$select=schemaname,defaultvalue&$expand=environmentvariabledefinition_environmentvariablevalue($select=value)`,
        { as },
      );
      return answer.json.value[0];
    };
    const echo = await read("ef_EchoUrl");
    const [value] = echo.environmentvariabledefinition_environmentvariablevalue;
    assert.equal(value.value, sandbox.flow("echo").triggerUrl());
    const orders = await read("ef_OrdersUrl");
    assert.equal(orders.defaultvalue, sandbox.flow("orders").triggerUrl());
    assert.deepEqual(orders.environmentvariabledefinition_environmentvariablevalue, []);
    const empty = await read("ef_EmptyUrl");
    assert.equal(empty.defaultvalue, null);
    assert.equal(await read("ef_Nothing"), undefined);
  });

  test("creates one value per variable, and updates it", async () => {
    const filter = encodeURIComponent("schemaname eq 'ef_EmptyUrl'");
    const { json } = await api(`environmentvariabledefinitions?$filter=${filter}`);
    const id = json.value[0].environmentvariabledefinitionid;
    const bind = `/environmentvariabledefinitions(${id})`;
    const row = { value: "https://x", "EnvironmentVariableDefinitionId@odata.bind": bind };
    assertError(await api("environmentvariablevalues", { json: row }), 400, "0x80040203");
    const full = { ...row, schemaname: "ef_EmptyUrl" };
    const created = await api("environmentvariablevalues", { json: full });
    assert.equal(created.status, 204);
    const entity = created.headers["odata-entityid"].split("/v9.2/")[1];
    assertError(await api("environmentvariablevalues", { json: full }), 412, "0x80040237");
    const unknown = { ...full, environmentvariabledefinitionid: id };
    assertError(await api("environmentvariablevalues", { json: unknown }), 400, "0x80060888");
    const patched = await api(entity, { method: "PATCH", json: { value: "https://y" } });
    assert.equal(patched.status, 204);
    const read = await api(`${entity}?$select=value,_environmentvariabledefinitionid_value`);
    assert.equal(read.json.value, "https://y");
    assert.equal(read.json._environmentvariabledefinitionid_value, id);
    assert.equal((await api(entity, { method: "DELETE" })).status, 204);
    assertError(await api(entity), 404, "0x80040217");
  });

  test("tells the environment, in every org", async () => {
    const parameter = encodeURIComponent("Microsoft.Dynamics.CRM.EndpointAccessType'Default'");
    const people = {
      contoso: "ada",
      fabrikam: "fay",
      gcc: "gil",
      gccHigh: "hana",
      dod: "dom",
      china: "chen",
    };
    for (const [org, as] of Object.entries(people)) {
      const path = `RetrieveCurrentOrganization(AccessType=@p)?@p=${parameter}`;
      const { json } = await api(path, { as, org });
      assert.equal(json.Detail.EnvironmentId, world.orgs[org].environmentId);
      assert.equal(json.Detail.TenantId, world.orgs[org].tenantId);
    }
    assertError(await api("RetrieveCurrentOrganization(AccessType=@p)"), 400, "0x80060888");
  });

  test("runs the flow that starts on a new operation row", async () => {
    const { states } = world.operationTable;
    const start = async (input) => {
      const created = await api("ef_flowoperations", {
        as: "bob",
        json: { ef_input: JSON.stringify(input), ef_status: states.pending },
      });
      return created.headers["odata-entityid"].split("/v9.2/")[1];
    };
    const [good, bad] = [
      await start({ a: 1, delayMs: 50 }),
      await start({ fail: "No stock", delayMs: 50 }),
    ];
    assert.equal((await api(`${good}?$select=ef_status`)).json.ef_status, states.pending);
    await sleep(400);
    const done = (await api(good)).json;
    assert.equal(done.ef_status, states.completed);
    assert.deepEqual(JSON.parse(done.ef_result).youSent, { a: 1 });
    assert.equal(JSON.parse(done.ef_result).createdBy, world.users.bob.upn);
    const failed = (await api(bad)).json;
    assert.deepEqual([failed.ef_status, failed.ef_error], [states.failed, "No stock"]);
    assert.deepEqual(
      sandbox.runs.map(({ flow }) => flow),
      ["operationWorker", "operationWorker"],
    );
  });
});

describe("faults", () => {
  test("answer instead of the service, for so many times, where they match", async () => {
    const fault = sandbox.fault({
      kind: "trigger",
      host: /environment\.api/,
      path: "/paths/invoke",
      method: "POST",
      times: 2,
      effect: { status: 503, json: { error: { code: "ServiceUnavailable", message: "busy" } } },
    });
    assertRefused(await invoke("echo"), 503, "ServiceUnavailable");
    assert.equal((await discover("echo")).status, 200);
    assert.equal((await invoke("oldHost")).status, 200);
    assert.equal((await invoke("echo")).status, 503);
    assert.equal((await invoke("echo")).status, 200);
    assert.equal(fault.hits, 2);
  });

  test("can be removed", async () => {
    const fault = sandbox.fault({ kind: "trigger", times: Infinity, effect: { status: 500 } });
    assert.equal((await invoke("echo")).status, 500);
    fault.remove();
    assert.equal((await invoke("echo")).status, 200);
  });

  test("drop the connection before the work, or after it", async () => {
    sandbox.fault({ kind: "trigger", effect: { drop: "before" } });
    await assert.rejects(invoke("echo"), { code: "ECONNRESET" });
    assert.equal(sandbox.runs.length, 0);
    sandbox.fault({ kind: "trigger", effect: { drop: "after" } });
    await assert.rejects(invoke("echo"), { code: "ECONNRESET" });
    assert.equal(sandbox.runs.length, 1);
    const [first] = sandbox.requests;
    assert.deepEqual([first.aborted, first.status], [true, null]);
  });

  test("replace the answer after the work", async () => {
    sandbox.fault({ kind: "trigger", effect: { status: 504, afterWork: true } });
    assert.equal((await invoke("echo")).status, 504);
    assert.equal(sandbox.runs.length, 1);
  });

  test("send garbage, or what is no HTTP at all", async () => {
    sandbox.fault({ kind: "flowApi", effect: { garbage: true } });
    const answer = await discover("echo");
    assert.deepEqual([answer.status, answer.json], [200, undefined]);
    sandbox.fault({ kind: "flowApi", effect: { garbage: "protocol" } });
    await assert.rejects(discover("echo"), /Parse Error/);
  });

  test("delay, alone or before another effect", async () => {
    const before = Date.now();
    sandbox.fault({ kind: "trigger", effect: { delayMs: 150 } });
    assert.equal((await invoke("echo")).status, 200);
    sandbox.fault({ kind: "trigger", effect: { delayMs: 150, status: 500 } });
    assert.equal((await invoke("echo")).status, 500);
    assert.ok(Date.now() - before >= 300);
  });

  test("hold a request until the test lets it go, and tell that it has come", async () => {
    const { promise, resolve: letGo } = deferred();
    const fault = sandbox.fault({ kind: "trigger", effect: { until: promise } });
    const answer = invoke("echo");
    await fault.reached;
    assert.deepEqual([fault.hits, sandbox.runs.length], [1, 0]);
    letGo();
    assert.equal((await answer).status, 200);
  });

  test("slow the body down, cut it short, or never answer", async () => {
    const whole = (await invoke("echo")).text;
    sandbox.fault({ kind: "trigger", effect: { slowBody: { chunkMs: 20, chunkBytes: 10 } } });
    const before = Date.now();
    assert.equal((await invoke("echo")).text, whole);
    assert.ok(Date.now() - before >= 100);
    sandbox.fault({ kind: "trigger", effect: { dropBodyAfter: 10 } });
    await assert.rejects(invoke("echo"), { code: "ECONNRESET" });
    sandbox.fault({ kind: "trigger", effect: { hang: true } });
    const outcome = await Promise.race([
      invoke("echo").then(
        () => "answered",
        () => "cut",
      ),
      sleep(200, "waiting"),
    ]);
    assert.equal(outcome, "waiting");
  });

  test("reach Entra's token endpoint as well", async () => {
    sandbox.fault({ kind: "entra", path: "/oauth2/v2.0/token", effect: { status: 503 } });
    const url = `${world.tenants.contoso.authority}/oauth2/v2.0/token`;
    assert.equal((await send(sandbox, url, { body: "grant_type=x" })).status, 503);
    assert.equal((await send(sandbox, url, { body: "grant_type=x" })).status, 400);
  });

  test("leave preflights alone unless they name them", async () => {
    sandbox.fault({ host: "environment.api", effect: { status: 500 } });
    const preflight = () =>
      send(sandbox, sandbox.flow("echo").triggerUrl(), {
        method: "OPTIONS",
        headers: { origin: world.orgs.contoso.url, "access-control-request-method": "POST" },
      });
    assert.equal((await preflight()).status, 200);
    sandbox.fault({ kind: "preflight", effect: { status: 500 } });
    assert.equal((await preflight()).status, 500);
  });
});

describe("the sandbox", () => {
  test("answers 421 to a host it does not know, and writes it down", async () => {
    const answer = await send(sandbox, "https://evil.example/steal?x=1", { bearer: "secret" });
    assert.equal(answer.status, 421);
    const [entry] = sandbox.requests;
    assert.deepEqual(
      [entry.kind, entry.host, entry.query],
      ["unknown", "evil.example", { x: "1" }],
    );
    assert.equal(entry.bearer.token, "secret");
  });

  test("records what was sent, where, by whom and how it ended", async () => {
    await invoke("echo", { as: "bob", json: { a: 1 } });
    const [entry] = sandbox.requests;
    assert.equal(entry.kind, "trigger");
    assert.equal(entry.method, "POST");
    assert.equal(entry.host, world.orgs.contoso.environmentHost);
    assert.equal(entry.body, '{"a":1}');
    assert.equal(entry.user, "bob");
    assert.equal(entry.bearer.claims.oid, world.users.bob.oid);
    assert.equal(entry.status, 200);
    await sleep(20);
    assert.equal(typeof entry.durationMs, "number");
    assert.equal(entry.aborted, false);
    assert.ok(sandbox.secrets.has(entry.bearer.token));
  });

  test("serves the pages that tests add, on any host", async () => {
    sandbox.page("contoso.crm4.dynamics.com", "/hello", { body: "<p>Hi" });
    sandbox.page("elsewhere.example", "/x.json", { handler: (_req, res) => res.end("{}") });
    const hello = await send(sandbox, "https://contoso.crm4.dynamics.com/hello");
    assert.deepEqual([hello.status, hello.text], [200, "<p>Hi"]);
    assert.match(hello.headers["content-type"], /^text\/html/);
    assert.equal((await send(sandbox, "https://elsewhere.example/x.json")).text, "{}");
    assert.equal((await send(sandbox, "https://elsewhere.example/y")).status, 404);
    assert.equal((await send(sandbox, "https://contoso.crm4.dynamics.com/nope")).status, 404);
  });

  test("lives beside another one, with another world", async () => {
    const other = await startSandbox();
    try {
      other.flow("echo").switchOff();
      assert.equal((await invoke("echo")).status, 200);
      const bearer = await sandbox.mint();
      const foreign = await send(other, other.flow("echo").triggerUrl(), { json: {}, bearer });
      assert.equal(foreign.json.error.code, "InvalidAuthenticationToken");
    } finally {
      await other.close();
    }
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise((settle) => {
    resolve = () => settle(undefined);
  });
  return { promise, resolve };
}
