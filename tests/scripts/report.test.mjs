import assert from "node:assert/strict";
import { test } from "node:test";
import { choose } from "../../scripts/test/choose.mjs";
import { countTests } from "../../scripts/test/counts.mjs";
import { printTable } from "../../scripts/test/report.mjs";
import { runGroups } from "../../scripts/test/runner.mjs";

const step = (name, code, rest) => ({ name, work: async () => ({ code, output: "" }), ...rest });

test("cargo's tests are added up over its binaries, node's are read from the end", () => {
  const cargo = [
    "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
    "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
  ].join("\n");
  assert.deepEqual(countTests(cargo), { passed: 15, failed: 2, skipped: 1 });
  const node = "ℹ tests 7\nℹ suites 0\nℹ pass 4\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\n";
  assert.deepEqual(countTests(node), { passed: 4, failed: 2, skipped: 1 });
});

test("a failed group ends the run; only where it says so are its other steps done first", async (t) => {
  t.mock.method(console, "log", () => {});
  const names = async (groups) => (await runGroups(groups)).map(({ name }) => name);
  const last = { name: "z", steps: [step("z", 0)] };
  const steps = [step("a", 1), step("b", 0)];
  assert.deepEqual(await names([{ name: "lint", all: true, steps }, last]), ["a", "b"]);
  assert.deepEqual(await names([{ name: "rust", steps }, last]), ["a"]);
  assert.deepEqual(await names([{ name: "y", steps: [step("y", 0)] }, last]), ["y", "z"]);
});

test("a step that fails without a failed test counts as one", (t) => {
  const printed = t.mock.method(console, "log", () => {});
  const tests = { passed: 5, failed: 0, skipped: 0 };
  printTable([
    { name: "fmt", seconds: 1, ok: true },
    { name: "e2e", seconds: 1, ok: false, tests },
  ]);
  assert.equal(printed.mock.calls.at(-1).arguments[0].trim(), "6 passed, 1 failed");
});

test("--only takes groups and steps, and adds the build where they need it", () => {
  const groups = ["lint", "build", "e2e"].map((name) => ({
    name,
    steps: [step(`${name} 1`, 0), step(`${name} 2`, 0)],
  }));
  const chosen = (only) =>
    choose(groups, only).flatMap(({ steps }) => steps.map(({ name }) => name));
  assert.deepEqual(chosen("lint"), ["lint 1", "lint 2"]);
  assert.deepEqual(chosen("lint 2"), ["lint 2"]);
  assert.deepEqual(chosen("e2e 1"), ["build 1", "build 2", "e2e 1"]);
  assert.equal(chosen(undefined).length, 6);
  assert.throws(
    () => choose(groups, "nonsense"),
    /There is no test step "nonsense": choose from lint/,
  );
});
