import { Failure } from "../lib/failure.mjs";
import { which } from "../lib/run.mjs";
import { haveCargoTool } from "./cargo-tool.mjs";

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
  await haveCargoTool("cargo-fuzz", "0.13.1");
}
