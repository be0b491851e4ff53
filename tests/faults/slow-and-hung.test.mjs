/**
 * Servers that are slow or never answer, at each request of a cold call: what is slow but whole is an answer, and
 * what is not ends when the call's time or its caller's patience does, with the connection.
 */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sandbox, shareStage, stage } from "./support/hooks.mjs";
import { patient, road } from "./support/stage.mjs";

shareStage({ forgetsTokens: false });

/** The call's own time here, and what its end may take beyond it on a busy machine. */
const timeoutMs = 400;
const promptMs = 3000;
const megabyte = 1024 * 1024;

/** How a server can keep a request waiting; each takes far longer than the call has. */
const waits = {
  "never reads its body": { unread: true },
  "never answers": { hang: true },
  "answers with a head and no body": {
    raw: {
      status: 200,
      headers: { "content-type": "application/json", "content-length": "20" },
      open: true,
    },
  },
  "drips its answer": { slowBody: { chunkMs: 300, chunkBytes: 1 } },
};

/** Waits for what a test then asserts. @param {() => boolean} holds */
async function until(holds) {
  for (const end = Date.now() + promptMs; !holds() && Date.now() < end; ) await sleep(10);
}

/** Waits until the sandbox saw the connections of these requests end. */
async function ended(kind) {
  const requests = stage.sent(kind);
  await until(() => requests.every(({ durationMs }) => durationMs !== null));
  assert.deepEqual(
    requests.map(({ aborted }) => aborted),
    [true],
    "the connection is closed",
  );
}

/** Nothing is slow any more. A request that still waits loses its connection, and is made anew if it may. */
async function recovers(fault, runsSoFar) {
  fault.remove();
  sandbox.closeConnections();
  const { data } = await stage.call({ body: { again: true } });
  assert.deepEqual(data.youSent, { again: true });
  assert.equal(sandbox.runs.length, runsSoFar + 1);
}

for (const [name, { match, host, says }] of Object.entries(road)) {
  const isInvoke = name === "invoke";

  describe(`the ${name}'s server`, () => {
    if (name === "token") beforeEach(() => stage.forgetTokens());

    test("drips its answer in time: it is whole", patient, async () => {
      await stage.client({ maxAttempts: 1 });
      const effect = { slowBody: { chunkMs: 15, chunkBytes: name === "token" ? 200 : 8 } };
      const fault = sandbox.fault({ ...match, effect });
      const { data } = await stage.call({ body: { slow: name } });
      assert.deepEqual(data.youSent, { slow: name });
      assert.deepEqual([fault.hits, sandbox.runs.length], [1, 1]);
    });

    for (const [how, effect] of Object.entries(waits)) {
      const ran = isInvoke && !effect.unread && !effect.hang ? 1 : 0;

      test(`${how}: the call's time ends it`, patient, async () => {
        await stage.client();
        const fault = sandbox.fault({ ...match, times: Infinity, effect });
        const expected = { ...says, code: "timeout", retryable: true };
        const { ms } = await stage.failing(expected, { options: { timeoutMs } });
        assert.ok(ms >= timeoutMs - 5 && ms < timeoutMs + promptMs, `after ${ms} ms`);
        if (isInvoke) await ended("trigger");
        assert.equal(sandbox.runs.length, ran);
        await recovers(fault, ran);
      });

      test(`${how}: its caller's abort ends it`, patient, async () => {
        await stage.client();
        const fault = sandbox.fault({ ...match, times: Infinity, effect });
        await stage.start();
        await fault.reached;
        // The token that is asked for beside the row is there by now, and a head that came is read.
        await sleep(60);
        const ms = await stage.page.evaluate(async () => {
          const aborted = performance.now();
          window.under.controller.abort();
          await window.under.outcome;
          return performance.now() - aborted;
        });
        const { error } = await stage.settled();
        assert.deepEqual(
          { code: error?.code, stage: error?.stage, mayHaveRun: error?.mayHaveRun },
          { code: "aborted", ...says },
        );
        assert.ok(ms < promptMs, `after ${ms} ms`);
        if (isInvoke) await ended("trigger");
        assert.equal(sandbox.runs.length, ran);
        await recovers(fault, ran);
      });
    }

    test("never ends the handshake: the call's time ends it", patient, async () => {
      await stage.client();
      const connections = { kind: "connection", host, times: Infinity };
      const fault = sandbox.fault({ ...connections, effect: { hang: true } });
      const expected = { ...says, code: "timeout" };
      await stage.failing(expected, { options: { timeoutMs } });
      assert.ok(fault.hits > 0);
      assert.equal(sandbox.runs.length, 0);
      await recovers(fault, 0);
    });
  });
}

describe("a request of many megabytes that its server does not read", () => {
  const upload = ({ flow, size, timeoutMs }) =>
    window.client.flow(flow).invoke(new Blob([new Uint8Array(size)]), { timeoutMs });

  test("is ended by the call's time, and may have run the flow", patient, async () => {
    await stage.client();
    await stage.call();
    const fault = sandbox.fault({ ...road.invoke.match, effect: { unread: true } });
    const given = { flow: stage.id("echo"), size: 30 * megabyte, timeoutMs };
    const { ms } = await stage.fail({ ...road.invoke.says, code: "timeout" }, upload, given);
    assert.ok(ms < timeoutMs + promptMs, `after ${ms} ms`);
    await recovers(fault, 1);
  });

  test("and ends in its middle, is network, and may have run the flow", patient, async () => {
    await stage.client();
    await stage.call();
    const effect = { cut: { at: "unread", by: "reset" } };
    const fault = sandbox.fault({ ...road.invoke.match, times: Infinity, effect });
    const given = { flow: stage.id("echo"), size: 30 * megabyte };
    await stage.fail({ ...road.invoke.says, code: "network" }, upload, given);
    assert.equal(fault.hits, 1);
    await recovers(fault, 1);
  });
});

test("while a discovery hangs, clearCache() lets the next call make its own", patient, async () => {
  await stage.client();
  const { match, says } = road.discovery;
  const fault = sandbox.fault({ ...match, effect: { hang: true } });
  await stage.failing({ ...says, code: "timeout" }, { options: { timeoutMs } });
  await stage.page.evaluate(() => window.client.clearCache());
  await stage.call();
  assert.deepEqual([fault.hits, sandbox.runs.length], [1, 1]);
  // What hung is asked again when its connection ends, since others might wait for it; nothing runs of that.
  sandbox.closeConnections();
  const listed = () => stage.sent("flowApi").filter(({ status }) => status === 200).length;
  await until(() => listed() === 2);
  assert.deepEqual([listed(), sandbox.runs.length], [2, 1]);
});
