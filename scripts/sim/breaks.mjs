/**
 * `npm run sim:breaks`: shows that the simulation can fail. Makes each break of tests/sim/breaks/ in a copy of the sources,
 * lives the seeds that `npm test` lives, and says which of them caught it. `-- --only deadline` for those whose name has the word,
 * `--write` puts the table into docs/simulation.md.
 */
import "../lib/node.mjs";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { breaks } from "../../tests/sim/breaks/breaks.mjs";
import { readArguments } from "../lib/arguments.mjs";
import { asCommand, Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { setUp } from "../setup.mjs";
import { simulate } from "./simulate.mjs";

const seeds = 2000;
const copy = at("target", "sim-breaks", "copy");
const target = at("target", "sim-breaks", "target");
const [begin, end] = ["<!-- breaks: npm run sim:breaks -- --write -->", "<!-- /breaks -->"];

await asCommand(async () => {
  const { values } = readArguments("npm run sim:breaks -- [--only deadline] [--write]", {
    options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
  });
  const chosen = breaks.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0) throw new Failure(`No break's name has "${values.only}" in it.`);
  await setUp({ need: ["rust"] });
  makeCopy();
  const results = [];
  for (const one of chosen) {
    const result = await tryOut(one);
    results.push(result);
    console.log(`${result.caught ? "caught    " : "NOT CAUGHT"} ${one.name}: ${result.told}`);
  }
  const missed = results.filter(({ caught }) => !caught).length;
  console.log(`\n${results.length - missed} of ${results.length} breaks are caught.`);
  if (values.write) write(results);
  if (missed > 0) process.exitCode = 1;
});

function makeCopy() {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of [
    "src",
    "tests/sim",
    "tests/core/world",
    "bench/core.rs",
    "Cargo.toml",
    "Cargo.lock",
  ])
    cpSync(at(name), path.join(copy, name), { recursive: true });
}

/** Breaks the copy, lives the seeds, and mends it again. */
async function tryOut({ name, laws, edits }) {
  const before = new Map();
  try {
    for (const { file, ...edit } of edits) {
      const place = path.join(copy, file);
      const text = readFileSync(place, "utf8");
      if (!before.has(place)) before.set(place, text);
      if (text.split(edit.before).length !== 2) throw new Failure(`${name}: not once in ${file}`);
      writeFileSync(
        place,
        text.replace(edit.before, () => edit.after),
      );
    }
    const { report, output } = await simulate({
      seeds,
      until: laws,
      profile: "dev",
      cwd: copy,
      target,
    });
    if (!report) throw new Failure(`${name}: does not build or run\n${output.slice(-3000)}`);
    const caught = report.failed > 0;
    const told = caught
      ? `by seed ${report.first}: ${report.laws.join("; ")}`
      : `by none of ${seeds} seeds`;
    return { name, caught, told, report };
  } finally {
    for (const [place, text] of before) writeFileSync(place, text);
  }
}

function write(results) {
  const page = at("docs", "simulation.md");
  const text = readFileSync(page, "utf8");
  const [head, rest] = text.split(begin);
  const tail = rest?.split(end)[1];
  if (tail === undefined) throw new Failure(`docs/simulation.md has no place for the table.`);
  const row = ({ name, report }) =>
    `| ${name} | ${report.first ?? "none"} | ${report.laws.join("; ")} |`;
  const table = [
    "| break | first seed that catches it | laws that are broken there |",
    "|---|---|---|",
    ...results.map(row),
  ];
  writeFileSync(page, `${head}${begin}\n${table.join("\n")}\n${end}${tail}`);
}
