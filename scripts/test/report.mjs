/**
 * Prints each step with its time and its tests, and last the line that CI reads.
 * A step without tests of its own counts there as one.
 */
export function printTable(results) {
  const line = (name, ...cells) =>
    console.log(name.padEnd(20) + cells.map((cell) => String(cell).padStart(9)).join(""));
  console.log();
  line("step", "seconds", "passed", "failed", "skipped");
  for (const { name, seconds, ok, tests } of results) {
    const counts = tests ? [tests.passed, tests.failed, tests.skipped] : [ok ? "ok" : "FAIL"];
    line(name, seconds.toFixed(1), ...counts);
  }
  line("all", total(results, ({ seconds }) => seconds).toFixed(1));

  const passed = total(results, ({ ok, tests }) => tests?.passed ?? Number(ok));
  const failed = total(results, failures);
  const skipped = total(results, ({ tests }) => tests?.skipped ?? 0);
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
}

/** A step may also fail without a failed test: when it does not compile, say. */
const failures = ({ ok, tests }) => (ok ? 0 : Math.max(1, tests?.failed ?? 0));

const total = (results, of) => results.reduce((sum, result) => sum + of(result), 0);
