/**
 * `npm run sim`: the core in many worlds in which everything goes wrong (docs/simulation.md).
 * `-- --seeds 200000` for so many, `--from 5000` to begin there, `--seed 42` for the story of one. `--walk 100` cancels
 * each call of each seed at each of its awaits in turn, at about 100 of longer ones; `--seed 42 --cancel 3:vanish:17`
 * tells the story of one of those.
 */
import "./lib/node.mjs";
import { readArguments } from "./lib/arguments.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { setUp } from "./setup.mjs";
import { simulate } from "./sim/simulate.mjs";

const usage =
  "npm run sim -- [--seeds 200000] [--from 5000] [--walk 100], or --seed 42 [--cancel 3:vanish:17]";

await asCommand(async () => {
  const text = { type: "string" };
  const options = { seeds: text, from: text, seed: text, walk: text, cancel: text };
  const { values } = readArguments(usage, { options });
  for (const [name, value] of Object.entries(values)) {
    if (name === "cancel") {
      if (!/^(none|\d+:(abort|vanish):\d+)$/.test(value)) {
        throw new Failure(`--cancel: ${value} is neither 3:abort:17, 3:vanish:17 nor none.`);
      }
    } else if (!/^\d{1,15}$/.test(value)) throw new Failure(`--${name}: ${value} is no number.`);
  }
  await setUp({ need: ["rust"] });
  const { code } = await simulate({ ...values, show: true });
  if (code !== 0) process.exitCode = 1;
});
