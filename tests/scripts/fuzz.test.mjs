import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, outcome } from "../../scripts/fuzz.mjs";

const known = ["ids", "odata"];

test("targets are named one by one or all at once, and run a million times if nothing else is said", () => {
  const usual = { runs: 1_000_000, keep: false };
  assert.deepEqual(asked(["odata"], known), { ...usual, named: ["odata"] });
  assert.deepEqual(asked(["all", "--runs", "5"], known), { ...usual, named: known, runs: 5 });
  assert.deepEqual(asked(["ids", "--keep"], known), { ...usual, named: ["ids"], keep: true });
});

test("what can't be run is refused with what can", () => {
  assert.throws(() => asked([], known), { message: "Name a target: choose from all, ids, odata." });
  assert.throws(() => asked(["x"], known), { message: /^There is no target "x": choose from/ });
  for (const runs of ["0", "many", "1.5"])
    assert.throws(() => asked(["ids", "--runs", runs], known), { message: /^--runs is/ });
});

test("the last line of libFuzzer's counts", () => {
  const log = [
    "INFO: seed corpus: files: 3",
    "#4\tINITED cov: 240 ft: 241 corp: 2/4b exec/s: 0 rss: 29Mb",
    "#262144\tpulse  cov: 363 ft: 786 corp: 180/11584b lim: 994 exec/s: 20000 rss: 29Mb",
    "#10000000\tDONE   cov: 391 ft: 821 corp: 190/5860b lim: 256 exec/s: 97087 rss: 29Mb",
  ].join("\n");
  assert.deepEqual(outcome(log), { runs: 10_000_000, coverage: 391, features: 821 });
  assert.equal(outcome("nothing"), undefined);
});
