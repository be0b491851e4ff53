import { at } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";

/**
 * Builds the simulation and lives `seeds` seeds from `from` on (but none after one of the laws `until` is broken), or
 * tells the story of one `seed`. `walk` and `cancel` are those of scripts/sim.mjs. Resolves to cargo's `{ code, output }`
 * and, where the output was kept, to the simulation's own `report` of what failed.
 */
export async function simulate({
  seeds,
  from,
  seed,
  walk,
  cancel,
  until,
  profile = "sim",
  cwd,
  target,
  show = false,
}) {
  const env = {
    CARGO_TARGET_DIR: target ?? at("target"),
    ...(seeds && { SIM_SEEDS: String(seeds) }),
    ...(from && { SIM_FROM: String(from) }),
    ...(seed && { SIM_SEED: seed }),
    ...(walk && { SIM_WALK: walk }),
    ...(cancel && { SIM_CANCEL: cancel }),
    ...(until && { SIM_UNTIL: until.join("|") }),
  };
  const name = seed === undefined ? "many_seeds" : "one_seed";
  const args = ["test", "--profile", profile, "--test", "sim", "--", "--exact", name];
  const { code, output } = await run("cargo", [...args, "--ignored", "--nocapture"], {
    env,
    show,
    ...(cwd && { cwd }),
  });
  const line = /^report (\{.*\})$/m.exec(output)?.[1];
  return { code, output, report: line && JSON.parse(line) };
}
