/**
 * `npm run sim`: the core in many worlds in which everything goes wrong (docs/simulation.md).
 * `-- --seeds 200000` for so many, `--from 5000` to begin there, `--seed 42` for the story of one.
 */
import "./lib/node.mjs";
import { parseArgs } from "node:util";
import { asCommand, Failure } from "./lib/failure.mjs";
import { setUp } from "./setup.mjs";
import { simulate } from "./sim/simulate.mjs";

await asCommand(async () => {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { seeds: text, from: text, seed: text } });
  for (const [name, value] of Object.entries(values)) {
    if (!/^\d{1,15}$/.test(value)) throw new Failure(`--${name}: ${value} is no number.`);
  }
  await setUp({ need: ["rust"] });
  const { code } = await simulate({ ...values, show: true });
  if (code !== 0) process.exitCode = 1;
});
