import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { explained, read, survivors, unlike, withTable } from "../../scripts/mutants/report.mjs";

const mutant = (file, line, what, summary) => ({
  scenario: { Mutant: { file, name: `${file}:${line}:9: ${what}` } },
  summary,
});

const run = JSON.stringify({
  cargo_mutants_version: "27.1.0",
  start_time: "2026-11-24T19:01:27.2Z",
  outcomes: [
    { scenario: "Baseline", summary: "Success" },
    mutant("src/b.rs", 7, "replace f -> bool with true", "CaughtMutant"),
    mutant("src/b.rs", 8, "replace < with <= in g", "MissedMutant"),
    mutant("src/b.rs", 9, "replace < with <= in g", "MissedMutant"),
    mutant("src/a.rs", 3, "replace h with ()", "Timeout"),
    mutant("src/a.rs", 4, "replace i -> T with Default::default()", "Unviable"),
  ],
});

test("a survivor is known by its name, wherever its line went, and as often as it is there", () => {
  const surviving = survivors(read(run));
  const name = "src/b.rs: replace < with <= in g";
  assert.deepEqual(surviving, [name, name]);
  const page = `# Page\n- \`${name}\`: one reason.\n- \`src/c.rs: gone\`: another.\n- \`other\`: no mutant.\n`;
  assert.deepEqual(unlike(surviving, explained(page)), {
    unexplained: [name],
    gone: ["src/c.rs: gone"],
  });
});

test("a run's figures take the place of the last one's, and nothing else changes", () => {
  const page = (figures) => `# Page\n\n## The last whole run\n${figures}\n## Explained\nrest\n`;
  const once = withTable(page("old"), read(run));
  assert.match(once, /2026-11-24, cargo-mutants 27\.1\.0/);
  assert.match(
    once,
    /^\| `src\/a\.rs` \| 2 \| 0 \| 1 \| 1 \| 0 \|\n\| `src\/b\.rs` \| 3 \| 1 \| 0 \| 0 \| 2 \|/m,
  );
  assert.match(once, /^\| all \| 5 \| 1 \| 1 \| 1 \| 2 \|$/m);
  assert.ok(once.startsWith("# Page\n") && once.endsWith("\n## Explained\nrest\n"));
  assert.doesNotMatch(once, /old/);
  assert.equal(withTable(once, read(run)), once);
});

test("the page's table and its explanations agree", () => {
  const page = readFileSync(at("docs", "mutation-testing.md"), "utf8");
  const count = Number(/^\| all \|.* (\d+) \|$/m.exec(page)[1]);
  assert.equal(explained(page).length, count);
});
