/** Whose work ships, and under which terms. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import satisfies from "spdx-satisfies";
import { at, root } from "../../scripts/lib/paths.mjs";
import { filesUnder } from "../../scripts/lib/stamp.mjs";
import { bundled, libraryPackages, shippedFiles } from "../../scripts/licences/bundles.mjs";
import { crates, linkedCrates } from "../../scripts/licences/crates.mjs";
import { chosen } from "../../scripts/licences/terms.mjs";
import { thirdPartyLicences } from "../../scripts/licences.mjs";
import { readManifest } from "../../scripts/solution/manifest.mjs";

const file = readFileSync(at("THIRD_PARTY_LICENSES.md"), "utf8");
const again = "run `npm run licences` and look at what is new";

/** The rows of a table of works, as `name version`. */
const listed = (heading) => {
  const section = file.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  return [...section.matchAll(/^\| (\S+) \| (\d\S*) \|/gm)].map(([, ...row]) => row.join(" "));
};
const idOf = ({ name, version }) => `${name} ${version}`;

test("each crate in the module is named, in its version", async () => {
  const linked = (await linkedCrates()).map(idOf);
  assert.ok(linked.length > 10);
  assert.deepEqual(listed("In the library"), linked, again);
});

test("no npm package is in the library", async () => {
  assert.deepEqual(await libraryPackages(), []);
});

describe("the solution", () => {
  let shipped;
  before(async () => {
    shipped = await shippedFiles();
  });

  test("each npm package that is bundled into it is named, in its version", () => {
    const inside = new Set(shipped.flatMap(({ packages }) => packages.map(idOf)));
    assert.ok(inside.size > 5);
    assert.deepEqual(listed("In the samples"), [...inside].sort(), again);
  });

  test("each file of it is accounted for; one that nobody knows is refused", async () => {
    const manifest = readManifest(root);
    assert.equal(shipped.length, manifest.controls.length + manifest.webResources.length);
    const stranger = { name: "ef_/stranger.js", file: at("artifacts", "stranger.js") };
    await assert.rejects(
      shippedFiles({ ...manifest, webResources: [stranger] }),
      /artifacts\/stranger\.js ships, and .* does not know whose work/,
    );
  });

  test("what the built files say of themselves agrees", { skip: unlessBuilt() }, () => {
    let banners = 0;
    for (const { file: built, packages } of shipped) {
      for (const one of filesUnder(built)) {
        const names = readFileSync(one, "utf8").matchAll(/\/\*! (@?[\w./-]+) v(\d[\w.-]*) /g);
        for (const [, name, version] of names) {
          banners += 1;
          assert.ok(
            packages.map(idOf).includes(`${name} ${version}`),
            `${one}: ${name} ${version}`,
          );
        }
      }
    }
    assert.ok(banners >= 3);
  });

  test("has a page with all of it, which our scripts name in their first line", {
    skip: unlessBuilt(),
  }, () => {
    const pages = readManifest(root).webResources.filter(({ name }) => /licences/.test(name));
    assert.equal(pages.length, 1);
    const page = readFileSync(pages[0].file, "utf8");
    for (const [, name] of file.matchAll(/^\| (\S+) \| \d/gm)) assert.ok(page.includes(name), name);
    for (const [, holder] of file.matchAll(/^ *(Copyright \(c\) .*)$/gim)) {
      assert.ok(page.includes(escaped(holder)), holder);
    }
    const first = (name) => readFileSync(at(...name.split("/")), "utf8").split("\n")[0];
    for (const script of ["index.js", "slim.js", "entra-flow.global.js"])
      assert.match(first(`dist/${script}`), /^\/\*! entra-flow .*THIRD_PARTY_LICENSES\.md/);
    assert.ok(first("js/samples/flow-console/out/console.js").includes(pages[0].name));
  });
});

const escaped = (text) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

function unlessBuilt() {
  const missing = [
    ...readManifest(root).controls,
    ...readManifest(root).webResources.map((one) => one.file),
  ]
    .filter((one) => !existsSync(one))
    .map((one) => path.relative(root, one));
  return missing.length > 0 && `not built: ${missing.join(", ")}`;
}

test("a package comes to light that is bundled only in part, and by way of another", async () => {
  const entry = { contents: 'import { gfm } from "micromark-extension-gfm"; console.log(gfm());' };
  const packages = await bundled({ stdin: { ...entry, resolveDir: root } });
  assert.ok(packages.map(({ name }) => name).includes("micromark-extension-gfm-table"));
});

test("the file is what `npm run licences` writes", async () => {
  assert.equal(file, await thirdPartyLicences(), again);
});

test("a licence is chosen among those that we take; another one is refused", () => {
  assert.deepEqual(chosen("Apache-2.0 OR MIT"), ["MIT"]);
  assert.deepEqual(chosen("MIT/Apache-2.0"), ["MIT"]);
  assert.deepEqual(chosen("(MIT OR Apache-2.0) AND Unicode-3.0"), ["MIT", "Unicode-3.0"]);
  for (const refused of ["GPL-3.0-only", "MIT AND MPL-2.0", "none named"]) {
    assert.throws(() => chosen(refused), /not one that we take/);
  }
});

describe("deny.toml, as far as it holds without cargo-deny and the network", () => {
  const toml = readFileSync(at("deny.toml"), "utf8");
  const allowed = JSON.parse(/^allow = (\[.*\])/m.exec(toml)[1]);

  test("each crate that a build takes has a licence that it allows", async () => {
    const all = await crates();
    assert.ok(all.length > (await linkedCrates()).length, "tools and tests too");
    for (const { name, license } of all) {
      // "MIT/Apache-2.0" is how crates wrote it before SPDX.
      const expression = license?.replaceAll("/", " OR ");
      assert.ok(expression && satisfies(expression, allowed), `${name}: ${license}`);
    }
  });

  test("each comes from crates.io, and in one version", async () => {
    const all = await crates();
    for (const { name, source } of all)
      assert.equal(source, "registry+https://github.com/rust-lang/crates.io-index", name);
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  });
});
