import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { run, which } from "../lib/run.mjs";
import { install } from "./install.mjs";

const version = "0.13.1";

/** cargo-fuzz in the project's own folder, and what it can't do without. */
export async function cargoFuzz() {
  if (process.platform === "win32") {
    throw new Failure(
      "The fuzzer runs on Linux and macOS: on Windows use WSL, or `cargo test --test properties`.",
    );
  }
  if (["c++", "g++", "clang++"].every((name) => which(name) === undefined)) {
    throw new Failure(
      "There is no C++ compiler on PATH, which libFuzzer is built with: install g++ or clang, then run this again.",
    );
  }
  const found = await run(at(".tools", "bin", "cargo-fuzz"), ["--version"]);
  if (found.output.trim().endsWith(` ${version}`)) return;
  const args = ["install", "cargo-fuzz", "--version", version, "--root", at(".tools"), "--force"];
  await install(
    `cargo-fuzz ${version} (built by cargo, a minute)`,
    () => run("cargo", args),
    "check that cargo reaches crates.io and that a C linker is installed, then run this again",
  );
}
