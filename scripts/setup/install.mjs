import { mkdirSync, writeFileSync } from "node:fs";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";

const log = at(".tools", "setup.log");

/** What this run has installed, for the summary. */
export const installed = [];

/**
 * Says what is being installed, and does it. When `work` (which resolves to `{ code, output }`) fails,
 * what it printed goes to a log, and the person gets the one sentence `advice`.
 */
export async function install(what, work, advice) {
  console.log(`installing ${what} …`);
  const { code, output } = await work();
  if (code !== 0) {
    mkdirSync(at(".tools"), { recursive: true });
    writeFileSync(log, output);
    throw new Failure(`Could not install ${what}: ${advice} (its output is in .tools/setup.log).`);
  }
  installed.push(what);
}
