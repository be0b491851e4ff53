import assert from "node:assert/strict";
import { test } from "node:test";
import { readArguments } from "../../scripts/lib/arguments.mjs";
import { Failure } from "../../scripts/lib/failure.mjs";

const usage = "npm start -- [--once]";
const read = (...args) => readArguments(usage, { args, options: { once: { type: "boolean" } } });

test("what a script takes is read", () => {
  assert.equal(read("--once").values.once, true);
  assert.equal(read().values.once, undefined);
});

test("what it does not take is told with how it is used, and without a stack trace", () => {
  for (const args of [["--onec"], ["once"], ["--once=yes"]]) {
    assert.throws(
      () => read(...args),
      (error) => error instanceof Failure && error.message.endsWith(`\nUsage: ${usage}`),
    );
  }
});

test("a mistake of the script itself is not taken for the user's", () => {
  const broken = { args: [], options: { once: { type: "no type" } } };
  assert.throws(
    () => readArguments(usage, broken),
    (error) => !(error instanceof Failure),
  );
});
