/** The console's snippets: what the code of a call becomes for many definitions, held to the compiler. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compile } from "./support/compile.mjs";
import { loadModule } from "./support/modules.mjs";

/** Real definitions, which are other people's and so not in the project. */
const real =
  process.env.FLOW_DEFINITIONS ??
  fileURLToPath(new URL("../../../shared/fixtures/flows", import.meta.url));

let snippetOf;
let readShape;
before(async () => {
  ({ snippetOf } = await loadModule("snippet.ts"));
  ({ readShape } = await loadModule("definition.ts"));
});

const flowOf = (name, more = {}) => ({
  workflowId: "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d",
  name,
  trigger: "manual",
  method: "POST",
  auth: "tenant",
  allowedUsers: [],
  on: true,
  ...more,
});

/** `clientdata` of a flow with this trigger and these Response actions. */
const clientdata = (inputs, responses = [{ statusCode: 200 }], trigger = "manual") =>
  JSON.stringify({
    properties: {
      definition: {
        triggers: { [trigger]: { type: "Request", kind: "Http", inputs } },
        actions: Object.fromEntries(
          responses.map((response, index) => [`R${index}`, { type: "Response", inputs: response }]),
        ),
      },
    },
  });

const object = (properties, required = []) => ({ type: "object", properties, required });

/** Our own, for what the real ones have not got. Each: the flow, its definition, code that uses the call, code that must not compile. */
const own = {
  nullable: {
    data: clientdata({ schema: object({ note: { type: ["string", "null"] } }, ["note"]) }),
    use: "call(client, { note: null });",
    misuse: "call(client, { note: 1 });",
  },
  nested: {
    data: clientdata(
      {
        schema: object(
          {
            lines: {
              type: "array",
              items: object({ sku: { type: "string" }, count: { type: "integer" } }, ["sku"]),
            },
          },
          ["lines"],
        ),
      },
      [{ statusCode: 200, schema: object({ total: { type: "number" } }, ["total"]) }],
    ),
    use: 'call(client, { lines: [{ sku: "a" }] }).then(({ total }) => total.toFixed());',
    misuse: "call(client, { lines: [{ count: 1 }] });",
  },
  severalAnswers: {
    data: clientdata({}, [
      { statusCode: 200, schema: object({ ok: { const: true } }, ["ok"]) },
      { statusCode: 201, schema: object({ id: { type: "string" } }, ["id"]) },
      { statusCode: 400, schema: object({ problem: { type: "string" } }, ["problem"]) },
    ]),
    use: 'call(client, {}).then((answer) => ("id" in answer ? answer.id.length : answer.ok));',
    misuse: 'call(client, {}).then((answer) => ("problem" in answer ? answer.problem.length : 0));',
  },
  unknownStatus: {
    data: clientdata({}, [
      { statusCode: "@variables('status')", schema: object({ id: { type: "string" } }, ["id"]) },
    ]),
    use: "call(client, {}).then(({ id }) => id.length);",
    misuse: "call(client, {}).then(({ id }) => id.toFixed());",
  },
  references: {
    data: clientdata({
      schema: {
        ...object({ from: { $ref: "#/definitions/place" }, to: { $ref: "#/definitions/place" } }),
        definitions: { place: object({ city: { type: "string" } }, ["city"]) },
      },
    }),
    use: 'call(client, { from: { city: "Ulm" } });',
    misuse: "call(client, { from: {} });",
  },
  loop: {
    data: clientdata({
      schema: object({ name: { type: "string" }, parent: { $ref: "#" } }, ["name"]),
    }),
    use: 'call(client, { name: "a", parent: { name: "b", parent: { name: "c" } } });',
    misuse: 'call(client, { name: "a", parent: { parent: { name: "c" } } });',
  },
  path: {
    flow: { method: "GET", relativePath: "orders/{order-id}/lines/{class}/{client}" },
    data: clientdata({ method: "GET", relativePath: "orders/{order-id}/lines/{class}/{client}" }),
    use: 'call(client, "1", "2", "3").then((answer: unknown) => answer);',
    misuse: 'call(client, "1", "2");',
  },
  namedTrigger: {
    flow: { trigger: 'When "it" happens' },
    data: clientdata({ schema: object({ a: { type: "string" } }) }, [], 'When "it" happens'),
    use: 'call(client, { a: "b" }).then((nothing: void) => nothing);',
    misuse: "call(client, { a: 1 });",
  },
  nothing: {
    data: "no JSON",
    use: "call(client, { whatever: 1 });",
    misuse: "call();",
  },
  hostile: {
    data: clientdata({
      schema: object({
        "*/ alert(1) /*": { type: "string", description: "*/ export const x = 1; /*" },
        "a'b\"c`d${e}\\n": { type: "number" },
        __proto__: { type: "string" },
        constructor: { type: "boolean" },
      }),
    }),
    use: "call(client, { constructor: true });",
    misuse: "call(client, { constructor: 1 });",
  },
  sample: {
    data: clientdata({ schema: { run: "a", tests: [{ id: 1, done: false }] } }),
    use: 'call(client, { run: "b", tests: [{ id: 2 }] });',
    misuse: "call(client, { run: 1 });",
  },
};

