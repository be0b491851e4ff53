import { readFileSync } from "node:fs";
import { at } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { cargoTool, installCargoTool } from "./cargo-tool.mjs";
import { wasmCargo } from "./rust.mjs";

export const wasmBindgen = cargoTool("wasm-bindgen");
export const wasmBindgenTestRunner = cargoTool("wasm-bindgen-test-runner");

/** The command-line tool must be of the very version of the crate: they share a private format. */
export async function wasmBindgenTools() {
  const version = lockedVersion(readFileSync(at("Cargo.lock"), "utf8"));
  const answers = await Promise.all(
    [wasmBindgen, wasmBindgenTestRunner].map((tool) => run(tool, ["--version"])),
  );
  if (answers.every(({ output }) => output.trim().endsWith(` ${version}`))) return;
  await installCargoTool("wasm-bindgen-cli", version, await wasmCargo());
}

/** The version of the crate wasm-bindgen in the text of a Cargo.lock. */
export const lockedVersion = (lock) =>
  /name = "wasm-bindgen"\r?\nversion = "([^"]+)"/.exec(lock)?.[1];
