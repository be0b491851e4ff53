import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../bench/rows/instructions.mjs";

test("a call costs no more than 5 % above what was recorded", async (t) => {
  const rows = await run({ record: false });
  const [{ missing, target, detail }] = rows;
  if (missing !== undefined) return t.skip(missing);
  if (target === undefined) return t.skip(detail);
  for (const { what, value, target } of rows) {
    assert.ok(
      value <= target,
      `${what}: ${value}, at most ${target}. Where the growth is worth it: npm run bench -- --only instructions --record`,
    );
  }
});
