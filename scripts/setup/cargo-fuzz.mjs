import { Failure } from "../lib/failure.mjs";
import { run, which } from "../lib/run.mjs";
import { cargoTool, installCargoTool } from "./cargo-tool.mjs";

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
  const found = await run(cargoTool("cargo-fuzz"), ["--version"]);
  if (found.output.trim().endsWith(` ${version}`)) return;
  await installCargoTool("cargo-fuzz", version, { program: "cargo" });
}
