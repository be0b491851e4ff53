import { writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { at } from "../../scripts/lib/paths.mjs";
import { plot } from "./plot.mjs";
import { cells, headings, verdict } from "./verdict.mjs";

const align = ["l", "r", "r", "l", "l"];

/** @param {import("./verdict.mjs").Result[]} results */
export const table = (results) => markdownTable([headings, ...results.map(cells)], { align });

const factsOf = (about) => [
  `${about.date}, commit ${about.commit}${about.quick ? ", a quick run: rough figures" : ""}`,
  `${about.machine}; load average ${about.load}`,
  `${about.browser}, Node ${about.node}`,
  about.packages,
];

/** For a terminal: what is behind the figures stands below them. */
export function printTable(results, about) {
  const rows = [headings, ...results.map(cells)].map((row) => row.slice(0, -1));
  const behind = results.map(cells).map(([what, ...rest]) => [what, rest.at(-1)]);
  console.log(`
${factsOf(about).join("\n")}

${markdownTable(rows, { align })}

${behind
  .filter(([, detail]) => detail !== "")
  .map(([what, detail]) => `${what}\n    ${detail}`)
  .join("\n")}

${tally(results)}`);
}

/** `9 hold, 5 do not hold, 1 not measured` */
export function tally(results) {
  const count = (word) => results.filter((result) => verdict(result).startsWith(word)).length;
  return `${count("holds")} hold, ${count("does not hold")} do not hold, ${count("not measured")} not measured`;
}

/** docs/benchmarks.md and docs/bench.svg. */
export function writeDocs(results, about) {
  const facts = factsOf(about);
  writeFileSync(at("docs", "bench.svg"), plot(results, facts.slice(0, 3).join(" · ")));
  writeFileSync(
    at("docs", "benchmarks.md"),
    `# Benchmarks

Written by \`npm run bench\`; [bench/README.md](../bench/README.md) says how each row is measured,
[limits.md](limits.md) why some targets do not hold, [size.md](size.md) what is in the module.

${facts.map((fact) => `- ${fact}`).join("\n")}

${table(results)}

${tally(results)}. A range in brackets is where 95 of 100 repetitions of the same run would find the figure.

![Each measurement as a share of its target](bench.svg)
`,
  );
  console.log("\nwritten: docs/benchmarks.md, docs/bench.svg");
}
