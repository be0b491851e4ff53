/** `httpFlows()`: what a maker sees of the flows in the org, by the web API of the page. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPage, patient } from "./page.mjs";

/** Real definitions, which are other people's and so not in the project. */
const real =
  process.env.FLOW_DEFINITIONS ??
  fileURLToPath(new URL("../../../shared/fixtures/flows", import.meta.url));

let e2e;
before(async () => {
  e2e = await openPage();
}, patient);
afterEach(() => e2e.assertTrust());
after(() => e2e?.close());

const list = async () => (await window.e2e.client()).httpFlows();
const named = (flows, name) => flows.find((flow) => flow.name === name);

/** Puts rows into contoso's table, each a copy of the first with changes. */
function addRows(changes) {
  const rows = e2e.sandbox.rows("contoso", "workflow");
  const [first] = rows;
  const added = changes.map((change, index) => ({
    ...first,
    workflowid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    ...change,
  }));
  rows.push(...added);
}

test(
  "every flow with an HTTP trigger is listed with its settings, and no other",
  patient,
  async () => {
    await e2e.as("ada");
    const flows = await e2e.get(list);
    const expected = Object.values(e2e.sandbox.world.flows).filter(
      ({ org, category, trigger }) =>
        org === "contoso" &&
        category === 5 &&
        trigger.type === "Request" &&
        trigger.kind === "Http",
    );
    assert.deepEqual(
      flows.map(({ workflowId }) => workflowId).sort(),
      expected.map(({ workflowId }) => workflowId).sort(),
    );
    const { ada } = e2e.sandbox.world.users;
    assert.deepEqual(named(flows, "Only for Ada"), {
      workflowId: e2e.id("onlyAda"),
      name: "Only for Ada",
      trigger: "manual",
      method: "POST",
      auth: "users",
      allowedUsers: [ada.oid],
      on: true,
    });
    assert.deepEqual(named(flows, "Reads one order"), {
      workflowId: e2e.id("getOrder"),
      name: "Reads one order",
      trigger: "manual",
      method: "GET",
      relativePath: "orders/{id}",
      auth: "tenant",
      allowedUsers: [],
      on: true,
    });
    assert.equal(named(flows, "Anyone may start this").auth, "anyone");
    assert.equal(named(flows, "Switched off").on, false);
    assert.equal(named(flows, "Suspended by a policy").on, false);
    const other = named(flows, "Its trigger has a name of its own");
    assert.equal(other.trigger, "When_a_HTTP_request_is_received");
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 0, trigger: 0 });
  },
);

test("the list is read to its last page", patient, async () => {
  await e2e.as("ada");
  const before = (await e2e.get(list)).length;
  addRows(Array.from({ length: 350 }, (_, index) => ({ name: `Copy ${index}` })));
  e2e.sandbox.requests.length = 0;
  const flows = await e2e.get(list);
  assert.equal(flows.length, before + 350);
  assert.equal(new Set(flows.map(({ workflowId }) => workflowId)).size, before + 350);
  assert.equal(e2e.counts().dataverse, 4);
});

test(
  "a broken definition keeps no other flow off the list, and a secret in one is not told",
  patient,
  async () => {
    await e2e.as("ada");
    const definition = (inputs) =>
      JSON.stringify({
        properties: {
          definition: {
            triggers: { manual: { type: "Request", kind: "Http", inputs } },
            actions: { HTTP: { inputs: { headers: { "x-api-key": "GEHEIM" } } } },
          },
        },
      });
    addRows([
      { name: "Half", clientdata: definition({}).slice(0, 60) },
      { name: "None", clientdata: null },
      { name: "No JSON", clientdata: "<xml/>" },
      { name: "Whole", clientdata: definition({ method: "PUT" }) },
    ]);
    const flows = await e2e.get(list);
    assert.equal(named(flows, "Whole").method, "PUT");
    for (const name of ["Half", "None", "No JSON"]) assert.equal(named(flows, name), undefined);
    assert.ok(named(flows, "Echo"));
    assert.doesNotMatch(JSON.stringify(flows), /GEHEIM/);
  },
);

test("a user without Read on workflow is told so", patient, async () => {
  await e2e.as("bob");
  await e2e.fail({ code: "workflow_forbidden", stage: "workflow", mayHaveRun: false }, list);
});

test("a real definition is on the list where its trigger is HTTP", {
  ...patient,
  skip: existsSync(real) ? false : `no real definitions in ${real}`,
}, async () => {
  await e2e.as("ada");
  const files = readdirSync(real).filter((name) => name.endsWith(".json"));
  addRows(files.map((name) => ({ name, clientdata: readFileSync(path.join(real, name), "utf8") })));
  const found = new Map((await e2e.get(list)).map((flow) => [flow.name, flow]));
  for (const name of files) {
    const { properties } = JSON.parse(readFileSync(path.join(real, name), "utf8"));
    const http = Object.values(properties.definition.triggers).find(
      ({ type, kind }) => type === "Request" && kind === "Http",
    );
    const { method, auth } = found.get(name) ?? {};
    const { method: written, triggerAuthenticationType } = http?.inputs ?? {};
    assert.equal(method, http && (written ?? "POST"), name);
    assert.equal(auth === "tenant", triggerAuthenticationType === "Tenant", name);
  }
});
