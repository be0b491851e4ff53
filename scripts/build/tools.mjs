/** What the module goes through after the compiler: wasm-bindgen, and binaryen's wasm-opt and wasm2js. */
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { run, runNode } from "../lib/run.mjs";
import { wasmBindgen } from "../setup/wasm-bindgen.mjs";

export const wasmOpt = at("node_modules", "binaryen", "bin", "wasm-opt");

// By name: `--all-features` emits types that Node 20 and older browsers refuse.
export const wasmFeatures = [
  "bulk-memory",
  "sign-ext",
  "nontrapping-float-to-int",
  "mutable-globals",
  "reference-types",
  "multivalue",
].map((feature) => `--enable-${feature}`);

// Rust's stack is at the bottom of the memory, so no valid address is near zero and offsets may be folded.
export const wasmOptLevel = [
  ...["--flatten", "--rereloop", "-Oz", "--low-memory-unused", "-Oz"],
  // It saves bytes that gzip would have saved anyway, and makes code less alike.
  "--skip-pass=local-cse",
  // A large function that is called once is more like others where it stands alone.
  "--one-caller-inline-max-function-size=25",
];

/** No engine needs to know how an access is aligned, and what nobody says is the same everywhere. wasm2js does need it. */
export const unaligned = ["--dealign"];

export const bindgen = (args) => mustPass("wasm-bindgen", run(wasmBindgen, args));

/** Makes the module as small as it gets, between passes of the caller's. */
export const optimise = (module, { first = [], last = [] }) =>
  mustPass(
    "wasm-opt",
    runNode(wasmOpt, [...first, ...wasmOptLevel, ...last, ...wasmFeatures, module, "-o", module]),
  );

/** The module as JavaScript. Of what came after WebAssembly's first version it knows the copying of memory. */
export const wasm2js = (module, script) =>
  mustPass(
    "wasm2js",
    runNode(at("node_modules", "binaryen", "bin", "wasm2js"), [
      ...["-Os", "--enable-bulk-memory", "--enable-mutable-globals"],
      ...[module, "-o", script],
    ]),
  );

async function mustPass(tool, running) {
  const { code, output } = await running;
  if (code !== 0) throw new Failure(`${tool} failed: ${output.trim().slice(-2000)}`);
}
