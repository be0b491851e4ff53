/** A call's time and its signal: they end it at any step, at once, and harm nobody else. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { throttled } from "../sandbox/index.mjs";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
}, patient);
beforeEach(() => e2e.as("ada"), patient);
afterEach(() => {
  for (const letGo of held.splice(0)) letGo();
  sandbox.setCors("strict");
  e2e.assertTrust();
});
after(() => e2e?.close());

/** Far more than an end needs, and far less than what would have been waited for. */
const promptMs = 3000;
const echo = () => e2e.id("echo");

/** Lets go of whatever a test that failed still holds. @type {(() => void)[]} */
const held = [];

/** A fault that holds requests of a kind, until `letGo` or the test's end. */
function hold(kind) {
  let letGo = () => {};
  const until = new Promise((resolve) => {
    letGo = () => resolve(undefined);
  });
  held.push(letGo);
  const fault = sandbox.fault({ kind, times: Infinity, effect: { until } });
  return {
    reached: () => fault.reached,
    letGo() {
      fault.remove();
      letGo();
    },
  };
}

/** The steps of a cold call, each with a way to stop it there and the error's facts. */
const steps = {
  token: {
    stage: "token",
    mayHaveRun: false,
    stop() {
      const asked = e2e.page.waitForEvent("console", (one) => one.text() === "getToken");
      return { reached: () => asked, letGo: () => e2e.page.evaluate(() => window.letTokenGo()) };
    },
  },
  "workflow row": { stage: "workflow", mayHaveRun: false, stop: () => hold("dataverse") },
  discovery: { stage: "discovery", mayHaveRun: false, stop: () => hold("flowApi") },
  invoke: { stage: "invoke", mayHaveRun: true, stop: () => hold("trigger") },
  "answer's body": {
    stage: "invoke",
    mayHaveRun: true,
    stop() {
      sandbox.fault({
        kind: "trigger",
        effect: { slowBody: { chunkMs: 400, chunkBytes: 1 } },
      });
      const head = e2e.page.waitForResponse((one) => one.url().includes("/paths/invoke"));
      return { reached: () => head, letGo() {} };
    },
  },
};

/** Makes `window.client`, whose token source waits at the step "token". */
const makeClient = (step, client) =>
  e2e.get(
    async (given) => {
      const held = new Promise((resolve) => {
        window.letTokenGo = resolve;
      });
      const getToken = async ({ scopes }) => {
        console.log("getToken");
        if (given.waits) await held;
        const app = await window.e2e.msal();
        const [account] = app.getAllAccounts();
        return (await app.acquireTokenSilent({ scopes, account })).accessToken;
      };
      window.client = await window.e2e.client({ ...given.client, auth: { getToken } });
      window.pending = {};
    },
    { waits: step === "token", client },
  );

/** Starts a call under a name. Its signal's controller is `window.pending[name].controller`. */
const start = (name, options) =>
  e2e.page.evaluate(
    (given) => {
      const controller = new AbortController();
      const { client, e2e } = window;
      const options = { signal: controller.signal, ...given.options };
      const outcome = e2e.settle(() => client.flow(given.flow).invoke({ by: given.name }, options));
      window.pending[given.name] = { controller, outcome };
    },
    { name, flow: echo(), options },
  );

/** Aborts the call, and comes back with its outcome and the milliseconds that it took from then on. */
const abort = (name) =>
  e2e.page.evaluate(async (which) => {
    const { controller, outcome } = window.pending[which];
    const reason = new Error("changed my mind");
    const aborted = performance.now();
    controller.abort(reason);
    const { error, value } = await outcome;
    return { error, value, ms: performance.now() - aborted };
  }, name);

const outcomeOf = (name) => e2e.page.evaluate((which) => window.pending[which].outcome, name);

function assertAborted({ error, value, ms }, { stage, mayHaveRun }) {
  assert.equal(error?.code, "aborted", `it succeeded: ${JSON.stringify(value)}`);
  assert.deepEqual(
    [error.stage, error.mayHaveRun, error.retryable, error.cause],
    [stage, mayHaveRun, false, "Error"],
  );
  assert.ok(ms < promptMs, `it settled ${ms} ms after the abort`);
  e2e.assertKeepsSecrets(error.leaks);
}

async function assertClientWorks() {
  await start("afterwards");
  const { value, error } = await outcomeOf("afterwards");
  assert.deepEqual(value?.data.youSent, { by: "afterwards" }, error?.message);
}

