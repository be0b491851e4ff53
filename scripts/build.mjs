/** `npm run build`: the crate and the TypeScript layer to dist/. `--force` builds again what has not changed. */
import "./lib/node.mjs";
import { buildDist } from "./build/dist.mjs";
import { buildFlowConsole } from "./build/flow-console.mjs";
import { buildLicencesPage } from "./build/licences-page.mjs";
import { holdToBudget, printSizes, sizes } from "./build/size.mjs";
import { buildWasm } from "./build/wasm.mjs";
import { readArguments } from "./lib/arguments.mjs";
import { asCommand } from "./lib/failure.mjs";
import { isMain } from "./lib/main.mjs";
import { setUp } from "./setup.mjs";

export async function buildAll({ force = false } = {}) {
  await setUp({ need: ["npm", "wasm", "bindgen"] });
  await buildWasm({ force });
  await buildDist({ force });
  await buildFlowConsole({ force });
  await buildLicencesPage();
  const measured = sizes();
  printSizes(measured);
  holdToBudget(measured);
}

if (isMain(import.meta)) {
  await asCommand(() => {
    const { values } = readArguments("npm run build -- [--force]", {
      options: { force: { type: "boolean" } },
    });
    return buildAll(values);
  });
}
