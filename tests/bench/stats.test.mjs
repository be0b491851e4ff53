import assert from "node:assert/strict";
import { test } from "node:test";
import { ratio, summary } from "../../bench/lib/stats.mjs";
import { between } from "../../bench/lib/trace.mjs";

const upTo = (count) => Array.from({ length: count }, (_, index) => index + 1);

test("median and 99th percentile of times in any order", () => {
  const { median, p99 } = summary(upTo(1000).reverse());
  assert.ok(Math.abs(median - 500.5) <= 1 && Math.abs(p99 - 990) <= 1, `${median}, ${p99}`);
});

test("times are sorted as numbers", () => {
  assert.equal(summary([9, 10, 100]).median, 10);
});

test("a ratio of the same to itself is 1, with no room for chance", () => {
  const times = upTo(50);
  assert.deepEqual(ratio(times, times), { value: 1, low: 1, high: 1 });
});

test("a noisy ratio has a range around it", () => {
  const theirs = upTo(200).map((round) => 10 + (round % 7));
  const ours = theirs.map((time, round) => time * (1.2 + (round % 5) / 50));
  const { value, low, high } = ratio(ours, theirs);
  assert.ok(low <= value && value <= high && low > 1.05 && high < 1.5, `${low} ${value} ${high}`);
});

test("the longest task and the time of all are those between the marks, on the page's own thread", () => {
  const main = { pid: 1, tid: 1 };
  const task = (ts, dur, where = main) => ({
    ...{ name: "RunTask", ph: "X", ts, dur, tdur: dur / 2 },
    ...where,
  });
  const mark = (name, ts) => ({ name, ph: "R", ts, ...main });
  const events = [
    task(0, 900),
    mark("bench-start", 1000),
    task(1100, 300),
    task(1500, 800, { pid: 1, tid: 2 }),
    task(1950, 200),
    mark("bench-end", 2000),
    task(2100, 900),
  ];
  assert.deepEqual(between(events), { longest: 0.3, cpu: 0.25 });
});
