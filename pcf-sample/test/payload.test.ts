import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyFrom, payloadValue, UnknownValue } from "../FlowButton/payload";

const record = { "record.table": "ef_order", "record.id": "1" };
const filled = (template: unknown, values: Parameters<typeof bodyFrom>[1]) =>
  bodyFrom(JSON.stringify(template), values);

test("the payload is JSON; without one the flow gets the record", () => {
  assert.deepEqual(bodyFrom('{"orderNumber":"1042"}', record), { orderNumber: "1042" });
  assert.deepEqual(bodyFrom("", record), { table: "ef_order", id: "1" });
  assert.deepEqual(bodyFrom("", { "record.table": null, "record.id": null }), {});
});

test("what is not JSON is told before anything is sent", () => {
  assert.throws(() => bodyFrom("{orderNumber: 1042}", {}), SyntaxError);
});

test("a text that is one placeholder becomes the value with its type, empty ones null", () => {
  const values = { value1: 12, value2: true, value3: null, value4: [1, 2] };
  const template = {
    a: "{{value1}}",
    b: [" {{ value2 }} "],
    c: { d: "{{value3}}" },
    e: "{{value4}}",
  };
  assert.deepEqual(filled(template, values), { a: 12, b: [true], c: { d: null }, e: [1, 2] });
});

test("within a text a placeholder becomes text", () => {
  const values = { value1: "1042", value2: null, ...record };
  assert.equal(filled("Order {{value1}} of {{record.id}}{{value2}}.", values), "Order 1042 of 1.");
});

test("a value can neither break the JSON nor add to it, nor is it a template itself", () => {
  const nasty = '", "admin": true, "x": "{{value2}}';
  assert.deepEqual(
    filled({ a: "{{value1}}", b: "<{{value1}}>" }, { value1: nasty, value2: "no" }),
    {
      a: nasty,
      b: `<${nasty}>`,
    },
  );
});

test("a placeholder without a value of its name is told by name", () => {
  for (const name of ["value9", "constructor", "toString"]) {
    assert.throws(
      () => filled({ a: `{{${name}}}` }, { value1: 1 }),
      (error) => error instanceof UnknownValue && error.placeholder === name,
    );
  }
});

test("a column's value is what JSON has for it", () => {
  const midnight = new Date(2026, 11, 4);
  assert.equal(payloadValue({ type: "DateAndTime.DateOnly", raw: midnight }), "2026-12-04");
  const moment = new Date("2026-12-04T09:30:00Z");
  assert.equal(
    payloadValue({ type: "DateAndTime.DateAndTime", raw: moment }),
    "2026-12-04T09:30:00.000Z",
  );
  assert.equal(payloadValue({ type: "Currency", raw: 12480.5 }), 12480.5);
  assert.equal(payloadValue({ type: "TwoOptions", raw: false }), false);
  assert.equal(payloadValue({ type: "DateAndTime.DateOnly", raw: new Date(Number.NaN) }), null);
  assert.equal(payloadValue({ raw: undefined }), null);
  assert.equal(payloadValue(undefined), null);
});
