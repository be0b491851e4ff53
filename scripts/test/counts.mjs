// cargo test, and wasm-bindgen's runner, say so once for each test binary; node --test says it once.
const cargo = /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm;
const node = /^\S+ (pass|fail|skipped|todo|cancelled) (\d+)$/gm;

/** How many tests passed, failed and were skipped, by what a test runner printed. */
export function countTests(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(cargo)) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  for (const [, word, count] of output.matchAll(node)) {
    const kind =
      word === "pass" ? "passed" : word === "fail" || word === "cancelled" ? "failed" : "skipped";
    counts[kind] += Number(count);
  }
  return counts;
}
