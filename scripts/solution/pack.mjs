/**
 * `npm run pack:solution`: builds the library and the control, packs both solutions, unmanaged and managed, checks them,
 * and leaves them in artifacts/solution/. `-- --ribbons` packs the samples' command bar buttons too; `-- --no-build`
 * takes what is built; `-- --out folder` writes elsewhere.
 */
import "../lib/node.mjs";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildAll } from "../build.mjs";
import { readArguments } from "../lib/arguments.mjs";
import { asCommand, Failure } from "../lib/failure.mjs";
import { at, root } from "../lib/paths.mjs";
import { buildSample } from "../start/sample.mjs";

const usage = "npm run pack:solution -- [--ribbons] [--no-build] [--out folder]";

await asCommand(async () => {
  const { values } = readArguments(usage, {
    options: {
      ribbons: { type: "boolean" },
      out: { type: "string" },
      "no-build": { type: "boolean" },
    },
  });
  if (!values["no-build"]) {
    await buildAll();
    await buildSample();
  }
  // Only now: they import npm packages, which the build has installed.
  const { readManifest } = await import("./manifest.mjs");
  const { fileNameOf, packSolution } = await import("./package.mjs");
  const { checkSolution } = await import("./check/index.mjs");

  const out = path.resolve(values.out ?? at("artifacts", "solution"));
  const manifest = readManifest(root);
  for (const managed of [false, true]) {
    const file = path.join(out, fileNameOf(manifest, managed));
    const zip = packSolution(manifest, { managed, ribbons: values.ribbons });
    const findings = await checkSolution(zip, { fileName: path.basename(file) });
    for (const { level, rule, where, problem } of findings)
      console.log(`${level} ${rule}: ${where}: ${problem}`);
    if (findings.some(({ level }) => level === "error")) {
      throw new Failure("Not written: an import would refuse it.");
    }
    mkdirSync(out, { recursive: true });
    writeFileSync(file, zip);
    console.log(`${path.relative(process.cwd(), file)}  ${zip.length.toLocaleString("en")} bytes`);
  }
});
