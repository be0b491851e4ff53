/**
 * Takes out of the module what could only ever write for a terminal that a page does not have.
 *
 * - A panic traps at once. It would trap anyway, after composing a message that wasm32-unknown-unknown has
 *   nowhere to print; nightly calls this `panic=immediate-abort`, stable Rust has no word for it.
 * - `Debug` writes nothing: it quotes values, which no message of ours may do, and it alone brings the formatting of
 *   floats and tables of Unicode into the module.
 * - Source paths and messages, of which only panics know, become zeros, as do the tables of what was silenced. The
 *   paths also name the folders of whoever built it.
 * - Imports get short names, here and in the glue: wasm-bindgen's carry hashes that no compression removes.
 *   What nothing imports any more is left out of the glue.
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
  /^<(f32|f64|i64|u64|usize|bool|char) as core::fmt::\w+>::fmt$/,
];

/** Only `core::fmt::write` calls these: without it, all that is left of them is an entry in a table. */
const formatted = [
  /^<&str as core::fmt::Display>::fmt$/,
  /^<u32 as core::fmt::UpperHex>::fmt$/,
  /^<core::cell::Borrow\w*Error as core::fmt::Display>::fmt$/,
];

/** What formats for a terminal and has tables of its own. */
const terminalOnly =
  /(num::flt2dec|unicode::(printable|unicode_data::grapheme_extend)|escape_debug_ext)/;

/**
 * @param {object} files
 * @param {string} files.module as wasm-bindgen leaves it
 * @param {string} files.glue its JavaScript
 * @param {string} files.map the linker's map of it
 */
export async function trim({ module: file, glue, map }) {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { default: binaryen } = await import("binaryen");
  const bytes = readFileSync(file);
  const data = dataOf(binaryen, bytes);
  const symbols = symbolsOf(readFileSync(map, "utf8"));
  blankPaths(data);
  blankMessages(data, symbols);
  const module = binaryen.readBinary(bytes);
  const tables = addressesIn(binaryen, module, (name) => terminalOnly.test(name));
  quieten(binaryen, module);
  module.runPasses(["remove-unused-module-elements"]);
  const kept = addressesIn(binaryen, module, () => true);
  module.dispose();
  blankTables(data, symbols, tables, kept);

  const whole = binaryen.readBinary(bytes);
  quieten(binaryen, whole);
  const { text, script } = shorten(whole.emitText(), readFileSync(glue, "utf8"));
  whole.dispose();
  const shortened = binaryen.parseText(text);
  // Names of functions are kept for `npm run size`; wasm-opt leaves them out of what ships.
  binaryen.setDebugInfo(true);
  writeFileSync(file, shortened.emitBinary());
  shortened.dispose();
  writeFileSync(glue, script);
}

/** Takes out of the glue what the finished module does not import, and every way to load it but the one of js/src/core.ts. */
export function prune(module, glue) {
  const imported = new Set(
    WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(module))).map(
      ({ name }) => name,
    ),
  );
  const script = readFileSync(glue, "utf8");
  const entry = /^ {8}(\w+): function\([\s\S]*?^ {8}\},\n/gm;
  writeFileSync(
    glue,
    script
      .replace(entry, (whole, name) => (imported.has(name) ? whole : ""))
      .replace(loading, ofModule),
  );
}

