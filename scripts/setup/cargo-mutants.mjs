import { cargoTool, haveCargoTool } from "./cargo-tool.mjs";

export const cargoMutants = cargoTool("cargo-mutants");

/** What `npm run mutants` runs. */
export const cargoMutantsTool = () =>
  haveCargoTool("cargo-mutants", "27.1.0", ["mutants", "--version"]);
