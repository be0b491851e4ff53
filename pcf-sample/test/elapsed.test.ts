import assert from "node:assert/strict";
import { test } from "node:test";
import { elapsedText } from "../FlowButton/view";

test("the time is told in seconds, and from a minute on as a clock tells it", () => {
  const told = (seconds: number) => elapsedText(seconds * 1000);
  assert.deepEqual([0, 7.9, 59.9, 60, 67, 600].map(told), [
    "0",
    "7",
    "59",
    "1:00",
    "1:07",
    "10:00",
  ]);
  assert.equal(told(-5), "0", "the machine's clock was set back");
});
