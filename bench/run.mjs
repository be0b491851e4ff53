/**
 * `npm run bench`: measures the library beside what people use instead, in Chromium over the sandbox, and says
 * which targets hold. `-- --only warm,cold` for some rows, `--quick` for fewer repetitions. A whole run that is
 * not quick writes docs/benchmarks.md and docs/bench.svg; `--write` writes them in any case.
 */
import "../scripts/lib/node.mjs";
import { parseArgs } from "node:util";
import { buildAll } from "../scripts/build.mjs";
import { asCommand, Failure } from "../scripts/lib/failure.mjs";
import { findChromium } from "../scripts/setup/chromium.mjs";
import { setUp } from "../scripts/setup.mjs";
import { rows } from "./rows/index.mjs";

await asCommand(async () => {
  const { only, quick, write } = options();
  const names = chosen(only);
  await setUp({ need: ["npm", "wasm", "bindgen", "rust", "chromium"] });
  process.env.CHROME_PATH = findChromium();
  await buildAll();
  // What they import comes from npm, so only now.
  const { openStage } = await import("./stage.mjs");
  const { describe } = await import("./lib/machine.mjs");
  const { printTable, writeDocs } = await import("./lib/report.mjs");

  const stage = await openStage({ quick });
  try {
    const results = [];
    for (const name of names) results.push(...(await measure(stage, name)));
    const about = describe({ browser: stage.browserVersion, quick });
    printTable(results, about);
    if (write || (!quick && only === undefined)) writeDocs(results, about);
  } finally {
    await stage.close();
  }
});

function options() {
  const flag = { type: "boolean", default: false };
  try {
    return parseArgs({ options: { only: { type: "string" }, quick: flag, write: flag } }).values;
  } catch (error) {
    throw new Failure(error.message);
  }
}

function chosen(only) {
  const known = Object.keys(rows);
  if (only === undefined) return known;
  const names = only.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Failure(`There is no row "${unknown}": choose from ${known.join(", ")}.`);
}

async function measure(stage, name) {
  console.error(`measuring: ${name} …`);
  stage.reset();
  const { run } = await rows[name]();
  try {
    return await run(stage);
  } catch (error) {
    throw new Failure(`The row "${name}" could not be measured: ${error.message}`);
  }
}
