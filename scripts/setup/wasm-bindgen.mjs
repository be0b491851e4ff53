import { readFileSync } from "node:fs";
import { at } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { install } from "./install.mjs";
import { wasmCargo } from "./rust.mjs";

const exe = process.platform === "win32" ? ".exe" : "";

export const wasmBindgen = at(".tools", "bin", `wasm-bindgen${exe}`);
export const wasmBindgenTestRunner = at(".tools", "bin", `wasm-bindgen-test-runner${exe}`);

/** The command-line tool must be of the very version of the crate: they share a private format. */
export async function wasmBindgenTools() {
  const version = lockedVersion(readFileSync(at("Cargo.lock"), "utf8"));
  const answers = await Promise.all(
    [wasmBindgen, wasmBindgenTestRunner].map((tool) => run(tool, ["--version"])),
  );
  if (answers.every(({ output }) => output.trim().endsWith(` ${version}`))) return;
  const cargo = await wasmCargo();
  // Without --locked: the versions that it locks may be gone from a registry mirror.
  const args = [
    "install",
    "wasm-bindgen-cli",
    "--version",
    version,
    "--root",
    at(".tools"),
    "--force",
  ];
  await install(
    `wasm-bindgen ${version} (built by cargo, a few minutes)`,
    () => run(cargo.program, args, { env: cargo.env }),
    "check that cargo reaches crates.io and that a C linker is installed, then run this again",
  );
}

/** The version of the crate wasm-bindgen in the text of a Cargo.lock. */
export const lockedVersion = (lock) =>
  /name = "wasm-bindgen"\r?\nversion = "([^"]+)"/.exec(lock)?.[1];
