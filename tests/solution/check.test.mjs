import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test, { describe } from "node:test";
import { checkSolution } from "../../scripts/solution/check/index.mjs";
import { notes, rules } from "../../scripts/solution/check/rules.mjs";
import { brokenComponents } from "./broken/components.mjs";
import { brokenPackages } from "./broken/package.mjs";
import { changed, goodZip } from "./good.mjs";

const fileName = "Sample_1_0_0_0.zip";
const met = new Set();

async function rulesOf(zip, options = {}) {
  const findings = await checkSolution(zip, { fileName, ...options });
  for (const { rule } of findings) met.add(rule);
  return findings.map(({ rule }) => rule);
}

test("finds nothing in a good solution, unmanaged and managed, with and without ribbons", async () => {
  assert.deepEqual(await rulesOf(goodZip()), []);
  assert.deepEqual(await rulesOf(goodZip({ ribbons: true })), []);
  const managed = goodZip({ managed: true });
  assert.deepEqual(await rulesOf(managed, { fileName: "Sample_1_0_0_0_managed.zip" }), []);
});

describe("names what is wrong with a zip in which", () => {
  const zips = { plain: goodZip(), ribbons: goodZip({ ribbons: true }) };
  for (const [what, rule, change, { only = true, ribbons = false } = {}] of [
    ...brokenPackages,
    ...brokenComponents,
  ]) {
    test(what, async () => {
      const found = await rulesOf(await changed(ribbons ? zips.ribbons : zips.plain, change));
      assert.ok(found.includes(rule), `found ${found.join(", ") || "nothing"}`);
      // Nothing else, so that a person is not sent to mend what is whole.
      if (only) assert.deepEqual([...new Set(found)], [rule]);
    });
  }
});

describe("reads the zip itself", () => {
  test("something else than a zip", async () => {
    assert.deepEqual(await rulesOf(Buffer.from("<html>sign in</html>")), ["zip-unreadable"]);
  });

  test("a download that broke off", async () => {
    const zip = goodZip();
    assert.deepEqual(await rulesOf(zip.subarray(0, zip.length - 40)), ["zip-unreadable"]);
  });

  test("a bit that fell over", async () => {
    // Stored, not deflated, text: only the checksum can tell.
    const zip = goodZip();
    const at = zip.indexOf("PK\x01\x02") + 16;
    zip[at] ^= 1;
    assert.deepEqual(await rulesOf(zip), ["zip-unreadable"]);
  });

  test("an entry with a password, and one by a method that an import can't unpack", async () => {
    const header = (zip) => zip.indexOf("PK\x01\x02");
    const locked = goodZip();
    locked[header(locked) + 8] |= 1;
    assert.ok((await rulesOf(locked)).includes("entry-unpackable"));
    const packed = goodZip();
    packed[header(packed) + 10] = 14;
    assert.ok((await rulesOf(packed)).includes("entry-unpackable"));
  });

  test("says where XML is not well-formed", async () => {
    const zip = await changed(goodZip(), (book) =>
      book.replace("solution.xml", "A sample", "a & b"),
    );
    const [finding] = await checkSolution(zip);
    assert.equal(finding.where, "solution.xml");
    assert.match(finding.problem, /^is not well-formed, at or before line:column \d+:\d+:/);
  });
});

describe("holds an update to what is installed", () => {
  const installed = goodZip();
  const next = { version: "1.0.1.0" };
  const update = (zip) => rulesOf(zip, { installed });
  const updated = async (change) => update(await changed(goodZip({}, next), change));

  test("a higher version is fine, and 1.0.10 is higher than 1.0.9", async () => {
    assert.deepEqual(await update(goodZip({}, next)), []);
    const nine = goodZip({}, { version: "1.0.9" });
    assert.deepEqual(await rulesOf(goodZip({}, { version: "1.0.10" }), { installed: nine }), []);
  });

  for (const version of ["1.0.0.0", "1.0.0", "0.9.9.9"]) {
    test(`${version} is not higher than 1.0.0.0`, async () => {
      assert.deepEqual(await update(goodZip({}, { version })), ["version-not-higher"]);
    });
  }

  test("another solution, another publisher, another mode", async () => {
    assert.deepEqual(await update(goodZip({}, { ...next, uniqueName: "Other" })), [
      "other-solution",
    ]);
    const publisher = (zip) => zip.replace("solution.xml", "efpublisher", "somebody");
    assert.deepEqual(await updated(publisher), ["other-publisher"]);
    const managed = goodZip({ managed: true }, next);
    assert.deepEqual(await rulesOf(managed, { installed, fileName: "S_managed.zip" }), [
      "other-mode",
    ]);
  });

  const bundle = "Controls/ef_Sample.Button/bundle.js";
  test("a control whose bundle changed and whose version did not", async () => {
    assert.deepEqual(await updated((zip) => zip.set(bundle, "2")), ["control-version-not-higher"]);
    const raised = (zip) => {
      zip.set(bundle, "2");
      zip.replace("Controls/ef_Sample.Button/ControlManifest.xml", "1.2.3", "1.2.4");
    };
    assert.deepEqual(await updated(raised), []);
  });

  test("a web resource with another type or id", async () => {
    const retyped = (zip) => zip.replace("customizations.xml", "Type>3<", "Type>2<");
    assert.ok((await updated(retyped)).includes("resource-type-changed"));
    const id = "2578e499-0be1-ec11-bb3c-000d3a233a82";
    const renumbered = (zip) =>
      zip.set("customizations.xml", zip.get("customizations.xml").replace(/\{[^}]*\}/, `{${id}}`));
    assert.deepEqual(await updated(renumbered), ["resource-id-changed"]);
  });

  test("an installed zip that can't be read is said so", async () => {
    const found = await rulesOf(goodZip({}, next), { installed: Buffer.from("x") });
    assert.deepEqual(found, ["zip-unreadable"]);
  });
});

test("a bigger file is fine where the environment's limit was raised", async () => {
  const zip = await changed(goodZip(), (book) =>
    book.set("Controls/ef_Sample.Button/bundle.js", "1;".repeat(2_700_000)),
  );
  assert.deepEqual(await rulesOf(zip, { maxFileBytes: 32 * 1024 * 1024 }), []);
});

test("every rule was met above, and the guide lists them all", () => {
  const all = Object.keys({ ...rules, ...notes });
  assert.deepEqual([...met].sort(), all.sort());
  const guide = readFileSync(
    path.join(import.meta.dirname, "../../docs/guide/solution.md"),
    "utf8",
  );
  for (const rule of all) assert.ok(guide.includes(`\`${rule}\``), `the guide lacks ${rule}`);
});
