import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { asFunction, withMovingMemory, withoutFeatures } from "../../scripts/build/compat.mjs";
import { remembering } from "../../scripts/build/constants.mjs";
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
  const shim = readFileSync(at("src", "browser", "shim.js"), "utf8");
  assert.match(glue, /^ {8}"shim": import1,$/m);
  for (const { module, name } of imports) {
    if (module === "shim")
      assert.match(shim, new RegExp(`^export (async )?function ${name}\\(`, "m"));
    else assert.match(glue, new RegExp(`^ {8}${name}: `, "m"));
  }
});

test("a module is told to have no features, whatever it was compiled with", () => {
  const wasm = readFileSync(at("pkg", "entra_flow_bg.wasm"));
  const section = (name, payload) => {
    const body = Buffer.concat([
      Buffer.from([name.length]),
      Buffer.from(name),
      Buffer.from(payload),
    ]);
    return Buffer.concat([Buffer.from([0, body.length]), body]);
  };
  const features = section("target_features", [1, 43, 15, ...Buffer.from("reference-types")]);
  const told = withoutFeatures(Buffer.concat([wasm, features]));
  const [own, ...others] = WebAssembly.Module.customSections(
    new WebAssembly.Module(told),
    "target_features",
  ).map((one) => Buffer.from(one).toString());
  assert.deepEqual(others, []);
  assert.match(own, /mutable-globals/);
  assert.doesNotMatch(own, /reference-types/);
  assert.throws(() => withoutFeatures(wasm), /does not say which features/);
});

test("the crate in JavaScript names no folder, and looks for its memory where it is", () => {
  const script = readFileSync(at("pkg", "compat_asm.js"), "utf8");
  assert.doesNotMatch(script, /\.cargo|\/rustc\/|^import /m);
  assert.match(script, /^export default asmFunc;$/m);
  const glue = readFileSync(at("pkg", "compat_bg.js"), "utf8");
  assert.ok(glue.match(/\.buffer !== wasm\.memory\.buffer/g).length >= 2);
  assert.doesNotMatch(glue, /byteLength === 0|\.detached/);
});

test("the glue decodes a constant text once, and whatever stands in other memory each time", () => {
  const glue = `let asked = 0;
const memory = Buffer.from("abcdefgh");
const getUint8ArrayMemory0 = () => memory;
const decodeText = (bytes) => { asked += 1; return bytes.toString(); };
function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
`;
  const run = new Function(
    "calls",
    `${remembering(glue, 2, 4)}; return [calls.map(([ptr, len]) => getStringFromWasm0(ptr, len)), asked];`,
  );
  const calls = (...list) => run([...list, ...list]);
  const constants = [
    [2, 4],
    [2, 3],
    [3, 3],
  ];
  assert.deepEqual(calls(...constants), [["cdef", "cde", "def", "cdef", "cde", "def"], 3]);
  const others = [
    [1, 2],
    [5, 2],
    [6, 2],
  ];
  assert.deepEqual(calls(...others), [["bc", "fg", "gh", "bc", "fg", "gh"], 6]);
});

test("what wasm2js or wasm-bindgen would write in another way fails the build", () => {
  assert.throws(
    () => asFunction("export var memory = 1;\n"),
    /wasm2js writes its module in another way/,
  );
  assert.throws(
    () => withMovingMemory("no view of any memory"),
    /looks at its memory in another way/,
  );
  assert.throws(
    () => withMovingMemory("a.byteLength === 0 || cachedB.byteLength === 0"),
    /looks at its memory in another way/,
  );
});
