/**
 * What happens to a page while it calls: it loses the network and finds it again, nobody looks at it, it is left
 * and come back to.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openStage, patient, road } from "./support/stage.mjs";

let stage;
let sandbox;
let page;
before(async () => {
  // It keeps pages to come back to, and hides those that are not in front.
  stage = await openStage({ launch: { untouched: true } });
  ({ sandbox, page } = stage);
}, patient);
beforeEach(async () => {
  await stage.ready({ keep: "1" });
  stage.freshConnections();
}, patient);
afterEach(async () => {
  await stage.context.setOffline(false);
  for (const letGo of held.splice(0)) letGo();
  stage.assertTrust();
});
after(() => stage?.close());

const runs = () => sandbox.runs.length;
const promptMs = 3000;

/** @type {(() => void)[]} */
const held = [];
/** Something to wait for, until the test lets it go. */
function gate() {
  let letGo = () => {};
  const until = new Promise((resolve) => {
    letGo = () => resolve(undefined);
  });
  held.push(letGo);
  return { until, letGo };
}

/** Holds requests of a step. @param {keyof typeof road} name */
function hold(name) {
  const { until, letGo } = gate();
  const fault = sandbox.fault({ ...road[name].match, times: Infinity, effect: { until } });
  return {
    reached: fault.reached,
    letGo() {
      fault.remove();
      letGo();
    },
  };
}

/** The flow runs, and answers when it is let go. */
function holdFlow() {
  const { until, letGo } = gate();
  let started = () => {};
  const reached = new Promise((resolve) => {
    started = () => resolve(undefined);
  });
  sandbox.flow("echo").respond(async (run) => {
    started();
    await until;
    return { body: { youSent: run.body } };
  });
  return { reached, letGo };
}

/** As a cable that is pulled: what was under way ends, and nothing new goes out. */
async function goOffline() {
  // In this order: Chromium does not tell of a connection's end while it plays offline.
  sandbox.closeConnections();
  await stage.context.setOffline(true);
}
const goOnline = () => stage.context.setOffline(false);

/** A client whose backoffs can be waited for. */
async function clientWithBackoffs(options = {}) {
  await stage.get(async (given) => {
    Math.random = () => 0.9;
    const retries = [];
    window.retried = new Promise((resolve) => {
      const onEvent = ({ type, ...event }) => {
        if (type !== "retry") return;
        retries.push(event);
        resolve();
      };
      window.making = window.e2e.client({ ...given, onEvent });
    });
    window.client = await window.making;
    delete window.making;
  }, options);
  return { backsOff: () => page.evaluate(() => window.retried) };
}

const says = (error) => ({ code: error?.code, stage: error?.stage, mayHaveRun: error?.mayHaveRun });

describe("a page without a network", () => {
  test("is told so, and its client works when there is one again", patient, async () => {
    await stage.client({ maxAttempts: 1 });
    await goOffline();
    await stage.failing({ ...road.row.says, code: "network", retryable: true });
    await goOnline();
    await stage.call();
    assert.equal(runs(), 1);
  });

  test("that comes back in a backoff has lost nothing", patient, async () => {
    const { backsOff } = await clientWithBackoffs();
    await goOffline();
    await stage.start();
    await backsOff();
    await goOnline();
    const { value, error } = await stage.settled();
    assert.equal(value?.status, 200, error?.message);
    assert.equal(runs(), 1);
  });

  for (const name of ["row", "discovery"]) {
    test(`that is lost while the ${name} is asked for goes on where it was`, patient, async () => {
      const { backsOff } = await clientWithBackoffs();
      const { reached, letGo } = hold(name);
      await stage.start();
      await reached;
      await goOffline();
      await backsOff();
      letGo();
      await goOnline();
      const { value, error } = await stage.settled();
      assert.equal(value?.status, 200, error?.message);
      assert.equal(runs(), 1);
    });
  }

  test(
    "that is lost while the flow runs: it may have run, and is left alone",
    patient,
    async () => {
      await clientWithBackoffs();
      const { reached, letGo } = holdFlow();
      await stage.start();
      await reached;
      await goOffline();
      const { error } = await stage.settled();
      assert.deepEqual(says(error), { ...road.invoke.says, code: "network" });
      await goOnline();
      letGo();
      await sleep(300);
      assert.equal(runs(), 1);
      await stage.call();
      assert.deepEqual([runs(), stage.counts().flowApi], [2, 1]);
    },
  );

  test(
    "that is lost while the flow runs: it runs anew where that is harmless",
    patient,
    async () => {
      const { backsOff } = await clientWithBackoffs();
      const { reached, letGo } = holdFlow();
      await stage.start({ options: { idempotent: true } });
      await reached;
      await goOffline();
      await backsOff();
      letGo();
      await goOnline();
      const { value, error } = await stage.settled();
      assert.equal(value?.attempts, 2, error?.message);
      assert.equal(runs(), 2);
    },
  );
});

