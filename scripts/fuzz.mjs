/**
 * `npm run fuzz -- <target …> [--runs N] [--keep]`: fuzzes what parses, one target after the other; `all` for each,
 * none for their names. With `--keep`, the least that reaches as much code goes to `fuzz/kept`. Set-up is its own. See
 * fuzz/README.md.
 */
import "./lib/node.mjs";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readArguments } from "./lib/arguments.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { isMain } from "./lib/main.mjs";
import { at } from "./lib/paths.mjs";
import { isProgram, run } from "./lib/run.mjs";
import { cargoFuzz } from "./setup/cargo-fuzz.mjs";
import { nativeRust } from "./setup/rust.mjs";

/** The longest input where a target takes text: nothing that is parsed needs more to go wrong. */
const longest = 256;

const targets = () =>
  readdirSync(at("fuzz", "fuzz_targets"))
    .map((file) => path.basename(file, ".rs"))
    .sort();

/** The targets that were named, how often each is to run, and whether to keep what reaches more. */
export function asked(words, known) {
  const { values, positionals } = readArguments(
    "npm run fuzz -- <target> [--runs 1000000] [--keep]",
    {
      args: words,
      allowPositionals: true,
      options: {
        runs: { type: "string", default: "1000000" },
        keep: { type: "boolean", default: false },
      },
    },
  );
  const runs = Number(values.runs);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new Failure(`--runs is ${values.runs}: give a whole number above 0.`);
  }
  const named = positionals.includes("all") ? known : positionals;
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined || named.length === 0) {
    const why = unknown === undefined ? "Name a target" : `There is no target "${unknown}"`;
    throw new Failure(`${why}: choose from all, ${known.join(", ")}.`);
  }
  return { named, runs, keep: values.keep };
}

/** What libFuzzer said last: how often it ran, and what of the code it reached. */
export function outcome(log) {
  const last = [...log.matchAll(/^#(\d+)\s.*?cov: (\d+) ft: (\d+)/gm)].at(-1);
  return last === undefined
    ? undefined
    : { runs: Number(last[1]), coverage: Number(last[2]), features: Number(last[3]) };
}

/** How to find the input that broke a check, by what libFuzzer printed. */
const artifact = (log) => /Test unit written to (\S+)/.exec(log)?.[1];

async function main() {
  const { named, runs, keep } = asked(process.argv.slice(2), targets());
  await nativeRust();
  await cargoFuzz();
  console.log("building the targets …");
  const built = await run(
    "cargo",
    // No sanitizer: the crate has no unsafe code. No traces of comparisons: the dictionaries say more, in half the time.
    ["fuzz", "build", "--fuzz-dir", ".", "--sanitizer", "none", "--no-trace-compares"],
    {
      cwd: at("fuzz"),
      show: true,
      // The instrumentation is an unstable flag, which this opens on a stable Rust.
      env: {
        RUSTC_BOOTSTRAP: "1",
        PATH: at(".tools", "bin") + path.delimiter + process.env.PATH,
      },
    },
  );
  if (built.code !== 0) throw new Failure("The fuzz targets could not be built: see above.");
  console.log("| target | runs | seconds | coverage | features |\n|---|---|---|---|---|");
  for (const name of named) {
    await fuzz(name, runs);
    if (keep) await keepLeast(name);
  }
}

/** Where inputs are: those written by hand, those worth keeping, and all that the fuzzer came up with here. */
function foldersOf(name) {
  const [seeds, kept, corpus] = ["seeds", "kept", "corpus"].map((one) => at("fuzz", one, name));
  for (const folder of [kept, corpus]) mkdirSync(folder, { recursive: true });
  return { seeds, kept, corpus };
}

/** Puts into `kept` the fewest inputs that reach, with the seeds, each edge of the code that is reached by any. */
async function keepLeast(name) {
  const { seeds, kept, corpus } = foldersOf(name);
  const merged = mkdtempSync(path.join(tmpdir(), "entra-flow-fuzz-"));
  try {
    cpSync(seeds, merged, { recursive: true });
    // Without counters: how often an edge is taken would keep ten times as many.
    const options = ["-merge=1", "-set_cover_merge=1", "-use_counters=0"];
    const { code, output } = await run(await program(name), [...options, merged, kept, corpus]);
    if (code !== 0) throw new Failure(`${name} could not be merged: ${output.slice(-2000)}`);
    for (const file of readdirSync(seeds)) rmSync(path.join(merged, file));
    rmSync(kept, { recursive: true });
    cpSync(merged, kept, { recursive: true });
  } finally {
    rmSync(merged, { recursive: true, force: true });
  }
}

async function fuzz(name, runs) {
  const { seeds, kept, corpus } = foldersOf(name);
  const finds = at("fuzz", "artifacts", name);
  mkdirSync(finds, { recursive: true });
  const dictionary = at("fuzz", "dictionaries", `${name}.dict`);
  const started = Date.now();
  const { code, output } = await run(await program(name), [
    `-runs=${runs}`,
    `-max_len=${longest}`,
    `-artifact_prefix=${finds}${path.sep}`,
    ...(readdirSync(at("fuzz", "dictionaries")).includes(`${name}.dict`)
      ? [`-dict=${dictionary}`]
      : []),
    corpus,
    kept,
    seeds,
  ]);
  if (code !== 0) {
    const panic = /panicked at [^\n]*\n(?:.*\n){1,3}/.exec(output)?.[0] ?? output.slice(-2000);
    console.error(panic);
    throw new Failure(
      `${name}: a check does not hold for the input in ${artifact(output) ?? finds}. Mend it, then keep the input in fuzz/seeds/${name}.`,
    );
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  const told = outcome(output);
  const cells = [name, told?.runs, seconds, told?.coverage, told?.features];
  console.log(`| ${cells.map((cell) => cell?.toLocaleString("en") ?? "?").join(" | ")} |`);
}

/** Where cargo put a target: in a folder named after the machine. */
async function program(name) {
  const { output } = await run("rustc", ["--version", "--verbose"]);
  const host = /^host: (.*)$/m.exec(output)?.[1] ?? "";
  const file = at("fuzz", "target", host, "release", name);
  if (!isProgram(file)) throw new Failure(`cargo-fuzz did not leave ${file}.`);
  return file;
}

if (isMain(import.meta)) await asCommand(main);
