/**
 * The connection ends at each place of each request of a cold call. Whatever the place: the error names the
 * step, the flow runs once at the most, and the same client's next call succeeds.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sandbox, shareStage, stage } from "./support/hooks.mjs";
import { patient, road } from "./support/stage.mjs";

shareStage();

/** Each place, and whether the work was done by then. */
const places = [
  ["once its head is read", { at: "unread" }, false],
  ["once it is read", { at: "read" }, false],
  ["once it is worked on, without an answer", { at: "done" }, true],
  ["in the middle of its answer's head", { at: "head" }, true],
  ["after its answer's head", { at: "body" }, true],
  ["in the middle of its answer's body", { at: 0.5 }, true],
  ["before its answer's last byte", { at: "last" }, true],
  ["in the middle of a chunk", { at: 0.5, framing: "chunked" }, true],
  ["before the last chunk", { at: "last", framing: "chunked" }, true],
];

const runs = () => sandbox.runs.length;

for (const [name, { match, host, says }] of Object.entries(road)) {
  const isInvoke = name === "invoke";
  const unanswered = { ...says, code: "network", retryable: true };

  describe(`the ${name}'s connection`, () => {
    for (const by of ["reset", "close"]) {
      for (const [where, cut, done] of places) {
        test(`is ended ${where} (${by})`, patient, async () => {
          // The flow is left alone by who may ask four times, too.
          await stage.client(isInvoke ? {} : { maxAttempts: 1 });
          const fault = sandbox.fault({
            ...match,
            times: Infinity,
            effect: { cut: { ...cut, by } },
          });
          await stage.failing(unanswered);
          const ran = isInvoke && done ? 1 : 0;
          assert.equal(runs(), ran);
          // MSAL repeats a request of its own accord. We don't, nor does the browser.
          if (name !== "token") assert.equal(fault.hits, 1);
          fault.remove();
          await stage.call();
          assert.equal(runs(), ran + 1);
        });
      }
    }

    test("is ended in its handshake", patient, async () => {
      await stage.client({ maxAttempts: 1 });
      const effect = { drop: "before" };
      const fault = sandbox.fault({ kind: "connection", host, times: Infinity, effect });
      await stage.failing(unanswered);
      assert.ok(fault.hits > 0);
      assert.equal(runs(), 0);
      fault.remove();
      await stage.call();
      assert.equal(runs(), 1);
    });

    if (isInvoke) return;
    for (const [where, cut] of places) {
      test(`is made anew when it was ended ${where}`, patient, async () => {
        await stage.client();
        const effect = { cut: { ...cut, by: "reset" } };
        const fault = sandbox.fault({ ...match, effect });
        const { attempts } = await stage.call();
        assert.deepEqual([fault.hits, runs(), attempts], [1, 1, 1]);
      });
    }
  });
}

describe("a flow that may run twice", () => {
  for (const [where, cut, done] of places) {
    test(`is started anew when its connection was ended ${where}`, patient, async () => {
      await stage.client();
      const fault = sandbox.fault({
        ...road.invoke.match,
        effect: { cut: { ...cut, by: "reset" } },
      });
      const { attempts } = await stage.call({ options: { idempotent: true } });
      assert.deepEqual([fault.hits, attempts, runs()], [1, 2, done ? 2 : 1]);
    });
  }
});

describe("an answer that does not say how long it is", () => {
  const cut = { at: 0.5, framing: "none" };

  test("is JSON that breaks off: output_invalid, and the flow ran", patient, async () => {
    await stage.client();
    sandbox.fault({ ...road.invoke.match, effect: { cut } });
    const error = await stage.failing({ ...road.invoke.says, code: "output_invalid" });
    assert.match(error.data, /^\{"message"/);
    assert.equal(runs(), 1);
  });

  test("is a whole answer where nothing is missing", patient, async () => {
    await stage.client();
    sandbox.fault({ ...road.invoke.match, effect: { cut: { at: 1, framing: "none" } } });
    const { data } = await stage.call({ body: { n: 1 } });
    assert.deepEqual(data.youSent, { n: 1 });
  });
});

test(
  "what was read when the connection ends is kept: an answer that is complete is one",
  patient,
  async () => {
    await stage.client();
    sandbox.fault({ ...road.invoke.match, effect: { cut: { at: 1 } } });
    const { data } = await stage.call({ body: { n: 2 } });
    assert.deepEqual([data.youSent, runs()], [{ n: 2 }, 1]);
  },
);

test(
  "on a connection that was open already, Chromium itself may send a request again",
  patient,
  async () => {
    // Nobody on the page can see or prevent it. docs/faults.md tells.
    await stage.client();
    sandbox.settings.keepAlive = true;
    await stage.call();
    sandbox.fault({ ...road.invoke.match, effect: { cut: { at: "done", by: "reset" } } });
    const { attempts } = await stage.call();
    assert.deepEqual([attempts, runs()], [1, 3]);
  },
);
