import assert from "node:assert/strict";
import { test } from "node:test";
import { plot } from "../../bench/lib/plot.mjs";
import { table, tally } from "../../bench/lib/report.mjs";
import { cells, digits, verdict } from "../../bench/lib/verdict.mjs";
import { guard } from "../../bench/rows/instructions.mjs";

const warm = { what: "warm", value: 1.02, unit: "×", target: 1.03, low: 1.0, high: 1.025 };
const missed = { ...warm, what: "cold", value: 1.5, low: 1.4, high: 1.6 };
const unbuilt = { what: "prefetch", unit: "×", target: 0.08, missing: "not built yet" };
const informs = { what: "row", value: 0.9, unit: "×" };

test("a value up to its target holds, a larger one does not", () => {
  assert.equal(verdict(warm), "holds");
  assert.equal(verdict({ what: "exact", value: 0, target: 0 }), "holds");
  assert.equal(verdict(missed), "does not hold");
});

test("a target inside the range of chance is said to be within noise", () => {
  assert.equal(verdict({ ...warm, high: 1.04 }), "holds (within noise)");
  assert.equal(verdict({ ...missed, low: 1.01 }), "does not hold (within noise)");
});

test("what was not measured has no figure and says why", () => {
  assert.deepEqual(cells(unbuilt), ["prefetch", "—", "≤ 0.080 ×", "not measured", "not built yet"]);
});

test("a line without a target only informs", () => {
  assert.deepEqual(cells(informs), ["row", "0.900 ×", "", "", ""]);
});

test("the tally counts each verdict once", () => {
  assert.equal(tally([warm, missed, unbuilt, informs]), "1 hold, 1 do not hold, 1 not measured");
});

test("the table has a line for each result", () => {
  assert.equal(table([warm, missed, unbuilt]).split("\n").length, 5);
});

test("digits that mean something", () => {
  assert.deepEqual([123456, 336.2, 85.93, 1.0318, 0, 100].map(digits), [
    "123,456",
    "336",
    "85.9",
    "1.032",
    "0",
    "100",
  ]);
});

test("the plot shows what was measured against a target, escaped, and bars within the frame", () => {
  const nothing = { what: "growth", value: 0, unit: "bytes", target: 0 };
  const svg = plot(
    [{ ...warm, what: "a < b" }, { ...missed, value: 1e9 }, nothing, unbuilt, informs],
    "x & y",
  );
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /x &amp; y/);
  assert.doesNotMatch(svg, /prefetch|>row<|NaN/);
  for (const [, width] of svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)) assert.ok(width <= 420);
});

test("instructions of another compiler are not held against the record", () => {
  const recorded = { rustc: "rustc 1.90", arch: "x64", warm: 1000 };
  assert.equal(guard({ ...recorded, warm: 1040 }, recorded, "warm").target, 1050);
  assert.equal(guard({ ...recorded, rustc: "rustc 1.91" }, recorded, "warm").target, undefined);
});
