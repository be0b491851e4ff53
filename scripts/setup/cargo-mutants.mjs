import { run } from "../lib/run.mjs";
import { cargoTool, installCargoTool } from "./cargo-tool.mjs";

const version = "27.1.0";

export const cargoMutants = cargoTool("cargo-mutants");

/** What `npm run mutants` runs: nothing else needs it, so set-up installs it only then. */
export async function cargoMutantsTool() {
  const { output } = await run(cargoMutants, ["mutants", "--version"]);
  if (output.trim() === `cargo-mutants ${version}`) return;
  await installCargoTool("cargo-mutants", version, { program: "cargo" });
}
