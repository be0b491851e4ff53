import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../../scripts/lib/paths.mjs";
import { breaks } from "./breaks.mjs";

// The breaks are made by `npm run sim:breaks`, now and then; the sources must not move away from them meanwhile.
for (const { name, edits } of breaks) {
  test(`the sources have the place for the break: ${name}`, () => {
    for (const { file, before, after } of edits) {
      const parts = readFileSync(at(file), "utf8").split(before);
      assert.equal(parts.length - 1, 1, `${before} in ${file}`);
      assert.notEqual(before, after);
    }
  });
}

test("each break names laws that there are", () => {
  const laws = readFileSync(at("tests", "sim", "laws.rs"), "utf8");
  for (const { name, laws: named } of breaks) {
    assert.ok(named.length > 0, name);
    for (const law of named) assert.ok(laws.includes(`"${law}"`), law);
  }
});
