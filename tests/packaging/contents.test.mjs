/** What is in the tarball. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { at } from "../../scripts/lib/paths.mjs";
import { filesUnder } from "../../scripts/lib/stamp.mjs";
import { done, installedIn, packed, project, tool } from "./support/package.mjs";

let folder;
let files;
before(async (t) => {
  folder = installedIn(await project(t));
  files = filesUnder(folder).map((file) => path.relative(folder, file).split(path.sep).join("/"));
});

const text = (name) => readFileSync(path.join(folder, name), "utf8");
const json = (name) => JSON.parse(text(name));

test("it has what users need, and nothing else", () => {
  const guides = readdirSync(at("docs", "guide")).map((name) => `docs/guide/${name}`);
  const modules = ["index", "slim", "entra-flow.global"].flatMap((name) => [
    `dist/${name}.js`,
    `dist/${name}.js.map`,
  ]);
  const compat = ["compat", "entra-flow.compat.global"].map((name) => `dist/${name}.js`);
  const types = [
    ...["client", "compat", "diagnose", "error", "fallback", "global", "index", "module-slim"],
    ...["slim", "types"],
  ];
  const expected = [
    ...[
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "THIRD_PARTY_LICENSES.md",
      "package.json",
    ],
    ...[
      "dist/entra-flow.wasm",
      ...["errors", "faults", "security", "start"].map((name) => `docs/${name}.md`),
    ],
    ...types.map((name) => `dist/${name}.d.ts`),
    ...modules,
    ...compat,
    ...guides,
  ];
  assert.deepEqual(files.sort(), expected.sort());
});

test("it depends on nothing, and runs nothing when it is installed", () => {
  const { dependencies, peerDependencies, scripts } = json("package.json");
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  assert.deepEqual(
    ["preinstall", "install", "postinstall"].filter((name) => name in scripts),
    [],
  );
  assert.match(scripts.prepack, /build/, "packing builds what is packed");
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: folder, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("the types are right for each way to resolve them", async () => {
  // ES modules alone: a second copy for `require` would be another 140 kB, and browsers' bundlers don't ask for it.
  const rules = ["--ignore-rules", "cjs-resolves-to-esm", "--exclude-entrypoints", "wasm"];
  await done(tool("@arethetypeswrong/cli/dist/index.js", [await packed(), ...rules]));
});

test("each page that types and users' docs name is there", () => {
  const named = files
    .filter((name) => name.endsWith(".d.ts"))
    .flatMap((name) => text(name).match(/\bdocs\/[\w/.-]+\.md/g) ?? []);
  assert.ok(named.includes("docs/errors.md"));
  const linked = files
    .filter((name) => name.startsWith("docs/") || name === "CHANGELOG.md")
    .flatMap((name) =>
      linksOf(name).map((link) => path.posix.join(path.posix.dirname(name), link)),
    );
  assert.deepEqual(
    named.filter((name) => !files.includes(name)),
    [],
  );
  // What is about the project itself is in the repository alone.
  const missing = linked.filter((name) => !files.includes(name) && !existsSync(at(name)));
  assert.deepEqual(missing, []);
});

test("the README links to nothing that is not in the package or the repository", () => {
  const links = linksOf("README.md");
  assert.ok(links.includes("docs/errors.md"));
  assert.deepEqual(
    links.filter((link) => !existsSync(at(link))),
    [],
  );
});

const linksOf = (name) =>
  [...text(name).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

test("a source map stands by itself, and does not repeat the module", () => {
  for (const name of files.filter((one) => one.endsWith(".map"))) {
    const { sources, sourcesContent } = json(name);
    assert.equal(sources.length, sourcesContent.length);
    assert.ok(sourcesContent.every((content) => content.length > 0 && content.length < 60_000));
  }
});

test("the crate, the package and the changelog are of one version", () => {
  const { version } = json("package.json");
  const [, crate] = /^version = "(.+)"/m.exec(readFileSync(at("Cargo.toml"), "utf8"));
  assert.equal(crate, version);
  assert.match(text("CHANGELOG.md"), /^## (Unreleased|\[?\d+\.\d+\.\d+)/m);
});
