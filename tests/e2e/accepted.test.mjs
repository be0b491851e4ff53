/** A 202: followed to the flow's answer where the page may read where that is, and accepted elsewhere. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
  await e2e.as("ada");
  await e2e.page.evaluate(async () => {
    window.client = await window.e2e.client();
  });
}, patient);
beforeEach(() => {
  sandbox.reset();
  sandbox.setCors("open");
});
afterEach(() => e2e.assertTrust());
after(() => e2e?.close());

const call = ({ flow, body, options }) => window.client.flow(flow).invoke(body, options);
const asynchronous = (body, options) => ({ flow: e2e.id("asynchronous"), body, options });

test(
  "it is followed to the flow's answer, by its signature and without a token",
  patient,
  async () => {
    const answer = await e2e.get(call, asynchronous({ delayMs: 1500 }));
    assert.deepEqual(
      [answer.status, answer.accepted, answer.attempts, answer.data.message],
      [200, false, 1, "Finished after a while"],
    );
    assert.ok(answer.durationMs >= 1500);
    const polls = e2e.sent("poll");
    assert.deepEqual(
      polls.map(({ status, method }) => [method, status]),
      [
        ["GET", 202],
        ["GET", 200],
      ],
    );
    for (const { headers, query } of polls) {
      assert.equal(headers.authorization, undefined);
      assert.ok(query.sig);
    }
    assert.ok(polls[1].startedAt - polls[0].startedAt >= 950, "Retry-After is 1 s");
    assert.equal(sandbox.runs.length, 1);
    assert.equal(answer.runId, sandbox.runs[0].runId);
  },
);

test("where the page may not read the header, the answer is accepted", patient, async () => {
  sandbox.setCors("strict");
  const answer = await e2e.get(call, asynchronous({}));
  assert.deepEqual([answer.status, answer.accepted], [202, true]);
  assert.deepEqual(e2e.sent("poll"), []);
});

test("follow: false ends at the 202", patient, async () => {
  const answer = await e2e.get(call, asynchronous({}, { follow: false }));
  assert.deepEqual([answer.status, answer.accepted], [202, true]);
  assert.deepEqual(e2e.sent("poll"), []);
});

test("a flow without a Response action is accepted", patient, async () => {
  const answer = await e2e.get(call, { flow: e2e.id("accepted") });
  assert.deepEqual([answer.status, answer.accepted], [202, true]);
});

test("a Location on another host is not followed", patient, async () => {
  const headers = { Location: "https://flows.example.net/runs/1/operations/1?sig=x" };
  sandbox.flow("echo").respond({ status: 202, headers, body: "" });
  const answer = await e2e.get(call, { flow: e2e.id("echo") });
  assert.deepEqual([answer.status, answer.accepted], [202, true]);
});

test("the flow's own error at the end is flow_failed", patient, async () => {
  const expected = { code: "flow_failed", stage: "poll", status: 409, mayHaveRun: true };
  const error = await e2e.fail(expected, call, asynchronous({ status: 409, delayMs: 0 }));
  assert.equal(error.data.message, "Finished after a while");
});

test("a gateway's trouble on the way is asked through", patient, async () => {
  sandbox.fault({ kind: "poll", times: 1, effect: { status: 503 } });
  const { data } = await e2e.get(call, asynchronous({ delayMs: 0 }));
  assert.equal(data.message, "Finished after a while");
  assert.equal(sandbox.runs.length, 1);
});

test("it ends with the call's time, and the flow may have run", patient, async () => {
  const expected = { code: "timeout", stage: "poll", mayHaveRun: true };
  const options = { timeoutMs: 2500 };
  const { ms } = await e2e.fail(expected, call, asynchronous({ delayMs: 60_000 }, options));
  assert.ok(ms >= 2450 && ms < 5000, `${ms}`);
  assert.equal(sandbox.runs.length, 1);
});

test("the caller's signal ends it", patient, async () => {
  await e2e.fail(
    { code: "aborted", stage: "poll", mayHaveRun: true },
    `async (flow) => {
      const signal = AbortSignal.timeout(700);
      return window.client.flow(flow).invoke({ delayMs: 60000 }, { signal });
    }`,
    e2e.id("asynchronous"),
  );
});

test("follow must be a flag", patient, async () => {
  const error = await e2e.fail(
    { code: "invalid_argument", stage: "options" },
    call,
    asynchronous({}, { follow: "yes" }),
  );
  assert.match(error.message, /^follow: /);
  assert.equal(sandbox.runs.length, 0);
});
