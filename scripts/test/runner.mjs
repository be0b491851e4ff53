import { performance } from "node:perf_hooks";
import { countTests } from "./counts.mjs";

/** Does the groups in turn, up to the first with a failure, and says of each step how it went. */
export async function runGroups(groups) {
  const results = [];
  for (const group of groups) {
    for (const step of group.steps) {
      const result = await runStep(step);
      results.push(result);
      if (!result.ok && !group.all) break;
    }
    if (results.some(({ ok }) => !ok)) break;
  }
  return results;
}

async function runStep({ name, work, counted, told }) {
  const start = performance.now();
  const { code, output } = await work();
  const seconds = (performance.now() - start) / 1000;
  const ok = code === 0;
  const tests = counted ? countTests(output) : undefined;
  const found = tests ? `, ${tests.passed} passed` : "";
  if (!ok || told) console.log(`${output.trimEnd()}\n`);
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds.toFixed(1)} s${found})`);
  return { name, seconds, ok, tests };
}
