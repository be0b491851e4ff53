/** What a run of cargo-mutants says, against what docs/mutation-testing.md says. */

/** The mutants of an outcomes.json: `{ file, name, outcome }`, names without line numbers, which any edit moves. */
export function read(json) {
  const { outcomes, cargo_mutants_version: version, start_time: start } = JSON.parse(json);
  const mutants = outcomes
    .filter(({ scenario }) => scenario.Mutant)
    .map(({ scenario, summary }) => ({
      file: scenario.Mutant.file,
      name: scenario.Mutant.name.replace(/^(\S+?):\d+:\d+:/, "$1:"),
      outcome: summary,
    }));
  return { mutants, version, date: start.slice(0, 10) };
}

export const survivors = ({ mutants }) =>
  mutants.filter(({ outcome }) => outcome === "MissedMutant").map(({ name }) => name);

/** The mutants that the page explains: its list items that begin with a mutant's name. */
export const explained = (page) =>
  [...page.matchAll(/^- `(src\/[^`]+)`/gm)].map(([, name]) => name);

/** Which survive without being explained, and the reverse. A name may stand for several mutants: then it is there as often. */
export function unlike(surviving, known) {
  const gone = [...known];
  const unexplained = surviving.filter((name) => {
    const at = gone.indexOf(name);
    if (at >= 0) gone.splice(at, 1);
    return at < 0;
  });
  return { unexplained, gone };
}

const heading = "## The last whole run\n";

/** The page with the run's figures below its heading. */
export function withTable(page, { mutants, version, date }) {
  const [before, after] = page.split(heading);
  const rest = after.slice(after.indexOf("\n## "));
  const kinds = ["CaughtMutant", "Timeout", "Unviable", "MissedMutant"];
  const row = (title, of) => {
    const count = (kind) => of.filter(({ outcome }) => outcome === kind).length;
    return `| ${[title, of.length, ...kinds.map(count)].join(" | ")} |`;
  };
  const files = [...new Set(mutants.map(({ file }) => file))].sort();
  const rows = files.map((file) =>
    row(
      `\`${file}\``,
      mutants.filter((mutant) => mutant.file === file),
    ),
  );
  return [
    before + heading,
    `${date}, cargo-mutants ${version}.\n`,
    "| file | mutants | caught | caught by a hang | do not compile | explained below |",
    "|---|---:|---:|---:|---:|---:|",
    ...rows,
    row("all", mutants),
    rest,
  ].join("\n");
}
