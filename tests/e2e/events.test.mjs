/** What `onEvent` and the browser's timeline are told of a call. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { throttled } from "../sandbox/faults.mjs";
import { openPage, patient } from "./page.mjs";

let e2e;
before(async () => {
  e2e = await openPage();
}, patient);
beforeEach(() => e2e.as("ada"), patient);
after(() => e2e?.close());

/** The events of what `work` does with a client, and the time around it. */
async function eventsOf(work, argument) {
  const told = await e2e.get(
    `async (argument) => {
      const events = [];
      const began = performance.now();
      const client = await window.e2e.client({ onEvent: (event) => events.push(event) });
      await (${work})(client, argument);
      return { events, began, ended: performance.now() };
    }`,
    argument,
  );
  e2e.assertKeepsSecrets([JSON.stringify(told.events)]);
  assert.ok(!JSON.stringify(told.events).includes("://"), "an event has a URL in it");
  return told;
}

/** An event without its times. */
const untimed = ({ startTime, durationMs, ...event }) => event;

test("a cold and a warm call are told step by step, with times", patient, async () => {
  const workflowId = e2e.id("echo");
  const { events, began, ended } = await eventsOf(async (client, id) => {
    await client.flow(id).invoke({ secret: "GEHEIM" });
    await client.flow(id).invoke({ secret: "GEHEIM" });
  }, workflowId);
  const byType = (type) => events.filter((event) => event.type === type).map(untimed);
  assert.deepEqual(byType("token")[0], { type: "token", way: "silent", forced: false });
  assert.deepEqual(byType("workflow"), [{ type: "workflow", workflowId }]);
  const url = { type: "callbackUrl", workflowId, trigger: "manual" };
  assert.deepEqual(byType("callbackUrl"), [
    { ...url, cache: "miss", status: 200 },
    { ...url, cache: "hit" },
  ]);
  const invokes = byType("invoke");
  assert.equal(invokes.length, 2);
  for (const { runId: _, ...invoke } of invokes) {
    const expected = { type: "invoke", workflowId, method: "POST", attempt: 1, status: 200 };
    assert.deepEqual(invoke, expected);
  }
  for (const { type, startTime, durationMs } of events) {
    assert.ok(startTime >= began && startTime + durationMs <= ended + 1, type);
    assert.ok(durationMs >= 0, type);
  }
  assert.ok(events.find(({ type }) => type === "invoke").durationMs > 0);
  assert.ok(!JSON.stringify(events).includes("GEHEIM"));
});

test("a call by environment variable tells of the variable, read and known", patient, async () => {
  const environmentVariable = "ef_EchoUrl";
  const { events } = await eventsOf(async (client, name) => {
    await client.flow({ environmentVariable: name }).invoke();
    await client.flow({ environmentVariable: name }).invoke();
  }, environmentVariable);
  const byType = (type) => events.filter((event) => event.type === type).map(untimed);
  const variable = { type: "variable", environmentVariable };
  assert.deepEqual(byType("variable"), [variable, { ...variable, cache: "hit" }]);
  assert.deepEqual(
    byType("invoke").map((invoke) => [invoke.workflowId, invoke.environmentVariable]),
    Array(2).fill([undefined, environmentVariable]),
  );
});

test("a throttled call tells of its wait and of the second attempt", patient, async () => {
  e2e.sandbox.fault({ kind: "trigger", effect: throttled(1) });
  const { events } = await eventsOf((client, id) => client.flow(id).invoke(), e2e.id("echo"));
  const last = events.slice(-3).map(({ type, status, attempt, error }) => ({
    ...{ type, status, attempt, error },
  }));
  assert.deepEqual(last, [
    { type: "invoke", status: 429, attempt: 1, error: "throttled" },
    { type: "retry", status: 429, attempt: 1, error: "throttled" },
    { type: "invoke", status: 200, attempt: 2, error: undefined },
  ]);
  const [first, wait, second] = events.slice(-3);
  assert.ok(second.startTime - first.startTime >= wait.durationMs * 0.9);
});

