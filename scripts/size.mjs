/**
 * `npm run size`: the sizes of what was built, and the biggest items in the module, by twiggy. `-- --items 100` names
 * more of them.
 */
import "./lib/node.mjs";
import { existsSync } from "node:fs";
import { printSizes } from "./build/size.mjs";
import { unaligned, wasmFeatures, wasmOpt, wasmOptLevel } from "./build/tools.mjs";
import { trimmed } from "./build/wasm.mjs";
import { readArguments } from "./lib/arguments.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { at } from "./lib/paths.mjs";
import { run, runNode } from "./lib/run.mjs";
import { twiggy, twiggyTool } from "./setup/twiggy.mjs";

const named = at("target", "entra_flow.named.wasm");

await asCommand(async () => {
  const { values } = readArguments("npm run size -- [--items 100]", {
    options: { items: { type: "string", default: "40" } },
  });
  if (!existsSync(at("dist")) || !existsSync(trimmed))
    throw new Failure("Nothing is built yet: run `npm run build` first.");
  printSizes();
  await twiggyTool();
  // As what ships, but for the names.
  const optimised = await runNode(wasmOpt, [
    ...["-g", ...wasmOptLevel, ...unaligned, ...wasmFeatures],
    ...[trimmed, "-o", named],
  ]);
  if (optimised.code !== 0) throw new Failure(`wasm-opt failed: ${optimised.output.trim()}`);
  const { code, output } = await run(twiggy, ["top", "-n", values.items, named]);
  if (code !== 0) throw new Failure(`twiggy failed: ${output.trim()}`);
  console.log(
    "\nthe module's biggest items, in bytes, before compression; the names' own section is not in what ships",
  );
  console.log(output);
});
