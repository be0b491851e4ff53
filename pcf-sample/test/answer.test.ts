import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFrom } from "../FlowButton/answer";

const textOf = (data: unknown, path = "") => answerFrom(data, path)?.text;

test("text is taken as it is, anything else as JSON, nothing as nothing", () => {
  assert.equal(textOf("12 in stock"), "12 in stock");
  assert.equal(textOf({ stock: 12 }), '{"stock":12}');
  assert.equal(textOf(0), "0");
  assert.equal(textOf(null), "");
  assert.equal(textOf(undefined), "");
});

test("a path picks a part of the answer", () => {
  const data = { stock: { available: 12 }, lines: [{ name: "Tourer" }] };
  assert.equal(textOf(data, "stock.available"), "12");
  assert.equal(textOf(data, "lines.0.name"), "Tourer");
});

test("a path that leads nowhere is no answer, also through text, null and prototypes", () => {
  for (const data of ["text", null, 5, {}, []]) {
    assert.equal(answerFrom(data, "stock.available"), undefined);
    assert.equal(answerFrom(data, "constructor.name"), undefined);
  }
  assert.equal(textOf({ stock: null }, "stock"), "");
});

test("an answer that is longer than the column is shortened to exactly what it holds", () => {
  assert.deepEqual(answerFrom("abcdef", "", 6), { text: "abcdef", shortened: false });
  assert.deepEqual(answerFrom("abcdef", "", 4), { text: "abc…", shortened: true });
});

test("shortening never cuts a character in two", () => {
  const text = answerFrom("ab🚲cd", "", 4)?.text ?? "";
  assert.equal(text, "ab…");
});
