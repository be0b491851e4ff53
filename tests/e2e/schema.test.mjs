/** Answers held to a schema, by real zod, valibot and arktype, and by validators that misbehave. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
  await e2e.as("ada");
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { z } from "zod";
        export * as v from "valibot";
        export { type } from "arktype";`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "iife",
    globalName: "validators",
    write: false,
  });
  await e2e.page.addScriptTag({ content: outputFiles[0].text });
  await e2e.page.evaluate(async () => {
    window.client = await window.e2e.client();
  });
}, patient);
beforeEach(() => sandbox.reset());
after(() => e2e?.close());

/** @param {string} schema JavaScript that makes it @param {unknown} answer the flow's */
const invoked = (schema) => `(flow) => {
  const { z, v, type } = window.validators;
  return window.client.flow(flow).invoke({}, { schema: ${schema} });
}`;
const get = (schema) => e2e.get(invoked(schema), e2e.id("echo"));
const fail = (expected, schema) => e2e.fail(expected, invoked(schema), e2e.id("echo"));
const answers = (body) => sandbox.flow("echo").respond({ body });
const misfit = { code: "output_invalid", stage: "invoke", status: 200, mayHaveRun: true };

for (const [library, schema] of [
  ["zod", "z.object({ total: z.number() })"],
  ["valibot", "v.object({ total: v.number() })"],
  ["arktype", 'type({ total: "number" })'],
]) {
  describe(library, () => {
    test("passes what fits", patient, async () => {
      answers({ total: 7 });
      assert.deepEqual((await get(schema)).data, { total: 7 });
    });

    test("a misfit is output_invalid with its issues, and the flow ran", patient, async () => {
      answers({ total: "seven" });
      const error = await fail(misfit, schema);
      assert.deepEqual(error.data, { total: "seven" });
      assert.equal(sandbox.runs.length, 1);
      const found = await e2e.get(
        `async (flow) => {
          try {
            await (${invoked(schema)})(flow);
          } catch (error) {
            const [issue] = error.issues;
            const path = issue.path.map((part) => part.key ?? part);
            return { path, message: issue.message, all: error.message, keys: Object.keys(error) };
          }
        }`,
        e2e.id("echo"),
      );
      assert.deepEqual(found.path, ["total"]);
      assert.ok(found.all.endsWith(found.message), found.all);
      assert.ok(!found.keys.includes("issues"), "a logger should not print them");
    });
  });
}

test("the caller gets what the schema makes of the answer, also later", patient, async () => {
  answers({ on: "2026-11-24" });
  const schema = "z.object({ on: z.string().transform(async (day) => day.slice(0, 4)) })";
  assert.deepEqual((await get(schema)).data, { on: "2026" });
});

test("null is a value", patient, async () => {
  answers({ a: 1 });
  const schema = '{ "~standard": { version: 1, vendor: "me", validate: () => ({ value: null }) } }';
  assert.equal((await get(schema)).data, null);
});

test("a token in an issue is redacted in the message", patient, async () => {
  answers({ token: "eyJ0eXAi.eyJhdWQi.c2ln" });
  const error = await fail(misfit, "v.object({ token: v.number() })");
  assert.ok(!error.message.includes("eyJ"), error.message);
});

for (const [what, validate] of [
  ["throws", '() => { throw new Error("no") }'],
  ["rejects", 'async () => { throw new Error("no") }'],
  ["answers nothing", "() => undefined"],
  ["has a getter that throws", '() => ({ get value() { throw new Error("no") } })'],
]) {
  test(`a schema that ${what} is invalid_argument, and the flow ran`, patient, async () => {
    const schema = `{ "~standard": { version: 1, vendor: "me", validate: ${validate} } }`;
    const error = await fail(
      { code: "invalid_argument", stage: "invoke", mayHaveRun: true },
      schema,
    );
    assert.match(error.message, /^schema: /);
    assert.equal((await get("undefined")).status, 200, "the client goes on");
  });
}

for (const schema of ["{}", "() => true", "7", '{ "~standard": { validate: 1 } }']) {
  test(`${schema} is no schema, and nothing is sent`, patient, async () => {
    const error = await fail({ code: "invalid_argument", stage: "options" }, schema);
    assert.match(error.message, /^schema: /);
    assert.equal(sandbox.runs.length, 0);
  });
}

test("an accepted answer that does not fit says that the flow goes on", patient, async () => {
  const error = await e2e.fail(
    { code: "output_invalid", status: 202, mayHaveRun: true },
    invoked("z.object({ total: z.number() })"),
    e2e.id("accepted"),
  );
  assert.match(error.hint, /still running/);
});

test("the result of an operation is held to it, and a misfit keeps the row", patient, async () => {
  const table = { ...sandbox.world.operationTable, deleteWhenDone: true };
  const operated = (schema) => `(table) => {
    const { z } = window.validators;
    return window.client.operation(table).run({ delayMs: 10 }, { schema: ${schema} });
  }`;
  const rows = () => sandbox.rows("contoso", table.table);
  await e2e.fail(
    { code: "output_invalid", stage: "operation", mayHaveRun: true },
    operated("z.object({ total: z.number() })"),
    table,
  );
  assert.equal(rows().length, 1, "it is there to be looked at");
  const { data } = await e2e.get(
    operated("z.object({ message: z.string().toUpperCase() })"),
    table,
  );
  assert.deepEqual(data, { message: "DONE BY THE FLOW" });
});
