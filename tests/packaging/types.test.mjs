/** The package's types in users' TypeScript projects. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { done, project, tool } from "./support/package.mjs";

let folder;
before(async (t) => {
  folder = await project(t, "types");
});

const settings = {
  node: { module: "es2020", moduleResolution: "node10" },
  node16: { module: "node16", moduleResolution: "node16" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

async function compile(options, files) {
  const config = {
    compilerOptions: {
      ...{ strict: true, noEmit: true, target: "es2020", types: [] },
      // The package's own types are checked, too: nothing they name may be missing.
      ...{ skipLibCheck: false, lib: ["es2020", "dom", "dom.iterable"] },
      ...options,
    },
    files,
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config));
  return tool("typescript/bin/tsc", ["-p", folder], folder);
}

for (const [name, options] of Object.entries(settings)) {
  test(`with moduleResolution ${name}, imports and the global have their types`, async () => {
    await done(compile(options, ["module.ts", "script.ts"]));
    await done(compile(options, ["imported.ts"]));
  });
}

test("without the reference there is no global", async () => {
  writeFileSync(path.join(folder, "bare.ts"), "EntraFlow.isFlowError(1);\n");
  const { code, output } = await compile(settings.bundler, ["bare.ts"]);
  assert.notEqual(code, 0);
  assert.match(output, /Cannot find name 'EntraFlow'/);
});