test("an expired token is told as a forced one", patient, async () => {
  const { events } = await eventsOf(async (client, id) => {
    await client.flow(id).callbackUrl();
  }, e2e.id("echo"));
  assert.ok(events.some(({ type }) => type === "token"));
  await e2e.get(async (id) => {
    window.told = [];
    window.client = await window.e2e.client({ onEvent: (event) => window.told.push(event) });
    await window.client.flow(id).callbackUrl();
  }, e2e.id("echo"));
  e2e.sandbox.expireTokens();
  const told = await e2e.get(async (id) => {
    await window.client.flow(id).invoke();
    return window.told;
  }, e2e.id("echo"));
  const forced = told.filter(({ type, forced: was }) => type === "token" && was);
  assert.equal(forced.length, 1);
  e2e.assertKeepsSecrets([JSON.stringify(told)]);
});

test("a failed call tells at which step and why", patient, async () => {
  const { events } = await eventsOf(
    (client, id) =>
      client
        .flow(id)
        .invoke()
        .catch(() => undefined),
    e2e.id("buttonTrigger"),
  );
  const failed = events.filter(({ error }) => error).map(untimed);
  assert.equal(failed.length, 1);
  assert.equal(failed[0].error, "trigger_not_http");
  assert.equal(failed[0].type, "callbackUrl");
  assert.equal(failed[0].status, 400);
});

test("the timeline has the steps where it is asked for, and nothing else", patient, async () => {
  const entries = await e2e.get(async (id) => {
    const measures = () =>
      performance
        .getEntriesByType("measure")
        .filter(({ name }) => name.startsWith("entra-flow"))
        .map(({ name, duration, detail }) => ({ name, duration, detail }));
    await (await window.e2e.client()).flow(id).invoke();
    const without = measures();
    await (await window.e2e.client({ userTiming: true })).flow(id).invoke();
    return { without, with: measures() };
  }, e2e.id("echo"));
  assert.deepEqual(entries.without, []);
  assert.deepEqual([...new Set(entries.with.map(({ name }) => name))].sort(), [
    "entra-flow: callbackUrl",
    "entra-flow: invoke",
    "entra-flow: token",
    "entra-flow: workflow",
  ]);
  for (const { duration, detail } of entries.with) {
    assert.ok(Math.abs(duration - detail.durationMs) < 0.5);
  }
  e2e.assertKeepsSecrets([JSON.stringify(entries)]);
});

test(
  "a callback that throws, rejects or calls back into the client changes nothing",
  patient,
  async () => {
    const found = await e2e.get(async (id) => {
      const unhandled = [];
      const note = (event) => unhandled.push(String(event.reason ?? event.message));
      addEventListener("unhandledrejection", note);
      addEventListener("error", note);
      const callbacks = {
        throws: () => {
          throw new Error("the callback's own");
        },
        rejects: async () => {
          throw new Error("the callback's own");
        },
        "throws null": () => {
          throw null;
        },
        "returns a trap": () =>
          new Proxy(
            {},
            {
              get() {
                throw new Error("a trap");
              },
            },
          ),
        clears: () => window.client?.clearCache(),
        calls: () => {
          if (window.again) window.again = void window.client?.flow(id).callbackUrl();
        },
      };
      const statuses = {};
      for (const [name, onEvent] of Object.entries(callbacks)) {
        window.again = true;
        window.client = await window.e2e.client({ onEvent });
        statuses[name] = (await window.client.flow(id).invoke({ name })).status;
      }
      await new Promise((passed) => setTimeout(passed, 50));
      return { statuses: Object.values(statuses), unhandled };
    }, e2e.id("echo"));
    assert.deepEqual(found, { statuses: Array(6).fill(200), unhandled: [] });
    assert.equal(e2e.counts().trigger, 6);
  },
);

test("an onEvent that is no function is an error, and userTiming a flag", patient, async () => {
  for (const options of [{ onEvent: "console.log" }, { onEvent: {} }, { userTiming: "yes" }]) {
    const name = Object.keys(options)[0];
    const error = await e2e.fail(
      { code: "invalid_argument", stage: "options" },
      (given) => window.e2e.client(given),
      options,
    );
    assert.ok(error.message.includes(name), error.message);
  }
});
