/** The record pattern: a row, a flow that works on it, and its result, with the org's real Web API. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { dataverseThrottled } from "../sandbox/faults.mjs";
import { openPage, patient } from "./page.mjs";

let e2e;
let table;
before(async () => {
  e2e = await openPage();
  table = e2e.sandbox.world.operationTable;
}, patient);
// Bob may not read the workflow table, which the record pattern does not need.
beforeEach(() => e2e.as("bob"), patient);
after(() => e2e?.close());

const rows = () => e2e.sandbox.rows("contoso", table.table);
const looks = () => e2e.sent("dataverse").filter(({ method }) => method === "GET");
const writes = () => e2e.sent("dataverse").filter(({ method }) => method !== "GET");

/** A whole operation in the page. */
const run = async ({ table, input, options }) =>
  (await window.e2e.client()).operation(table).run(input, options);

test("a run creates a row, waits for the flow and answers with its result", patient, async () => {
  const input = { order: 7, delayMs: 900 };
  const { id, data, elapsedMs } = await e2e.get(run, { table, input });
  assert.equal(data.message, "Done by the flow");
  assert.deepEqual(data.youSent, { order: 7 });
  assert.equal(data.createdBy, e2e.sandbox.world.users.bob.upn);
  assert.ok(elapsedMs >= 900, `${elapsedMs}`);
  assert.equal(rows().length, 1);
  assert.equal(rows()[0].ef_flowoperationid, id);
  assert.deepEqual(JSON.parse(rows()[0].ef_input), input);
  assert.equal(e2e.sandbox.runs.length, 1);
});

test("it needs neither a token nor the flow service", patient, async () => {
  await e2e.get(run, { table, input: "go" });
  assert.deepEqual(e2e.sent("entra", "flowApi", "trigger"), []);
  assert.ok(looks().length > 0);
  for (const { query } of looks()) assert.equal(query.$select, "ef_status,ef_result,ef_error");
});

test("it looks about twice in the first seconds, not as fast as it can", patient, async () => {
  await e2e.get(run, { table, input: { delayMs: 1500 } });
  assert.ok(looks().length >= 2 && looks().length <= 4, `${looks().length} looks`);
});

test("text goes as it is and comes back as it is", patient, async () => {
  const { data } = await e2e.get(run, { table, input: '{"badResult":true,"delayMs":10}' });
  assert.equal(data, "done, but not JSON");
  assert.equal(rows()[0].ef_input, '{"badResult":true,"delayMs":10}');
});

test("a row that failed is an error with the flow's words, redacted", patient, async () => {
  const fail = "No stock, said https://x.example/?sig=secret-signature to eyJhbGciOiJub25lIn0";
  const error = await e2e.fail(
    { code: "operation_failed", stage: "operation", mayHaveRun: true, retryable: false },
    run,
    { table, input: { fail, delayMs: 10 } },
  );
  assert.equal(
    error.message,
    "The operation failed: No stock, said https://x.example/?sig=[redacted] to [redacted]",
  );
});

test("a row that never ends is a timeout, and the flow goes on", patient, async () => {
  const { ms } = await e2e.fail({ code: "timeout", stage: "operation", mayHaveRun: true }, run, {
    table,
    input: { never: true },
    options: { timeoutMs: 1500 },
  });
  assert.ok(ms >= 1500 && ms < 3000, `${ms}`);
  assert.equal(rows()[0].ef_status, table.states.running);
});

test("a row that is deleted meanwhile ends the wait", patient, async () => {
  const error = await e2e.fail(
    { code: "operation_failed", stage: "operation", mayHaveRun: true },
    async (table) => {
      const operation = (await window.e2e.client()).operation(table);
      const id = await operation.start({ never: true });
      setTimeout(() => window.Xrm.WebApi.deleteRecord(table.table, id), 200);
      return operation.wait(id);
    },
    table,
  );
  assert.match(error.hint, /deleted/);
});

test("a wait is resumed in a new page from the id alone", patient, async () => {
  const id = await e2e.get(
    async (table) => (await window.e2e.client()).operation(table).start({ delayMs: 800 }),
    table,
  );
  await e2e.open({ user: "bob" });
  const result = await e2e.get(
    async ({ table, id }) =>
      (await window.e2e.client()).operation(table).wait(`{${id.toUpperCase()}}`),
    { table, id },
  );
  assert.equal(result.id, id);
  assert.equal(result.data.message, "Done by the flow");
  assert.equal(e2e.sandbox.runs.length, 1);
});