describe("an abort", () => {
  for (const [step, expected] of Object.entries(steps)) {
    test(`at the ${step} ends the call at once, and the client works on`, patient, async () => {
      await makeClient(step);
      const stop = expected.stop();
      await start("mine");
      await stop.reached();
      assertAborted(await abort("mine"), expected);
      await stop.letGo();
      await assertClientWorks();
      const runs = sandbox.runs.filter(({ body }) => body.by === "mine");
      assert.ok(expected.mayHaveRun || runs.length === 0, "nothing ran");
    });
  }

  for (const step of ["token", "workflow row", "discovery"]) {
    test(`at the ${step} leaves others who wait there alone`, patient, async () => {
      await makeClient(step);
      const stop = steps[step].stop();
      await start("mine");
      await start("yours");
      await stop.reached();
      assertAborted(await abort("mine"), steps[step]);
      await stop.letGo();
      const { value, error } = await outcomeOf("yours");
      assert.deepEqual(value?.data.youSent, { by: "yours" }, error?.message);
      assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 1 });
    });
  }

  test("in a backoff ends the call, and it is not repeated", patient, async () => {
    await makeClient();
    sandbox.setCors("open");
    sandbox.fault({ kind: "trigger", effect: throttled(30) });
    await e2e.page.evaluate(() => {
      const { setTimeout: real } = window;
      window.backingOff = new Promise((resolve) => {
        window.setTimeout = (work, ms, ...rest) => {
          if (ms === 30_000) resolve();
          return real(work, ms, ...rest);
        };
      });
    });
    await start("mine");
    await e2e.page.evaluate(() => window.backingOff);
    assertAborted(await abort("mine"), { stage: "invoke", mayHaveRun: false });
    assert.equal(e2e.counts().trigger, 1);
    assert.equal(sandbox.runs.length, 0);
    await assertClientWorks();
    // The page's timers are its own again.
    await e2e.open();
  });

  test("closes the connection that the flow would have answered on", patient, async () => {
    await makeClient();
    const stop = steps.invoke.stop();
    await start("mine");
    await stop.reached();
    const failed = e2e.page.waitForEvent("requestfailed", (one) =>
      one.url().includes("/paths/invoke"),
    );
    await abort("mine");
    assert.equal((await failed).failure()?.errorText, "net::ERR_ABORTED");
    stop.letGo();
  });

  test("before the call sends nothing at all", patient, async () => {
    await makeClient();
    const error = await e2e.fail(
      { code: "aborted", mayHaveRun: false },
      (flow) => window.client.flow(flow).invoke({}, { signal: AbortSignal.abort() }),
      echo(),
    );
    assert.equal(error.cause, "AbortError");
    assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
    await assertClientWorks();
  });

  test("keeps the caller's reason, whatever it is", patient, async () => {
    await makeClient();
    const kept = await e2e.get(async (flow) => {
      const reasons = [new Error("mine"), "a word", { any: "thing" }, 0];
      const causes = reasons.map(async (reason) => {
        const signal = AbortSignal.abort(reason);
        const failed = await window.client
          .flow(flow)
          .invoke({}, { signal })
          .catch((error) => error);
        return failed.code === "aborted" && failed.cause === reason;
      });
      return Promise.all(causes);
    }, echo());
    assert.deepEqual(kept, [true, true, true, true]);
  });

  test("of one signal ends every call that listens to it", patient, async () => {
    await makeClient();
    const stop = steps.invoke.stop();
    await e2e.page.evaluate((flow) => {
      const { client, e2e } = window;
      const controller = new AbortController();
      const { signal } = controller;
      const call = () => e2e.settle(() => client.flow(flow).invoke({}, { signal }));
      window.all = { controller, outcomes: Promise.all([call(), call(), call()]) };
    }, echo());
    await stop.reached();
    const outcomes = await e2e.page.evaluate(() => {
      window.all.controller.abort();
      return window.all.outcomes;
    });
    assert.deepEqual(
      outcomes.map(({ error }) => error?.code),
      ["aborted", "aborted", "aborted"],
    );
    stop.letGo();
    await assertClientWorks();
  });

  test("by AbortSignal.timeout has its TimeoutError", patient, async () => {
    await makeClient();
    const stop = steps.discovery.stop();
    const error = await e2e.fail(
      { code: "aborted", stage: "discovery", mayHaveRun: false },
      (flow) => window.client.flow(flow).invoke({}, { signal: AbortSignal.timeout(300) }),
      echo(),
    );
    assert.equal(error.cause, "TimeoutError");
    stop.letGo();
  });

  test("after the answer changes nothing", patient, async () => {
    await makeClient();
    await start("mine");
    await outcomeOf("mine");
    const { value } = await abort("mine");
    assert.deepEqual(value?.data.youSent, { by: "mine" });
    await assertClientWorks();
  });
});