describe("a page that nobody looks at, whose timers come once a second", () => {
  let other;
  let cdp;
  before(async () => {
    other = await stage.context.newPage();
    cdp = await stage.context.newCDPSession(page);
    await page.bringToFront();
  }, patient);
  after(() => other?.close());
  afterEach(async () => {
    await wake();
    await page.bringToFront();
  }, patient);

  async function hide() {
    await other.bringToFront();
    await page.waitForFunction(() => document.hidden, null, { polling: 50 });
  }
  /** As the browser does to pages that were hidden for minutes: nothing runs in them. */
  async function freeze() {
    await page.evaluate(() => {
      window.froze = false;
      document.addEventListener("freeze", () => {
        window.froze = true;
      });
    });
    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
  }
  const wake = () => cdp.send("Page.setWebLifecycleState", { state: "active" });

  test("is one whose timers do", patient, async () => {
    await hide();
    const ms = await page.evaluate(async () => {
      const started = performance.now();
      for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setTimeout(done, 10));
      return performance.now() - started;
    });
    assert.ok(ms > 1500, `three of 10 ms took ${ms} ms`);
  });

  test("has its answers as soon as any other", patient, async () => {
    await stage.client();
    await hide();
    const { data, durationMs } = await stage.call({ body: { hidden: true } });
    assert.deepEqual(data.youSent, { hidden: true });
    // No step of a call waits for a timer.
    assert.ok(durationMs < 1000, `after ${durationMs} ms`);
  });

  test("tries again what fails, if later", patient, async () => {
    await clientWithBackoffs();
    await hide();
    const fault = sandbox.fault({ ...road.discovery.match, effect: { status: 503 } });
    await stage.call();
    assert.deepEqual([fault.hits, runs()], [1, 1]);
  });

  // That the page's timers are slowed down, the first of these tests says; this one would pass without.
  test("ends a call whose time is up, if later", patient, async () => {
    await stage.client();
    const { letGo } = hold("invoke");
    await hide();
    const expected = { ...road.invoke.says, code: "timeout" };
    const { ms } = await stage.failing(expected, { options: { timeoutMs: 300 } });
    assert.ok(ms >= 295 && ms < 1300 + promptMs, `after ${ms} ms`);
    letGo();
    await stage.call();
  });

  test("and that is frozen while the flow runs has its answer when it thaws", patient, async () => {
    await stage.client();
    const { reached, letGo } = holdFlow();
    await stage.start({ body: { frozen: true } });
    await reached;
    await hide();
    await freeze();
    letGo();
    await sleep(300);
    await wake();
    const { value, error } = await stage.settled();
    assert.deepEqual(value?.data.youSent, { frozen: true }, error?.message);
    assert.equal(await page.evaluate(() => window.froze), true);
    assert.equal(runs(), 1);
  });

  test("and that is frozen for longer than its call had time is told so", patient, async () => {
    await stage.client();
    const { reached, letGo } = holdFlow();
    await stage.start({ options: { timeoutMs: 500 } });
    await reached;
    await hide();
    await freeze();
    await sleep(1500);
    await wake();
    const { error } = await stage.settled();
    assert.equal(await page.evaluate(() => window.froze), true);
    assert.deepEqual(says(error), { ...road.invoke.says, code: "timeout" });
    letGo();
    assert.equal(runs(), 1);
    await stage.call();
  });
});

