import { run } from "../lib/run.mjs";
import { cargoTool, installCargoTool } from "./cargo-tool.mjs";

const version = "0.8.0";

export const twiggy = cargoTool("twiggy");

/** What `npm run size` names the biggest items with: nothing else needs it, so set-up installs it only then. */
export async function twiggyTool() {
  const { output } = await run(twiggy, ["--version"]);
  if (output.trim().endsWith(` ${version}`)) return;
  await installCargoTool("twiggy", version, { program: "cargo" });
}
