import assert from "node:assert/strict";
import { test } from "node:test";
import { idle, next, type State } from "../FlowButton/state";

const running: State = { kind: "running", since: 1000 };
const problem = {
  title: "t",
  text: "",
  hint: "",
  mayHaveRun: false,
  retryable: true,
  details: [] as [string, string][],
};

test("a click runs the flow from every state of rest", () => {
  const resting: State[] = [
    idle,
    { kind: "done", answer: "a", shortened: false, accepted: false, durationMs: 1 },
    { kind: "cancelled", mayHaveRun: true },
    { kind: "signedOut", reason: "needed" },
    { kind: "failed", problem },
  ];
  for (const state of resting) {
    assert.deepEqual(next(state, { type: "run", at: 5 }), { kind: "running", since: 5 });
  }
});

test("a second click while it runs changes nothing", () => {
  assert.equal(next(running, { type: "run", at: 9 }), running);
});

test("a run may wait for a sign-in, and goes on after it", () => {
  const signingIn = next(running, { type: "signIn", at: 2000 });
  assert.deepEqual(signingIn, { kind: "signingIn", since: 2000 });
  assert.equal(next(signingIn, { type: "signIn", at: 3000 }), signingIn);
  assert.deepEqual(next(signingIn, { type: "run", at: 4000 }), { kind: "running", since: 4000 });
});

test("a run follows the sign-in that it asked for", () => {
  const signedOut = next(running, { type: "signInNeeded", reason: "blocked" });
  assert.deepEqual(signedOut, { kind: "signedOut", reason: "blocked" });
  const signingIn = next(signedOut, { type: "signIn", at: 7 });
  assert.deepEqual(signingIn, { kind: "signingIn", since: 7 });
  assert.deepEqual(next(signingIn, { type: "run", at: 8 }), { kind: "running", since: 8 });
});

test("a late answer finds a control at rest and changes nothing", () => {
  const cancelled = next(running, { type: "cancelled", mayHaveRun: true });
  const late = { type: "answered", answer: "a", shortened: false, accepted: false, durationMs: 1 };
  assert.equal(next(cancelled, late as never), cancelled);
  assert.equal(next(idle, { type: "failed", problem }), idle);
});
