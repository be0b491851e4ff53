/** A call from the page to the flow and back, request by request. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { openPage, patient } from "./page.mjs";

let e2e;
before(async () => {
  e2e = await openPage();
}, patient);
beforeEach(() => e2e.as("ada"), patient);
after(() => e2e?.close());

test(
  "a cold call makes one request of each kind, a warm call the last alone",
  patient,
  async () => {
    const { host, environmentHost } = e2e.sandbox.world.orgs.contoso;
    const first = await e2e.get(async (id) => {
      window.client = await window.e2e.client();
      return window.client.flow(id).invoke({ orderNumber: "1" });
    }, e2e.id("echo"));
    assert.deepEqual(first.data.youSent, { orderNumber: "1" });
    assert.equal(first.attempts, 1);
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 1 });
    assert.deepEqual(
      e2e.sent("dataverse", "flowApi", "trigger").map((request) => request.host),
      [host, "api.flow.microsoft.com", environmentHost],
    );
    await e2e.get((id) => window.client.flow(id).invoke({ orderNumber: "2" }), e2e.id("echo"));
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 2 });
    assert.equal(e2e.sandbox.runs.length, 2);
    e2e.assertTrust();
  },
);

test(
  "where steps take long the page has its turn between those of a first call, and not in later ones",
  patient,
  async () => {
    await e2e.open();
    const [first, later] = await e2e.get(async (id) => {
      // A millisecond goes by between any two looks at the clock: a processor on which everything is slow.
      const now = performance.now.bind(performance);
      let looks = 0;
      performance.now = () => {
        looks += 1;
        return now() + looks;
      };
      const client = await window.e2e.client();
      let turns = 0;
      const { scheduler } = window;
      const real = scheduler.postTask;
      scheduler.postTask = (...given) => {
        turns += 1;
        return real.apply(scheduler, given);
      };
      const call = () => client.flow(id).invoke();
      const turnsOf = async (calls) => {
        const before = turns;
        for (let made = 0; made < calls; made += 1) await call();
        return turns - before;
      };
      const of = [await turnsOf(1)];
      await turnsOf(10);
      return [...of, await turnsOf(10)];
    }, e2e.id("echo"));
    assert.ok(first > 1, `${first} turns`);
    assert.equal(later, 0);
  },
);

test("twenty calls at once make one discovery", patient, async () => {
  const answers = await e2e.get(async (id) => {
    const client = await window.e2e.client();
    const calls = Array.from({ length: 20 }, (_, call) => client.flow(id).invoke({ call }));
    return (await Promise.all(calls)).map(({ data }) => data.youSent.call);
  }, e2e.id("echo"));
  assert.deepEqual(answers, [...Array(20).keys()]);
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 20 });
});

test("a refused token is renewed once", patient, async () => {
  const id = e2e.id("echo");
  await e2e.get(async (flow) => {
    window.client = await window.e2e.warm(flow);
  }, id);
  e2e.sandbox.expireTokens();
  const answer = await e2e.get((flow) => window.client.flow(flow).invoke(), id);
  assert.equal(answer.attempts, 2);
  assert.deepEqual(
    e2e.sent("trigger").map(({ status }) => status),
    [401, 200],
  );
});

test(
  "with one attempt, the next call renews the token and looks for the flow",
  patient,
  async () => {
    const id = e2e.id("echo");
    await e2e.get(async (flow) => {
      window.client = await window.e2e.warm(flow, { maxAttempts: 1 });
    }, id);
    const invoke = (flow) => window.client.flow(flow).invoke();
    e2e.sandbox.expireTokens();
    await e2e.fail({ code: "unauthorized", stage: "invoke", mayHaveRun: false }, invoke, id);
    await e2e.get(invoke, id);
    e2e.sandbox.flow("echo").recreate();
    await e2e.fail({ code: "flow_gone", stage: "invoke", mayHaveRun: false }, invoke, id);
    await e2e.get(invoke, id);
    assert.deepEqual(
      e2e.sent("trigger").map(({ status }) => status),
      [401, 200, 404, 200],
    );
  },
);

test("a flow that was made anew is discovered once more", patient, async () => {
  const id = e2e.id("echo");
  await e2e.get(async (flow) => {
    window.client = await window.e2e.warm(flow);
  }, id);
  e2e.sandbox.flow("echo").recreate();
  const before = e2e.counts();
  await e2e.get((flow) => window.client.flow(flow).invoke(), id);
  assert.equal(e2e.counts().flowApi, before.flowApi + 1);
  assert.equal(e2e.sandbox.runs.length, 1);
});

for (const [key, expected] of Object.entries({
  off: { code: "workflow_off", stage: "workflow", mayHaveRun: false },
  suspended: { code: "workflow_off", stage: "workflow", mayHaveRun: false },
  buttonTrigger: { code: "trigger_not_http", stage: "discovery", mayHaveRun: false },
  anyone: { code: "sas_refused", mayHaveRun: false },
  noResponse: { code: "no_response", stage: "invoke", mayHaveRun: true },
  failing: { code: "flow_failed", stage: "invoke", status: 400, mayHaveRun: true },
  badJson: { code: "output_invalid", stage: "invoke", mayHaveRun: true },
})) {
  test(`${key} is ${expected.code}`, patient, async () => {
    const call = async (id) => (await window.e2e.client()).flow(id).invoke({});
    await e2e.fail(expected, call, e2e.id(key));
    e2e.assertTrust();
  });
}

test("a web resource in a frame finds the Xrm of the form that it is on", patient, async () => {
  const { host } = e2e.sandbox.world.orgs.contoso;
  e2e.sandbox.page(host, "/e2e/web-resource.html", {
    body: `<!doctype html><title>A web resource</title><script src="/e2e/entra-flow.global.js"></script>`,
  });
  const answer = await e2e.get(async (id) => {
    const frame = document.createElement("iframe");
    frame.src = "/e2e/web-resource.html";
    await new Promise((loaded) => {
      frame.onload = loaded;
      document.body.append(frame);
    });
    const { EntraFlow, Xrm } = frame.contentWindow;
    const client = await EntraFlow.FlowClient.fromXrm(await window.e2e.msal(), {
      interaction: "none",
    });
    const { data } = await client.flow(id).invoke({ from: "a frame" });
    frame.remove();
    return { youSent: data.youSent, hasItsOwn: Xrm !== undefined };
  }, e2e.id("echo"));
  assert.deepEqual(answer, { youSent: { from: "a frame" }, hasItsOwn: false });
});