test("a row is deleted when it is done, where that is wanted", patient, async () => {
  const deleting = { ...table, deleteWhenDone: true };
  const { data } = await e2e.get(run, { table: deleting, input: { delayMs: 10 } });
  assert.equal(data.message, "Done by the flow");
  await assertSoon(() => rows().length === 0);
  await e2e.fail({ code: "operation_failed" }, run, { table: deleting, input: { fail: "no" } });
  assert.equal(rows().length, 1, "one that failed is kept");
});

test("progress has the id first; a callback that throws changes nothing", patient, async () => {
  const { heard, result } = await e2e.get(async (table) => {
    const heard = [];
    const operation = (await window.e2e.client()).operation(table);
    const unhandled = [];
    window.addEventListener("unhandledrejection", ({ reason }) => unhandled.push(String(reason)));
    const throws = (progress) => {
      heard.push(progress);
      throw new Error("the caller's own");
    };
    const rejects = async () => {
      throw new Error("the caller's own, later");
    };
    const result = await operation.run({ delayMs: 900 }, { onProgress: throws });
    await operation.run({ delayMs: 10 }, { onProgress: rejects });
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (unhandled.length > 0) throw new Error(unhandled.join());
    return { heard, result };
  }, table);
  const states = heard.map(({ status }) => status);
  assert.equal(states[0], table.states.pending);
  assert.equal(states.at(-1), table.states.completed);
  for (const { id, elapsedMs } of heard) {
    assert.equal(id, result.id);
    assert.ok(elapsedMs >= 0 && elapsedMs <= result.elapsedMs);
  }
});

test("an abort ends the wait and leaves the row", patient, async () => {
  const { ms } = await e2e.fail(
    { code: "aborted", stage: "operation", mayHaveRun: true },
    async (table) => {
      const operation = (await window.e2e.client()).operation(table);
      return operation.run({ never: true }, { signal: AbortSignal.timeout(700) });
    },
    table,
  );
  assert.ok(ms < 1500, `${ms}`);
  const before = looks().length;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(looks().length, before, "it goes on looking");
  assert.equal(rows().length, 1);
});

test("a create that may have worked is not repeated", patient, async () => {
  // Not a lost connection: Chromium itself would send the request again.
  const effect = { status: 502, body: "<h1>Bad Gateway</h1>", afterWork: true };
  e2e.sandbox.fault({ kind: "dataverse", method: "POST", effect });
  await e2e.fail({ code: "service_error", stage: "operation", mayHaveRun: true }, run, {
    table,
    input: "go",
  });
  assert.equal(writes().length, 1);
  assert.equal(rows().length, 1);
});

test("a throttled create is repeated, and makes one row", patient, async () => {
  const effect = dataverseThrottled(1);
  e2e.sandbox.fault({ kind: "dataverse", method: "POST", times: 2, effect });
  await e2e.get(run, { table, input: { delayMs: 10 } });
  assert.equal(writes().length, 3);
  assert.equal(rows().length, 1);
});

test("lost connections while it waits are outlived", patient, async () => {
  e2e.sandbox.fault({ kind: "dataverse", method: "GET", times: 3, effect: { drop: "before" } });
  const { data } = await e2e.get(run, { table, input: { delayMs: 10 } });
  assert.equal(data.message, "Done by the flow");
});

test("a user without Create is told what is missing, and no row is there", patient, async () => {
  await e2e.as("eve");
  const error = await e2e.fail(
    { code: "operation_failed", stage: "operation", mayHaveRun: false, serviceCode: "0x80040220" },
    run,
    { table, input: "go" },
  );
  assert.match(error.hint, /Create and Read/);
  assert.equal(rows().length, 0);
});

test("a token is not written into a row, wherever it is in the input", patient, async () => {
  const error = await e2e.fail(
    { code: "invalid_argument", mayHaveRun: false },
    async (table) => {
      const instance = await window.e2e.msal();
      const { accessToken } = await instance.acquireTokenSilent({
        scopes: ["https://service.flow.microsoft.com//.default"],
        account: instance.getAllAccounts()[0],
      });
      const input = { order: 7, headers: [{ auth: `Bearer ${accessToken}` }] };
      return (await window.e2e.client()).operation(table).run(input);
    },
    table,
  );
  assert.match(error.message, /^input: /);
  assert.deepEqual(e2e.sent("dataverse"), []);
});

