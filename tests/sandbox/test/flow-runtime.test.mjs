/** The trigger URLs against tables 3 and 5 of platform.md: who and what may start a flow, and how it answers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "../client.mjs";
import { assertRefused, discover, invoke, sandbox, world } from "./trial.mjs";

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
