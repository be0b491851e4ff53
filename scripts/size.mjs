/** `npm run size`: the sizes of what was built, and what the module is made of. */
import "./lib/node.mjs";
import { existsSync } from "node:fs";
import { printSizes } from "./build/size.mjs";
import { wasmFeatures, wasmOpt } from "./build/tools.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { at } from "./lib/paths.mjs";
import { runNode } from "./lib/run.mjs";

const told = ["funcs", "exports", "imports", "vars", "memory-data", "total"];

await asCommand(async () => {
  if (!existsSync(at("dist")))
    throw new Failure("Nothing is built yet: run `npm run build` first.");
  printSizes();
  const { output } = await runNode(wasmOpt, [
    "--metrics",
    ...wasmFeatures,
    at("dist", "entra-flow.wasm"),
  ]);
  console.log("\nentra-flow.wasm, as wasm-opt counts it (not bytes)");
  for (const name of told) {
    const count = new RegExp(`^ \\[${name}\\]\\s*: (\\d+)`, "m").exec(output)?.[1];
    if (count !== undefined)
      console.log(name.padEnd(26) + Number(count).toLocaleString("en").padStart(10));
  }
});
