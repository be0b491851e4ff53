import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { replaceFolder } from "../lib/replace.mjs";
import { run } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { wasmCargo } from "../setup/rust.mjs";
import { buildCompat } from "./compat.mjs";
import { rememberConstants } from "./constants.mjs";
import { packWasm } from "./pack.mjs";
import { bindgen, optimise, unaligned } from "./tools.mjs";
import { prune, trim } from "./trim.mjs";

/** The module as trim.mjs leaves it, with the names of its functions, for `npm run size`. */
export const trimmed = at("target", "entra_flow.trimmed.wasm");

/** Work of LLVM's that makes code faster and longer, which `opt-level = "z"` leaves in. */
const lessCode = [
  // What is known on one way to a place is worked out on the others, so that it is known there.
  "-enable-pre=false",
  "-disable-lsr",
  // gzip finds what is the same, and keeping it in a local costs bytes that it does not find.
  "-disable-machine-cse",
].map((option) => `-Cllvm-args=${option}`);

/** src/ → pkg/: the module, its JavaScript glue, the module as text to inline, and all of it as JavaScript. */
export async function buildWasm({ force }) {
  const cargo = await wasmCargo();
  const { output: rustVersion } = await run(cargo.env.RUSTC ?? "rustc", ["--version"]);
  return unlessFresh(
    {
      stamp: at("target", "stamps", "pkg"),
      hash: hashOf(
        [
          at("src"),
          at("Cargo.toml"),
          at("Cargo.lock"),
          import.meta.filename,
          at("scripts", "build", "compat.mjs"),
          at("scripts", "build", "constants.mjs"),
          at("scripts", "build", "pack.mjs"),
          at("scripts", "build", "tools.mjs"),
          at("scripts", "build", "trim.mjs"),
        ],
        [cargo.kind, rustVersion],
      ),
      outputs: [
        at("pkg", "entra_flow.js"),
        at("pkg", "entra_flow_bg.wasm"),
        at("pkg", "inline.js"),
        at("pkg", "compat.js"),
      ],
      force,
    },
    () => replaceFolder("pkg", (folder) => fill(folder, cargo)),
  );
}

async function fill(folder, cargo) {
  console.log("building the module …");
  // As a cdylib alone: beside an rlib, cargo leaves out the link-time optimisation across crates.
  const args = ["rustc", "--release", "--lib", "--crate-type", "cdylib", "--quiet", ...cargo.args];
  const output = path.join(cargo.env.CARGO_TARGET_DIR, "wasm32-unknown-unknown", "release");
  const compiled = path.join(output, "entra_flow.wasm");
  // Beside the module: cargo writes neither again where it finds everything fresh.
  const map = path.join(output, "entra_flow.map");
  args.push("--", `-Clink-arg=--Map=${map}`, ...lessCode);
  const { code } = await run(cargo.program, args, { env: cargo.env, show: true });
  if (code !== 0) throw new Failure("cargo could not build the crate for WebAssembly: see above.");

  // The glue's own `new URL("….wasm", import.meta.url)` is what pcf-scripts' webpack trips over.
  await bindgen(["--target", "web", "--omit-default-module-path", "--out-dir", folder, compiled]);

  const module = path.join(folder, "entra_flow_bg.wasm");
  const script = path.join(folder, "entra_flow.js");
  await trim({ module, glue: script, map });
  copyFileSync(module, trimmed);
  await optimise(module, { last: unaligned });
  prune(module, script);
  await rememberConstants({ glue: script, map, compiled });

  const packed = await packWasm(readFileSync(module));
  writeFileSync(path.join(folder, "inline.js"), `export default "${packed.toString("base64")}";\n`);
  writeFileSync(path.join(folder, "inline.d.ts"), inlineTypes);

  await buildCompat({ folder, compiled, map });
}

const inlineTypes = `/** The module, deflated without a header (\`deflate-raw\`), in base64. */
declare const text: string;
export default text;
`;
