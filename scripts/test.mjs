/**
 * `npm test`: everything that must hold. `npm test -- --only e2e,lint` does those groups or steps alone
 * (and the build, where they need one).
 */
import "./lib/node.mjs";
import { readArguments } from "./lib/arguments.mjs";
import { asCommand } from "./lib/failure.mjs";
import { setUp } from "./setup.mjs";
import { choose } from "./test/choose.mjs";
import { printTable } from "./test/report.mjs";
import { runGroups } from "./test/runner.mjs";
import { groups } from "./test/steps.mjs";

await asCommand(async () => {
  const { values } = readArguments("npm test -- [--only e2e,lint]", {
    options: { only: { type: "string" } },
  });
  await setUp();
  const results = await runGroups(choose(await groups(), values.only));
  printTable(results);
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
});
