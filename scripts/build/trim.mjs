/**
 * Takes out of the module what could only ever write for a terminal that a page does not have.
 *
 * - A panic traps at once. It would trap anyway, after composing a message that wasm32-unknown-unknown has
 *   nowhere to print; nightly calls this `panic=immediate-abort`, stable Rust has no word for it.
 * - `Debug`, and serde's account of an unexpected value, write nothing: both name values, which no message of
 *   ours may do, and they alone bring the formatting of floats and tables of Unicode into the module.
 * - Source paths, of which only panics know, become zeros. They also name the folders of whoever built it.
 * - Imports get short names, here and in the glue: wasm-bindgen's carry hashes that no compression removes.
 *
 * A symbol that a new Rust names differently costs bytes and nothing else; the budget notices.
 */
import { readFileSync, writeFileSync } from "node:fs";

const traps = [
  /^core::(panicking|option::(unwrap|expect)_failed|result::unwrap_failed)/,
  /^core::(slice::index::\w*fail|str::slice_error_fail|cell::(lazy::)?panic_)/,
  /^(std::panicking|std::sys::backtrace|alloc::raw_vec::(handle_error|capacity_overflow))/,
  /^(alloc::alloc::handle_alloc_error|__rustc::(rust_begin_unwind|rust_panic)|rust_panic)/,
  /Fallibility>::(capacity_overflow|alloc_err)$/,
];
const silent = [
  /as core::fmt::Debug>::fmt(\.\d+)?$/,
  /^<f(32|64) as core::fmt::\w+>::fmt$/,
  /^<serde(_core)?::de::(Unexpected|WithDecimalPoint) as core::fmt::Display>::fmt$/,
  /^<.* as serde(_core)?::de::Expected>::fmt$/,
];

/**
 * @param {string} file the module, as wasm-bindgen leaves it
 * @param {string} glue its JavaScript
 */
export async function trim(file, glue) {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { default: binaryen } = await import("binaryen");
  const bytes = readFileSync(file);
  const module = binaryen.readBinary(bytes);
  blankPaths(module, bytes);
  module.dispose();
  const blanked = binaryen.readBinary(bytes);
  quieten(binaryen, blanked);
  const { text, script } = shorten(blanked.emitText(), readFileSync(glue, "utf8"));
  blanked.dispose();
  const shortened = binaryen.parseText(text);
  // Names of functions are kept for `npm run size`; wasm-opt leaves them out of what ships.
  binaryen.setDebugInfo(true);
  writeFileSync(file, shortened.emitBinary());
  shortened.dispose();
  writeFileSync(glue, script);
}

function quieten(binaryen, module) {
  for (const { name, params, results } of ownFunctions(binaryen, module)) {
    const body = bodyFor(plainName(name), results, binaryen, module);
    if (body === undefined) continue;
    module.removeFunction(name);
    module.addFunction(name, params, results, [], body);
  }
}

const ownFunctions = (binaryen, module) =>
  Array.from({ length: module.getNumFunctions() }, (_, index) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(index)),
  ).filter(({ base }) => !base);

/** A symbol's path without the hashes of either mangling. */
const plainName = (name) => name.replace(/\[[0-9a-f]+\]/g, "").replace(/::h[0-9a-f]{16}/, "");

function bodyFor(name, results, binaryen, module) {
  if (traps.some((pattern) => pattern.test(name))) return module.unreachable();
  const writes = results === binaryen.i32 && silent.some((pattern) => pattern.test(name));
  // `fmt` answers `Ok(())`, which is 0.
  return writes ? module.i32.const(0) : undefined;
}

const sourcePath = /(?:\/[\w.@+-]+|src)(?:\/[\w.@+-]+)+\.rs/g;
// A `core::panic::Location`: the path's address and length, a line, a column.
const LOCATION_BYTES = 16;

/** Zeros paths, and the locations that name them, in the module's own bytes. */
function blankPaths(module, bytes) {
  const segments = Array.from({ length: module.getNumDataSegments() }, (_, index) => {
    const { offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(index));
    const start = bytes.indexOf(Buffer.from(data));
    return { offset, view: bytes.subarray(start, start + data.byteLength) };
  });
  for (const { offset, view } of segments) {
    for (const { 0: path, index } of view.toString("latin1").matchAll(sourcePath)) {
      const reference = Buffer.alloc(8);
      reference.writeUInt32LE(offset + index, 0);
      reference.writeUInt32LE(path.length, 4);
      for (const { view: other } of segments) {
        for (let at = other.indexOf(reference); at >= 0; at = other.indexOf(reference, at + 1)) {
          other.fill(0, at, at + LOCATION_BYTES);
        }
      }
      view.fill(0, index, index + path.length);
    }
  }
}

/** Gives the imports short names, alike in the module's text and in its glue. */
function shorten(text, script) {
  let count = 0;
  const names = new Map();
  const renamed = text.replace(/(\(import "\.\/\w+\.js" )"([^"]+)"/g, (_, head, name) => {
    if (!names.has(name)) names.set(name, `_${(count++).toString(36)}`);
    return `${head}"${names.get(name)}"`;
  });
  const glue = script.replace(/^( {8})(\w+): function/gm, (whole, indent, name) =>
    names.has(name) ? `${indent}${names.get(name)}: function` : whole,
  );
  return { text: renamed, script: glue };
}