async function written(name, { flow, data }) {
  const given = flowOf(name, flow);
  return snippetOf(given, readShape(data, given.trigger));
}
const functionIn = (text) => /export async function (call\w+)/.exec(text)?.[1];

const using = (file, text, line) =>
  `import type { FlowClient } from "entra-flow";\nimport { ${functionIn(text)} as call } from "./${file}";\n` +
  `declare const client: FlowClient;\nvoid (${line.replace(/;$/, "")});\n`;

test("every kind of schema becomes types that hold a caller to it", {
  timeout: 120_000,
}, async () => {
  const files = {};
  const misuses = {};
  for (const [name, one] of Object.entries(own)) {
    const text = await written(name, one);
    files[name] = text;
    files[`use-${name}`] = using(name, text, one.use);
    misuses[`misuse-${name}`] = using(name, text, one.misuse);
  }
  assert.equal(compile(files), "");
  const said = compile({ ...files, ...misuses });
  for (const name of Object.keys(misuses))
    assert.match(said, new RegExp(`^${name}\\.ts`, "m"), name);
  const others = said.split("\n").filter((line) => /^\w/.test(line) && !line.startsWith("misuse-"));
  assert.deepEqual(others, []);
});

test("whatever a flow is called, its function has a name that a program can have", async () => {
  const files = {};
  for (const name of ["", "1 2 3", "訂單", "*/", "Größe", "a".repeat(300), "class", "../x"]) {
    const text = await written(name, { data: clientdata({}) });
    assert.match(functionIn(text) ?? "", /^call[A-Za-z]\w*$/, name);
    files[`snippet-${Object.keys(files).length}`] = text;
  }
  assert.equal(compile(files), "");
});

test("real definitions compile", { timeout: 120_000 }, async (context) => {
  if (!existsSync(real)) return context.skip(`no definitions at ${real}`);
  const files = {};
  const secrets = [];
  for (const file of readdirSync(real).filter((name) => name.endsWith(".json"))) {
    const data = readFileSync(path.join(real, file), "utf8");
    const { properties } = JSON.parse(data);
    for (const [trigger, { type, kind, inputs = {} }] of Object.entries(
      properties.definition.triggers,
    )) {
      if (type !== "Request" || kind !== "Http") continue;
      const flow = { trigger, method: inputs.method ?? "POST" };
      files[file.replace(/\.json$/, "")] = await written(file, { flow, data });
      secrets.push(...defaultsIn(inputs.schema));
    }
  }
  assert.ok(Object.keys(files).length >= 8, Object.keys(files).join());
  assert.equal(compile(files), "");
  const withTypes = Object.values(files).filter((text) => /export interface/.test(text));
  assert.ok(withTypes.length >= 5, "most of them have schemas");
  for (const text of Object.values(files))
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
});

/** What a maker may have written as a default: it is a value and stays out of the code. */
function defaultsIn(schema) {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    typeof schema.default === "string" && schema.default.length > 6 ? [schema.default] : [];
  return [...own, ...Object.values(schema).flatMap(defaultsIn)];
}
