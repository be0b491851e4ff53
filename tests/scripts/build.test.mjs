import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { asFunction, withMovingMemory, withoutFeatures } from "../../scripts/build/compat.mjs";
import { rememberConstants, remembering } from "../../scripts/build/constants.mjs";
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

/** Glue as wasm-bindgen writes it, over this memory. */
const glueOver = (memory) => `let asked = 0;
const memory = Buffer.from("${memory}");
const getUint8ArrayMemory0 = () => memory;
const decodeText = (bytes) => { asked += 1; return bytes.toString(); };
function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
`;

test("the glue decodes a constant text once, and whatever stands in other memory each time", () => {
  const glue = glueOver("abcdefgh");
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

test("the glue keeps texts of up to 255 bytes, and takes none for another", () => {
  const memory = "0123456789".repeat(60);
  const run = new Function(
    "calls",
    `${remembering(glueOver(memory), 0, memory.length)}; return [calls.map(([ptr, len]) => getStringFromWasm0(ptr, len)), asked];`,
  );
  const texts = [
    [0, 255],
    [0, 256],
    [1, 0],
    [1, 255],
  ];
  const [read, decoded] = run([...texts, ...texts]);
  const expected = texts.map(([ptr, len]) => memory.slice(ptr, ptr + len));
  assert.deepEqual(read, [...expected, ...expected]);
  // The one of 256 twice.
  assert.equal(decoded, 5);
});

test("constant texts are remembered only where glue, map and module are what they should be", async (t) => {
  const { default: binaryen } = await import("binaryen");
  const folder = mkdtempSync(path.join(tmpdir(), "entra-flow-constants-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name) => path.join(folder, name);
  const module = binaryen.parseText(
    `(module (memory 1) (data (i32.const 16) "constant") (data (i32.const 24) "written"))`,
  );
  writeFileSync(file("compiled"), module.emitBinary());
  module.dispose();
  const known = {
    glue: glueOver("abc"),
    map: "    Addr      Off     Size Out     In      Symbol\n      10       64        8 .rodata\n      18       6c        7 .data\n",
  };
  const remember = (change) => {
    for (const [name, text] of Object.entries({ ...known, ...change }))
      writeFileSync(file(name), text);
    return rememberConstants({
      glue: file("glue"),
      map: file("map"),
      compiled: file("compiled"),
    });
  };
  await remember({});
  assert.match(readFileSync(file("glue"), "utf8"), /const at = ptr - 16;\n.* at \+ len <= 8 /);

  const unknown = /written in another way than/;
  await assert.rejects(remember({ glue: known.glue.replace(">>>", ">>") }), unknown);
  await assert.rejects(remember({ map: known.map.replace(".rodata", ".rodata2") }), unknown);
  const ofAnother = /not of this module/;
  await assert.rejects(remember({ map: known.map.replace("8 .rodata", "f .rodata") }), ofAnother);
  await assert.rejects(remember({ map: known.map.replace("10  ", "11  ") }), ofAnother);
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