const loading =
  /^async function __wbg_load\([\s\S]*^export \{ initSync, __wbg_init as default \};$/m;

const ofModule = `async function __wbg_init({ module_or_path: module }) {
    const instance = await WebAssembly.instantiate(module, __wbg_get_imports());
    return __wbg_finalize_init(instance, module);
}

export { __wbg_init as default };`;

function quieten(binaryen, module) {
  const functions = ownFunctions(binaryen, module);
  const formats = functions.some(({ name }) => plainName(name) === "core::fmt::write");
  const quiet = formats ? silent : [...silent, ...formatted];
  for (const { name, params, results } of functions) {
    const body = bodyFor(plainName(name), results, quiet, binaryen, module);
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

function bodyFor(name, results, quiet, binaryen, module) {
  if (traps.some((pattern) => pattern.test(name))) return module.unreachable();
  const writes = results === binaryen.i32 && quiet.some((pattern) => pattern.test(name));
  // `fmt` answers `Ok(())`, which is 0.
  return writes ? module.i32.const(0) : undefined;
}

const sourcePath = /(?:\/[\w.@+-]+|src)(?:\/[\w.@+-]+)+\.rs/g;
// A `core::panic::Location`: the path's address and length, a line, a column.
const LOCATION_BYTES = 16;

/** The segments of data: each one's address, and a view of it in the module's own bytes. */
export function dataOf(binaryen, bytes) {
  const module = binaryen.readBinary(bytes);
  const segments = Array.from({ length: module.getNumDataSegments() }, (_, index) => {
    const { offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(index));
    const start = bytes.indexOf(Buffer.from(data));
    return { offset, view: bytes.subarray(start, start + data.byteLength) };
  });
  module.dispose();
  return segments;
}

/** Zeros paths, and the locations that name them. */
function blankPaths(segments) {
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

// The standard library's panics.
const message =
  /^(called `|assertion failed|attempt to |`async fn` |RefCell already|LazyCell |capacity overflow|internal error: |a formatting trait |a Display impl|Tried to shrink|null pointer passed|Map must not|TryMaybeDone |finish: |FnOnce called|cannot poll )/;
const template =
  /[^\0]*(slicing `|out of bounds|char boundary|slice index|(start|end) index|assertion `left|floating point `|character `|integer `|boolean `|invalid type: )[^\0]*/g;

/** Zeros messages of panics, and their templates, which the linker puts before all that has a symbol. */
function blankMessages(segments, symbols) {
  const first = Math.min(...symbols.map(({ start }) => start));
  for (const { offset, view } of segments) {
    const text = view.toString("latin1");
    for (const { start, end } of symbols.filter((own) => own.start >= offset)) {
      if (message.test(text.slice(start - offset, end - offset))) {
        view.fill(0, start - offset, end - offset);
      }
    }
    for (const { 0: found, index } of text
      .slice(0, Math.max(0, first - offset))
      .matchAll(template)) {
      view.fill(0, index, index + found.length);
    }
  }
}

/** What could be addresses in the code of some functions. */
function addressesIn(binaryen, module, wanted) {
  const bodies = ownFunctions(binaryen, module).filter(({ name }) => wanted(plainName(name)));
  const numbers = bodies.flatMap(({ body }) => [
    ...binaryen.emitText(body).matchAll(/(?:i32\.const |offset=)(\d+)/g),
  ]);
  return numbers.map(([, number]) => Number(number));
}

/** Address and size of each piece of data in a linker's map. */
function symbolsOf(map) {
  const lines = [
    ...map.matchAll(/^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) .*\(\.rodata\.[^)]*\)$/gm),
  ];
  return lines.map(([, address, size]) => ({
    start: Number.parseInt(address, 16),
    end: Number.parseInt(address, 16) + Number.parseInt(size, 16),
  }));
}

/**
 * Zeros the tables of what was silenced. A segment is one piece, so no tool sees that parts of it are dead.
 * Tables of a function are its own: nothing else reaches into them but by an address of theirs.
 */
function blankTables(segments, symbols, tables, kept) {
  const names = (addresses, { start, end }) =>
    addresses.some((address) => address >= start && address < end);
  for (const symbol of symbols.filter((own) => names(tables, own) && !names(kept, own))) {
    const home = segments.find(({ offset, view }) =>
      names([symbol.start], { start: offset, end: offset + view.length }),
    );
    home?.view.fill(0, symbol.start - home.offset, symbol.end - home.offset);
  }
}

/** Gives the imports short names, alike in the module's text and in its glue. */
function shorten(text, script) {
  let count = 0;
  const names = new Map();
  // The glue hands over src/browser/shim.js as it is, so its names stay; its path has a hash.
  const shim = /"\.\/snippets\/[^"]+"/g;
  const renamed = text
    .replace(/(\(import "\.\/\w+\.js" )"([^"]+)"/g, (_, head, name) => {
      if (!names.has(name)) names.set(name, `_${(count++).toString(36)}`);
      return `${head}"${names.get(name)}"`;
    })
    .replace(shim, '"shim"');
  const glue = script
    // A member of an object for the web, an export for bundlers.
    .replace(/^( {8}|export function )(\w+)(?=: function|\()/gm, (whole, head, name) =>
      names.has(name) ? `${head}${names.get(name)}` : whole,
    )
    // Once for each block of imports there, and the same module each time.
    .replace(/^ *"\.\/snippets\/[^"]+": (import\d+),\n/gm, (_, module) =>
      module === "import1" ? `        "shim": ${module},\n` : "",
    );
  return { text: renamed, script: glue };
}
