/**
 * `npm run mutants`: breaks the core in many small ways, one at a time, and tells which of them no test notices
 * (cargo-mutants, set up by .cargo/mutants.toml). Those that docs/mutation-testing.md explains are no failure. What
 * follows `--` goes to cargo-mutants: `-- --re policy/trust` for some mutants; only a run of all writes the table there.
 */
import "./lib/node.mjs";
import { readFileSync, writeFileSync } from "node:fs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { at } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { explained, read, survivors, unlike, withTable } from "./mutants/report.mjs";
import { cargoMutants, cargoMutantsTool } from "./setup/cargo-mutants.mjs";
import { setUp } from "./setup.mjs";

const page = at("docs", "mutation-testing.md");
// All caught, some missed, some timed out: the run went to its end.
const ended = [0, 2, 3];

await asCommand(async () => {
  await setUp({ need: ["rust"] });
  await cargoMutantsTool();
  const chosen = process.argv.slice(2);
  const { code } = await run(cargoMutants, ["mutants", ...chosen], { show: true });
  if (!ended.includes(code)) throw new Failure("cargo-mutants did not come to its end: see above.");

  const results = read(readFileSync(at("target", "mutants.out", "outcomes.json"), "utf8"));
  const text = readFileSync(page, "utf8");
  const { unexplained, gone } = unlike(survivors(results), explained(text));
  if (chosen.length === 0) writeFileSync(page, withTable(text, results));
  const problems = unexplained.map((name) => `no test notices, nothing explains: ${name}`);
  // What was not tried may well survive.
  if (chosen.length === 0) problems.push(...gone.map((name) => `is noticed now: ${name}`));
  if (problems.length > 0) {
    throw new Failure(`${problems.join("\n")}\nWrite a test, or mend docs/mutation-testing.md.`);
  }
  console.log("Every mutant is noticed by a test, or explained in docs/mutation-testing.md.");
});
