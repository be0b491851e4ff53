/** Faults below HTTP: where a connection ends, handshakes, and answers that lie. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { invoke, sandbox, world } from "./trial.mjs";

const onTrigger = (effect, rest = {}) => sandbox.fault({ kind: "trigger", effect, ...rest });
const runs = () => sandbox.runs.length;

/** What a client without any manners sees: all bytes that come for one request, and how it ends. */
async function bytesOfCall(by) {
  const url = new URL(sandbox.flow("echo").triggerUrl());
  const bearer = await sandbox.mint({ user: "ada" });
  const socket = connect({
    host: "127.0.0.1",
    port: sandbox.port,
    servername: url.hostname,
    rejectUnauthorized: false,
  });
  const chunks = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  let error;
  socket.on("error", (one) => {
    error = one.code;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "secureConnect");
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.hostname}`,
    `origin: ${world.orgs.contoso.url}`,
    `authorization: Bearer ${bearer}`,
    "content-type: application/json",
    "content-length: 2",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${by ?? "{}"}`);
  await closed;
  const text = Buffer.concat(chunks).toString("latin1");
  const [head, ...body] = text.split("\r\n\r\n");
  return { text, head, body: body.join("\r\n\r\n"), error };
}

describe("a cut", () => {
  test("comes before the body of the request is read, before the work, or after it", async () => {
    for (const [at, ran] of [
      ["unread", 0],
      ["read", 0],
      ["done", 1],
    ]) {
      const fault = onTrigger({ cut: { at } });
      const { text } = await bytesOfCall(at === "unread" ? "" : "{}");
      assert.deepEqual([at, text, runs(), fault.hits], [at, "", ran, 1]);
    }
  });

  test("comes at a place in the answer", async () => {
    const whole = (await invoke("echo")).text;
    const cutAt = async (at, framing) => {
      onTrigger({ cut: { at, framing } });
      return bytesOfCall();
    };
    const { text } = await cutAt("head");
    assert.ok(text.startsWith("HTTP/1.1 200 OK") && !text.includes("\r\n\r\n"));
    const length = (head) => Number(/content-length: (\d+)/.exec(head)?.[1]);
    for (const [at, received] of [
      ["body", 0],
      [0.5, 0.5],
      [1, 1],
    ]) {
      const { head, body } = await cutAt(at);
      assert.ok(length(head) > 50);
      assert.equal(body.length, Math.floor(length(head) * received));
    }
    const last = await cutAt("last");
    assert.equal(last.body.length, length(last.head) - 1);
    const chunked = await cutAt("last", "chunked");
    assert.match(chunked.head, /transfer-encoding: chunked/);
    assert.match(chunked.body, /^[0-9a-f]+\r\n\{.*\}\r\n$/s);
    const none = await cutAt(1, "none");
    assert.doesNotMatch(none.head, /content-length|transfer-encoding/);
    assert.match(none.body, /^\{.*\}$/s);
    assert.ok(whole.length > 50);
  });

  test("is polite, or a reset", async () => {
    onTrigger({ cut: { at: "done" } });
    assert.equal((await bytesOfCall()).error, undefined);
    onTrigger({ cut: { at: "done", by: "reset" } });
    assert.equal((await bytesOfCall()).error, "ECONNRESET");
  });
});

describe("a handshake", () => {
  const onConnection = (effect) =>
    sandbox.fault({ kind: "connection", host: "environment.api", effect });

  test("is cut by a fault of kind connection, for the host that it names", async () => {
    const fault = onConnection({ drop: "before" });
    assert.equal((await invoke("oldHost")).status, 200);
    await assert.rejects(invoke("echo"), { code: "ECONNRESET" });
    assert.equal((await invoke("echo")).status, 200);
    assert.equal(fault.hits, 1);
    assert.equal(
      sandbox.requests.length,
      2,
      "of a connection that came to nothing no request is known",
    );
  });

  test("never ends with hang", async () => {
    const fault = onConnection({ hang: true });
    const outcome = invoke("echo").then(
      () => "answered",
      () => "cut",
    );
    await fault.reached;
    assert.equal(await Promise.race([outcome, sleep(100, "waiting")]), "waiting");
  });
});

test("a body that is not read keeps the request waiting", async () => {
  const fault = onTrigger({ unread: true });
  const outcome = invoke("echo").then(
    () => "answered",
    () => "cut",
  );
  await fault.reached;
  assert.equal(await Promise.race([outcome, sleep(100, "waiting")]), "waiting");
  assert.equal(runs(), 0);
});

test("a raw answer comes as it is, after the work, with the cross-origin headers", async () => {
  const headers = { "content-type": "application/json", "content-length": "3" };
  onTrigger({ raw: { status: 204, headers, body: "{}!" } });
  const { head, body } = await bytesOfCall();
  assert.match(head, /^HTTP\/1\.1 204 No Content\r\n/);
  assert.match(head, /access-control-allow-origin: https:/);
  assert.match(head, /content-length: 3/);
  assert.doesNotMatch(head, /x-ms-workflow|date:/i);
  assert.deepEqual([body, runs()], ["{}!", 1]);
});

test("without keepAlive each answer is its connection's last", async () => {
  sandbox.settings.keepAlive = false;
  const { headers } = await invoke("echo", { headers: { connection: "keep-alive" } });
  assert.equal(headers.connection, "close");
});

test("closeConnections ends those that wait for a request, too", async () => {
  const waiting = connect({ host: "127.0.0.1", port: sandbox.port, rejectUnauthorized: false });
  await once(waiting, "secureConnect");
  const ended = once(waiting, "close");
  waiting.resume();
  sandbox.closeConnections();
  await ended;
  assert.equal((await invoke("echo")).status, 200);
});
