import assert from "node:assert/strict";
import { test } from "node:test";
import { anHour, measuredOf, shareOfLimit } from "../../bench/scale/model.mjs";

const counts = (rows, discoveries, invokes) => ({ rows, discoveries, invokes });

test("what later forms ask is what several openings add to the first, by opening", () => {
  const { first, later } = measuredOf(counts(4, 4, 4), counts(4, 4, 24), 6, 4);
  assert.deepEqual([first, later], [counts(4, 4, 4), counts(0, 0, 4)]);
});

test("an hour has first openings as often as windows begin, and grows with the controls", () => {
  const measured = measuredOf(counts(4, 4, 4), counts(4, 4, 24), 6, 4);
  const org = { formsAnHour: 30, controls: 8, formsAWindow: 10 };
  const { rows, invokes } = anHour(measured, org);
  // 3 windows an hour, each with 8 rows; 30 forms with 8 runs.
  assert.deepEqual([Math.round(rows), Math.round(invokes)], [24, 240]);
});

test("6,000 requests in 5 minutes, kept up for an hour, are the whole limit", () => {
  assert.equal(shareOfLimit(72_000), 1);
});
