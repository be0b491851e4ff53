import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { packWasm } from "../../scripts/build/pack.mjs";
import { holdToBudget } from "../../scripts/build/size.mjs";
import { keepPublicTypes } from "../../scripts/build/types.mjs";
import { at } from "../../scripts/lib/paths.mjs";

test("a packed module is the module again once inflated", async () => {
  const module = readFileSync(import.meta.filename);
  const packed = await packWasm(module);
  assert.ok(packed.length < deflateRawSync(module, { level: 9 }).length);
  assert.deepEqual(inflateRawSync(packed), module);
});

test("a bundle over its budget fails the build in one sentence", () => {
  const budget = { "a.js": 60_000 };
  const measured = (gzip) => [
    { name: "a.js", gzip },
    { name: "without a budget.js", gzip: 1e9 },
  ];
  assert.doesNotThrow(() => holdToBudget(measured(60_000), budget));
  const over = /a\.js is 60001 bytes gzipped, over its budget of 60000/;
  assert.throws(() => holdToBudget(measured(60_001), budget), over);
});

test("types that index.d.ts reaches stay, others go, and none may lead out of dist/", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "entra-flow-types-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lay = (name, text) => writeFileSync(path.join(folder, name), text);
  lay("index.d.ts", 'export type { Options } from "./types.js";\n');
  lay("types.d.ts", "export interface Options {}\n");
  lay("load.d.ts", 'export { load } from "../../pkg/entra_flow.js";\n');
  keepPublicTypes(folder);
  assert.deepEqual(
    ["types", "load"].map((name) => existsSync(path.join(folder, `${name}.d.ts`))),
    [true, false],
  );

  lay("types.d.ts", 'export type { Bound } from "../../pkg/entra_flow.js";\n');
  assert.throws(
    () => keepPublicTypes(folder),
    /types\.d\.ts refers to .*pkg\/entra_flow\.js, which is not shipped/,
  );
});

test("the built module names no folder of whoever built it, and its glue has all that it imports", async () => {
  const module = readFileSync(at("pkg", "entra_flow_bg.wasm"));
  const text = module.toString("latin1");
  assert.doesNotMatch(text, /\.cargo|\/rustc\/|[\w/]+\.rs\b/);
  const glue = readFileSync(at("pkg", "entra_flow.js"), "utf8");
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module));
  assert.ok(imports.length > 0);
  for (const { name } of imports) assert.match(glue, new RegExp(`^ {8}${name}: `, "m"));
});
