/** Trigger URLs by environment variables, their publishing, and many flows at once. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
}, patient);
afterEach(() => e2e.assertTrust());
after(() => e2e?.close());

const call = (given) => window.e2e.call(given);
const byVariable = (environmentVariable, given = {}) => ({
  flow: { environmentVariable },
  body: { orderNumber: "7" },
  ...given,
});
const values = () => sandbox.rows("contoso", "environmentvariablevalue");
const published = (name) => values().find((row) => row.schemaname === name)?.value;
const writes = () => e2e.sent("dataverse").filter(({ method }) => method !== "GET");

describe("a flow by its environment variable", () => {
  test("runs for a user who may not read flows, with one query", patient, async () => {
    await e2e.as("bob");
    const answer = await e2e.get(async (given) => {
      window.client = await window.e2e.client();
      return window.client.flow(given.flow).invoke(given.body);
    }, byVariable("ef_EchoUrl"));
    assert.deepEqual(answer.data.youSent, { orderNumber: "7" });
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 0, trigger: 1 });
    await e2e.get(
      (given) => window.client.flow(given.flow).invoke(given.body),
      byVariable("ef_EchoUrl"),
    );
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 0, trigger: 2 });
    await e2e.fail({ code: "workflow_forbidden" }, call, { flow: e2e.id("echo") });
  });

  test("takes the default where there is no value", patient, async () => {
    await e2e.as("bob");
    await e2e.get(call, byVariable("ef_OrdersUrl"));
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 0, trigger: 1 });
  });

  for (const [name, code] of [
    ["ef_NoSuchUrl", "variable_not_found"],
    ["ef_EmptyUrl", "variable_empty"],
    ["ef_VaultUrl", "variable_empty"],
    ["ef_ForeignUrl", "untrusted_url"],
    ["ef_NotAUrl", "untrusted_url"],
    ["ef_AnyoneUrl", "sas_refused"],
  ]) {
    test(`${name}: ${code}`, patient, async () => {
      await e2e.as("bob");
      const expected = { code, stage: "discovery", mayHaveRun: false, retryable: false };
      const error = await e2e.fail(expected, call, byVariable(name));
      assert.match(error.message, new RegExp(name));
      assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 0, trigger: 0 });
    });
  }

  test("a user who may not read variables is told which rights are missing", patient, async () => {
    await e2e.as("eve");
    const expected = { code: "discovery_forbidden", serviceCode: "0x80040220" };
    const error = await e2e.fail(expected, call, byVariable("ef_EchoUrl"));
    assert.match(error.hint, /Read on Environment Variable Definition/);
  });

  test("a SAS URL is used without a token where it is allowed", patient, async () => {
    await e2e.as("bob");
    await e2e.get(call, byVariable("ef_AnyoneUrl", { client: { sas: "allow" } }));
    assert.equal(e2e.sent("trigger")[0].headers.authorization, undefined);
    const url = await e2e.get(async (given) => {
      const client = await window.e2e.client({ sas: "allow" });
      return client.flow(given.flow).callbackUrl();
    }, byVariable("ef_AnyoneUrl"));
    assert.match(url, /sig=\[redacted\]/);
  });

  for (const name of ["ef_EchoUrl' or schemaname ne '", "ef_%27", "1a", "", 7, "x".repeat(101)]) {
    test(`no schema name: ${JSON.stringify(name).slice(0, 40)}`, patient, async () => {
      await e2e.as("bob");
      const error = await e2e.fail({ code: "invalid_argument" }, call, byVariable(name));
      assert.match(error.message, /^environmentVariable: /);
      assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
    });
  }

  test("a stale URL is read once more, and the error says to publish again", patient, async () => {
    await e2e.as("bob");
    sandbox.flow("echo").recreate();
    const error = await e2e.fail(
      { code: "flow_gone" },
      async (given) => {
        window.client = await window.e2e.client();
        return window.client.flow(given.flow).invoke(given.body);
      },
      byVariable("ef_EchoUrl"),
    );
    assert.match(error.hint, /publish/);
    assert.deepEqual(e2e.counts(), { dataverse: 2, flowApi: 0, trigger: 1 });
    values().find((row) => row.schemaname === "ef_EchoUrl").value = sandbox
      .flow("echo")
      .triggerUrl();
    await e2e.get(
      (given) => window.client.flow(given.flow).invoke(given.body),
      byVariable("ef_EchoUrl"),
    );
  });
});

const publish = ({ map, client }) =>
  window.e2e.client(client).then(async (made) => {
    const results = await made.publish(map);
    return results.map(({ error, ...rest }) => ({
      ...rest,
      ...(error && { code: error.code, isFlowError: error instanceof window.EntraFlow.FlowError }),
    }));
  });
const entry = (key, environmentVariable) => ({ workflowId: e2e.id(key), environmentVariable });
const named = (key, environmentVariable) => ({
  ...entry(key, environmentVariable),
  trigger: sandbox.world.flows[key].trigger.name,
});

describe("publish", () => {
  test("creates, updates, leaves alone, and fails one by one", patient, async () => {
    await e2e.as("ada");
    sandbox.flow("orders").recreate();
    const map = [
      entry("echo", "ef_EchoUrl"),
      entry("orders", "ef_OrdersUrl"),
      entry("text", "ef_ForeignUrl"),
      entry("slow", "ef_EmptyUrl"),
      entry("off", "ef_NotAUrl"),
      entry("empty", "ef_NoSuchUrl"),
      entry("anyone", "ef_AnyoneUrl"),
    ];
    const failed = (code) => ({ outcome: "failed", code, isFlowError: true });
    const expected = [
      { outcome: "unchanged" },
      { outcome: "created" },
      { outcome: "updated" },
      { outcome: "created" },
      failed("workflow_off"),
      failed("variable_not_found"),
      failed("sas_refused"),
    ].map((rest, index) => ({ ...map[index], trigger: "manual", ...rest }));
    const before = published("ef_AnyoneUrl");
    assert.deepEqual(await e2e.get(publish, { map }), expected);
    for (const [key, name] of [
      ["echo", "ef_EchoUrl"],
      ["orders", "ef_OrdersUrl"],
      ["text", "ef_ForeignUrl"],
      ["slow", "ef_EmptyUrl"],
    ]) {
      assert.equal(published(name), sandbox.flow(key).triggerUrl(), name);
    }
    assert.equal(published("ef_NotAUrl"), "to be done");
    assert.equal(published("ef_AnyoneUrl"), before);
    assert.equal(writes().length, 3);

    const again = await e2e.get(publish, { map: map.slice(0, 4) });
    assert.deepEqual(
      again.map(({ outcome }) => outcome),
      ["unchanged", "unchanged", "unchanged", "unchanged"],
    );
    assert.equal(writes().length, 3);
  });

  test("a trigger of another name is published by its name, and called", patient, async () => {
    await e2e.as("ada");
    const map = [named("otherTriggerName", "ef_EmptyUrl")];
    const [result] = await e2e.get(publish, { map });
    assert.deepEqual(result, { ...map[0], outcome: "created" });
    assert.equal(published("ef_EmptyUrl"), sandbox.flow("otherTriggerName").triggerUrl());
    const { data } = await e2e.get(call, byVariable("ef_EmptyUrl"));
    assert.equal(data.message, "Hello from the flow");
  });

  test("what a maker published, an end user calls", patient, async () => {
    await e2e.as("ada");
    await e2e.get(publish, { map: [entry("echo", "ef_EmptyUrl")] });
    const rows = structuredClone(values());
    await e2e.as("bob");
    values().push(...rows.filter((row) => row.schemaname === "ef_EmptyUrl"));
    const answer = await e2e.get(call, byVariable("ef_EmptyUrl"));
    assert.deepEqual(answer.data.youSent, { orderNumber: "7" });
  });

  test("a SAS URL is published where it is allowed, and is in no result", patient, async () => {
    await e2e.as("ada");
    const given = { map: [entry("anyone", "ef_EmptyUrl")], client: { sas: "allow" } };
    e2e.secrets.allow(/^request to dataverse [^,]+, body$/);
    const results = await e2e.get(publish, given);
    assert.deepEqual(results, [{ ...given.map[0], trigger: "manual", outcome: "created" }]);
    assert.equal(published("ef_EmptyUrl"), sandbox.flow("anyone").triggerUrl());
  });

  test("an end user can't", patient, async () => {
    await e2e.as("bob");
    const [result] = await e2e.get(publish, { map: [entry("echo", "ef_EmptyUrl")] });
    assert.equal(result.code, "workflow_forbidden");
    assert.equal(writes().length, 0);
  });

  test("a user who may read variables and not write them is told so", patient, async () => {
    await e2e.as("ada");
    sandbox.world.roles.maker.environmentvariablevalue = ["Read"];
    try {
      const [result] = await e2e.get(publish, { map: [entry("echo", "ef_EmptyUrl")] });
      assert.equal(result.code, "unauthorized");
    } finally {
      sandbox.world.roles.maker.environmentvariablevalue = ["Read", "Create", "Write", "Delete"];
    }
  });

  for (const [map, field] of [
    [undefined, /^map: /],
    [{}, /^map: /],
    [[null], /^map\[0\]\.workflowId: /],
    [[{ workflowId: "x", environmentVariable: "ef_A" }], /^map\[0\]\.workflowId: /],
    [
      [{ workflowId: "9b2e4c70-6d1f-ee11-8179-000d3a2b0001", environmentVariable: "a'b" }],
      /^map\[0\]\.environmentVariable: /,
    ],
    [
      ["ef_A", "EF_a"].map((environmentVariable) => ({
        workflowId: "9b2e4c70-6d1f-ee11-8179-000d3a2b0001",
        environmentVariable,
      })),
      /^map\[1\]\.environmentVariable: /,
    ],
  ]) {
    test(`refuses ${JSON.stringify(map)} before anything is sent`, patient, async () => {
      await e2e.as("ada");
      const error = await e2e.fail({ code: "invalid_argument" }, publish, { map });
      assert.match(error.message, field);
      assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
    });
  }
});

describe("prefetch", () => {
  const keys = ["echo", "text", "slow", "empty", "quiet"];

  test("is one query, and the calls after it are warm", patient, async () => {
    await e2e.as("ada");
    const ids = keys.map(e2e.id);
    await e2e.get(async (flows) => {
      window.client = await window.e2e.client();
      await window.client.prefetch(flows);
    }, ids);
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: keys.length, trigger: 0 });
    await e2e.get((flow) => window.client.flow(flow).invoke(), ids[0]);
    await e2e.get((flows) => window.client.prefetch(flows), ids);
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: keys.length, trigger: 1 });
  });

  test("tells each flow that failed, and has the others ready", patient, async () => {
    await e2e.as("ada");
    const missing = "00000000-0000-4000-8000-000000000000";
    const ids = [e2e.id("echo"), e2e.id("off"), missing, e2e.id("anyone"), e2e.id("text")];
    const failures = await e2e.get(async (flows) => {
      window.client = await window.e2e.client();
      const error = await window.client.prefetch(flows).catch((thrown) => thrown);
      return error.failures.map((one) => [
        one.workflowId,
        one.error.code,
        one.error instanceof window.EntraFlow.FlowError,
      ]);
    }, ids);
    assert.deepEqual(failures, [
      [ids[1], "workflow_off", true],
      [missing, "workflow_not_found", true],
      [ids[3], "sas_refused", true],
    ]);
    const counts = e2e.counts();
    assert.deepEqual([counts.dataverse, counts.flowApi], [1, 3]);
    await e2e.get((flow) => window.client.flow(flow).invoke(), ids[4]);
    assert.equal(e2e.counts().flowApi, 3);
  });

  test("splits what is too long for one URL", patient, async () => {
    await e2e.as("ada");
    const ids = Array.from(
      { length: 150 },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    );
    const error = await e2e.fail(
      { code: "workflow_not_found", stage: "workflow" },
      (flows) => window.e2e.client().then((client) => client.prefetch(flows)),
      [e2e.id("echo"), ...ids],
    );
    assert.match(error.message, /Flows without a trigger URL/);
    const lengths = e2e.sent("dataverse").map(({ path }) => path.length);
    assert.equal(lengths.length, 2);
    assert.equal(e2e.counts().flowApi, 1);
  });

  for (const [ids, field] of [
    [undefined, /^workflowIds: /],
    ["9b2e4c70-6d1f-ee11-8179-000d3a2b0001", /^workflowIds: /],
    [["9b2e4c70-6d1f-ee11-8179-000d3a2b0001", "x"], /^workflowIds\[1\]: /],
  ]) {
    test(`refuses ${JSON.stringify(ids)} before anything is sent`, patient, async () => {
      await e2e.as("ada");
      const error = await e2e.fail(
        { code: "invalid_argument" },
        (given) => window.e2e.client().then((client) => client.prefetch(given.ids)),
        { ids },
      );
      assert.match(error.message, field);
      assert.equal(e2e.counts().dataverse, 0);
    });
  }
});