describe("timeoutMs", () => {
  for (const [step, expected] of Object.entries(steps)) {
    test(`ends a call that waits at the ${step}`, patient, async () => {
      await makeClient(step);
      const stop = expected.stop();
      const timeoutMs = 500;
      await start("mine", { timeoutMs });
      await stop.reached();
      const { error, ms } = await outcomeOf("mine");
      assert.equal(error?.code, "timeout");
      assert.deepEqual(
        [error.stage, error.mayHaveRun, error.retryable],
        [expected.stage, expected.mayHaveRun, true],
      );
      assert.ok(ms >= timeoutMs - 5 && ms < timeoutMs + promptMs, `after ${ms} ms`);
      await stop.letGo();
      await assertClientWorks();
    });
  }

  test("is the client's where the call has none", patient, async () => {
    await makeClient("", { timeoutMs: 400 });
    const stop = steps.invoke.stop();
    await start("mine");
    const { error, ms } = await outcomeOf("mine");
    assert.equal(error?.code, "timeout");
    assert.ok(ms >= 395 && ms < 400 + promptMs, `after ${ms} ms`);
    stop.letGo();
  });

  test("is for all attempts together", patient, async () => {
    await makeClient("", { maxAttempts: 100 });
    // Each attempt is quick by itself: only the sum is too long.
    const effect = { delayMs: 250, status: 503, body: "" };
    const fault = sandbox.fault({ kind: "trigger", times: Infinity, effect });
    await start("mine", { timeoutMs: 1200, idempotent: true });
    const { error, ms } = await outcomeOf("mine");
    // Either the time ran out in an attempt, or the next wait would not have fitted into it.
    assert.ok(["timeout", "flow_failed"].includes(error?.code), error?.code);
    assert.equal(error.mayHaveRun, true);
    assert.ok(ms < 1200 + promptMs, `after ${ms} ms`);
    assert.ok(fault.hits >= 2, "it was tried again before that");
    fault.remove();
    await assertClientWorks();
  });

  test("of one caller leaves others at the same discovery alone", patient, async () => {
    await makeClient();
    const stop = steps.discovery.stop();
    await start("mine", { timeoutMs: 300 });
    await start("yours");
    const { error } = await outcomeOf("mine");
    assert.deepEqual([error?.code, error?.stage], ["timeout", "discovery"]);
    await stop.letGo();
    const yours = await outcomeOf("yours");
    assert.deepEqual(yours.value?.data.youSent, { by: "yours" }, yours.error?.message);
    assert.equal(e2e.counts().flowApi, 1);
  });
});

test("a page that calls, aborts and fails a lot has a client that works", patient, async () => {
  await makeClient();
  await e2e.get(async (flow) => {
    const { client } = window;
    const calls = Array.from({ length: 60 }, (_, call) => {
      const controller = new AbortController();
      const options = { signal: controller.signal };
      if (call % 4 === 1) options.acceptStatus = () => false;
      const outcome = client.flow(flow).invoke({ call }, options);
      if (call % 4 === 2) controller.abort();
      if (call % 4 === 3) setTimeout(() => controller.abort(), call);
      return outcome.catch(() => undefined);
    });
    await Promise.all(calls);
  }, echo());
  await assertClientWorks();
});

test(
  "a stream that was handed out is still ended by the call's signal, as one of fetch's",
  patient,
  async () => {
    await e2e.get(async (id) => {
      window.client = await window.e2e.warm(id);
    }, echo());
    const slowBody = { chunkMs: 400, chunkBytes: 1 };
    sandbox.fault({ kind: "trigger", times: 1, effect: { slowBody } });
    const { reason } = await e2e.get(async (id) => {
      const controller = new AbortController();
      const options = { responseType: "stream", signal: controller.signal };
      const { data } = await window.client.flow(id).invoke({}, options);
      const reader = data.getReader();
      await reader.read();
      controller.abort(new Error("enough"));
      const rest = (async () => {
        while (!(await reader.read()).done);
        return "read to its end";
      })();
      return { reason: await rest.catch((error) => error.message) };
    }, echo());
    assert.equal(reason, "enough");
  },
);
