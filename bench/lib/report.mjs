import { writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { at } from "../../scripts/lib/paths.mjs";
import { plot } from "./plot.mjs";
import { cells, headings } from "./verdict.mjs";

const align = ["l", "r", "r", "l", "l"];

/** @param {import("./verdict.mjs").Result[]} results */
export const table = (results) => markdownTable([headings, ...results.map(cells)], { align });

const factsOf = (about) =>
  [
    `${about.date}, commit ${about.commit}${about.quick ? ", a quick run: rough figures" : ""}`,
    `${about.machine}; load average ${about.load}`,
    `${about.browser}, Node ${about.node}`,
    about.packages,
  ];

export function printTable(results, about) {
  console.log(`\n${factsOf(about).join("\n")}\n\n${table(results)}`);
}

/** docs/benchmarks.md and docs/bench.svg. */
export function writeDocs(results, about) {
  const facts = factsOf(about);
  writeFileSync(at("docs", "bench.svg"), plot(results, facts.slice(0, 3).join(" · ")));
  writeFileSync(
    at("docs", "benchmarks.md"),
    `# Benchmarks

Written by \`npm run bench\`; [bench/README.md](../bench/README.md) says how each row is measured.

${facts.map((fact) => `- ${fact}`).join("\n")}

${table(results)}

![Each measurement as a share of its target](bench.svg)
`,
  );
  console.log("\nwritten: docs/benchmarks.md, docs/bench.svg");
}
