/** Whose work ships, and under which terms. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { chosen, linkedCrates, thirdPartyLicences } from "../../scripts/licences.mjs";

const file = readFileSync(at("THIRD_PARTY_LICENSES.md"), "utf8");

test("each crate in the module is named, in its version", async () => {
  const rows = [...file.matchAll(/^\| (\S+) \| (\d\S*) \|/gm)].map(([, ...row]) => row.join(" "));
  const linked = (await linkedCrates()).map(({ name, version }) => `${name} ${version}`);
  assert.ok(linked.length > 10);
  assert.deepEqual(rows, linked, "run `npm run licences` and look at what is new");
});

test("the file is what `npm run licences` writes", async () => {
  assert.equal(file, await thirdPartyLicences(), "run `npm run licences` and look at what changed");
});

test("a licence is chosen among those that we take; another one is refused", () => {
  assert.deepEqual(chosen("Apache-2.0 OR MIT"), ["MIT"]);
  assert.deepEqual(chosen("MIT/Apache-2.0"), ["MIT"]);
  assert.deepEqual(chosen("(MIT OR Apache-2.0) AND Unicode-3.0"), ["MIT", "Unicode-3.0"]);
  for (const refused of ["GPL-3.0-only", "MIT AND MPL-2.0", "none named"]) {
    assert.throws(() => chosen(refused), /not one that we take/);
  }
});

test("deny.toml allows no less than that", () => {
  const [, allowed] = /^allow = \[(.*)\]/m.exec(readFileSync(at("deny.toml"), "utf8"));
  for (const licence of ["MIT", "Unicode-3.0"]) assert.ok(allowed.includes(`"${licence}"`));
});
