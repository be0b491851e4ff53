import { at } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { install } from "./install.mjs";

const exe = process.platform === "win32" ? ".exe" : "";

/** Where a program that cargo built for us stands. */
export const cargoTool = (name) => at(".tools", "bin", `${name}${exe}`);

/**
 * Makes sure of a crate's program of the same name in just this version. What few commands need is installed by those
 * alone. `asking` has it tell its version.
 */
export async function haveCargoTool(crate, version, asking = ["--version"]) {
  const { output } = await run(cargoTool(crate), asking);
  if (output.trim().endsWith(` ${version}`)) return;
  await installCargoTool(crate, version, { program: "cargo" });
}

/** Installs a crate's programs, in just this version, into .tools. */
export async function installCargoTool(crate, version, { program, env }) {
  // Without --locked: the versions that it locks may be gone from a registry mirror.
  const args = ["install", crate, "--version", version, "--root", at(".tools"), "--force"];
  await install(
    `${crate} ${version} (built by cargo, a few minutes)`,
    () => run(program, args, { env }),
    "check that cargo reaches crates.io and that a C linker is installed, then run this again",
  );
}