test("what can't be used is named before anything is sent", patient, async () => {
  const { states } = table;
  for (const [field, change] of [
    ["table", { table: "ef_flowoperation(1)/x" }],
    ["table", { table: undefined }],
    ["input", { input: "ef_a&$expand=owninguser" }],
    ["result", { result: "ef_result,ef_input" }],
    ["status", { status: 7 }],
    ["error", { error: "EF_Error" }],
    ["states", { states: undefined }],
    ["completed", { states: { ...states, completed: undefined } }],
    ["failed", { states: { ...states, failed: "4" } }],
    ["pending", { states: { ...states, pending: 1.5 } }],
    ["states.running", { states: { ...states, running: states.completed } }],
    ["deleteWhenDone", { deleteWhenDone: "yes" }],
  ]) {
    const bad = { ...table, ...change };
    const { message } = await e2e.fail({ code: "invalid_argument", mayHaveRun: false }, run, {
      table: bad,
      input: "go",
    });
    assert.ok(message.startsWith(`${field}: `), `${field}: ${message}`);
  }
  for (const [field, call] of [
    ["input", (operation) => operation.run(new Blob(["x"]))],
    ["input", (operation) => operation.start(() => 1)],
    ["input", (operation) => operation.start({ big: 1n })],
    ["id", (operation) => operation.wait("row 7")],
    ["id", (operation) => operation.wait()],
    ["options", (operation) => operation.run("go", 5)],
    ["onProgress", (operation) => operation.run("go", { onProgress: "tell" })],
    ["timeoutMs", (operation) => operation.run("go", { timeoutMs: -1 })],
    ["signal", (operation) => operation.run("go", { signal: {} })],
    ["table", (_, client) => client.operation(null).run("go")],
    ["webApi", (_, __, bare, table) => bare.operation(table).start("go")],
  ]) {
    const { message } = await e2e.fail(
      { code: "invalid_argument", mayHaveRun: false },
      `async (table) => {
        const client = await window.e2e.client();
        const { retrieveRecord, retrieveMultipleRecords } = window.Xrm.WebApi;
        const webApi = { retrieveRecord, retrieveMultipleRecords };
        const bare = await window.e2e.client({ webApi });
        return (${call})(client.operation(table), client, bare, table);
      }`,
      table,
    );
    assert.ok(message.startsWith(`${field}: `), `${field}: ${message}`);
  }
  assert.deepEqual(e2e.sent("dataverse"), []);
});

test("a page that nobody sees looks more rarely", patient, async () => {
  const looksOf = (hidden) =>
    e2e.get(
      async ({ table, hidden }) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        const { retrieveRecord, createRecord } = window.Xrm.WebApi;
        let looks = 0;
        const webApi = {
          createRecord,
          retrieveRecord: (...asked) => {
            looks += 1;
            return retrieveRecord(...asked);
          },
          retrieveMultipleRecords: () => Promise.reject(new Error("not asked for")),
        };
        const operation = (await window.e2e.client({ webApi })).operation(table);
        await operation.run({ never: true }, { timeoutMs: 2600 }).catch(() => {});
        delete document.hidden;
        return looks;
      },
      { table, hidden },
    );
  const [seen, hidden] = [await looksOf(false), await looksOf(true)];
  assert.ok(seen >= 2, `${seen} looks`);
  assert.equal(hidden, 1);
});

for (const [answer, expected] of [
  ["{ id }", "done"],
  ["{ id: { guid: id }, entityType: 'ef_flowoperation' }", "done"],
  ["{ id: '{' + id.toUpperCase() + '}' }", "done"],
  ["undefined", "operation_failed true"],
  ["{ get id() { throw 1 } }", "operation_failed true"],
  ["{ id: 'row' }", "operation_failed true"],
  ["new Proxy({}, { get() { throw 1 } })", "service_error true"],
  ["Promise.reject()", "service_error true"],
  ["Promise.reject({ get errorCode() { throw 1 }, message: Symbol() })", "service_error true"],
  ["Promise.reject({ errorCode: 0x80040220 - 2 ** 32 })", "operation_failed false"],
  ["(() => { throw null })()", "service_error true"],
]) {
  test(`a createRecord that comes to ${answer} is ${expected}`, patient, async () => {
    const told = await e2e.get(
      `async (table) => {
        const { createRecord, retrieveRecord, retrieveMultipleRecords } = window.Xrm.WebApi;
        const webApi = {
          retrieveRecord,
          retrieveMultipleRecords,
          createRecord: async (...asked) => {
            const { id } = await createRecord(...asked);
            return ${answer};
          },
        };
        const client = await window.e2e.client({ webApi });
        try {
          const { data } = await client.operation(table).run({ delayMs: 10 });
          return data.message === "Done by the flow" ? "done" : data;
        } catch (error) {
          return error.code + " " + error.mayHaveRun;
        }
      }`,
      table,
    );
    assert.equal(told, expected);
    assert.equal(rows().length, 1);
  });
}

async function assertSoon(holds) {
  const end = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < end, `${holds} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
