/**
 * `npm run bench`: measures the library beside what people use instead, in Chromium over the sandbox, and says
 * which targets hold. `-- --only warm,cold` for some rows, `--quick` for fewer repetitions. A whole run that is
 * not quick writes docs/benchmarks.md and docs/bench.svg; `--write` writes them in any case. `--record` records
 * the instructions of this version as those that later ones are held to.
 */
import "../scripts/lib/node.mjs";
import { buildAll } from "../scripts/build.mjs";
import { readArguments } from "../scripts/lib/arguments.mjs";
import { asCommand, Failure } from "../scripts/lib/failure.mjs";
import { findChromium } from "../scripts/setup/chromium.mjs";
import { setUp } from "../scripts/setup.mjs";
import { rows } from "./rows/index.mjs";

await asCommand(async () => {
  const flag = { type: "boolean", default: false };
  const usage = "npm run bench -- [--only warm,cold] [--quick] [--write] [--record]";
  const { values } = readArguments(usage, {
    options: { only: { type: "string" }, quick: flag, write: flag, record: flag },
  });
  const { only, quick, write, record } = values;
  const names = chosen(only);
  const rust = names.includes("instructions") ? ["rust"] : [];
  await setUp({ need: ["npm", "wasm", "bindgen", ...rust, "chromium"] });
  process.env.CHROME_PATH = findChromium();
  await buildAll();
  // What they import comes from npm, so only now.
  const { openStage } = await import("./stage.mjs");
  const { describe } = await import("./lib/machine.mjs");
  const { printTable, writeDocs } = await import("./lib/report.mjs");

  const stage = await openStage({ quick, record });
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

function chosen(only) {
  const known = Object.keys(rows);
  if (only === undefined) return known;
  const names = only.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Failure(`There is no row "${unknown}": choose from ${known.join(", ")}.`);
}

/** A row that fails does not take the others with it; it is told, and the run fails at its end. */
async function measure(stage, name) {
  console.error(`measuring: ${name} …`);
  stage.reset();
  try {
    const { run } = await rows[name]();
    return await run(stage);
  } catch (error) {
    if (process.env.DEBUG) console.error(error.stack);
    process.exitCode = 1;
    return [{ what: name, missing: `it failed: ${error.message.split("\n")[0]}` }];
  }
}