describe("a page that is left while it calls", () => {
  const leave = () => page.goto("about:blank");

  /** Back to the page as it was left, which `pageshow` tells. */
  async function comeBack() {
    await page.goBack({ waitUntil: "commit" });
    await page.waitForFunction(() => window.shown !== undefined);
    assert.equal(await page.evaluate(() => window.shown), true, "it was kept");
    await page.evaluate(() => {
      delete window.shown;
    });
  }

  const tellWhenShown = () =>
    page.evaluate(() => {
      window.addEventListener("pageshow", ({ persisted }) => {
        window.shown = persisted;
      });
    });

  /** Nothing is under way in the page's registry, and the client knows the flow's URL. */
  async function assertTidy() {
    const flights = await page.evaluate(() => window["entra-flow/page/1"].flights.size);
    assert.equal(flights, 0);
    sandbox.requests.length = 0;
    await stage.call();
    assert.deepEqual(stage.counts(), { dataverse: 0, flowApi: 0, trigger: 1 });
  }

  test("and reloaded makes no other request, and the new page works", patient, async () => {
    await stage.client();
    const { reached, letGo } = holdFlow();
    await stage.start();
    await reached;
    await stage.open({ keep: "1" });
    letGo();
    await sleep(200);
    assert.deepEqual([runs(), stage.counts().trigger], [1, 1]);
    await stage.client();
    await stage.call();
    assert.equal(runs(), 2);
    await assertTidy();
  });

  test("while the flow runs finds its answer when it comes back", patient, async () => {
    await tellWhenShown();
    await stage.client();
    const { reached, letGo } = holdFlow();
    await stage.start({ body: { left: true } });
    await reached;
    await leave();
    await comeBack();
    letGo();
    const { value, error } = await stage.settled();
    assert.deepEqual(value?.data.youSent, { left: true }, error?.message);
    assert.equal(runs(), 1);
    await assertTidy();
  });

  test(
    "is answered while it is away, and finds the answer when it comes back",
    patient,
    async () => {
      await tellWhenShown();
      await stage.client();
      const { reached, letGo } = holdFlow();
      await stage.start({ body: { away: true } });
      await reached;
      await leave();
      letGo();
      await sleep(200);
      await comeBack();
      const { value, error } = await stage.settled();
      assert.deepEqual(value?.data.youSent, { away: true }, error?.message);
      assert.equal(runs(), 1);
      await assertTidy();
    },
  );

  for (const name of ["row", "discovery"]) {
    test(`while the ${name} is asked for goes on when it comes back`, patient, async () => {
      await tellWhenShown();
      await stage.client();
      const { reached, letGo } = hold(name);
      await stage.start();
      await reached;
      await leave();
      await comeBack();
      // Nothing of the flow happened behind the user's back.
      assert.equal(runs(), 0);
      letGo();
      const { value, error } = await stage.settled();
      assert.equal(value?.status, 200, error?.message);
      assert.equal(runs(), 1);
      await assertTidy();
    });
  }

  test("for longer than its call had time is told so when it comes back", patient, async () => {
    await tellWhenShown();
    await stage.client();
    const { reached, letGo } = holdFlow();
    await stage.start({ options: { timeoutMs: 500 } });
    await reached;
    await leave();
    await sleep(700);
    await comeBack();
    const { error } = await stage.settled();
    assert.deepEqual(says(error), { ...road.invoke.says, code: "timeout" });
    letGo();
    assert.equal(runs(), 1);
    await assertTidy();
  });
});
