import { cpSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { replaceFolder } from "../lib/replace.mjs";
import { runNode } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { keepPublicTypes } from "./types.mjs";

const entry = at("js", "src", "index.ts");

/** js/src and pkg/ → dist/: what the npm package ships. */
export function buildDist({ force }) {
  return unlessFresh(
    {
      stamp: at("target", "stamps", "dist"),
      hash: hashOf([
        at("js", "src"),
        at("pkg"),
        at("tsconfig.json"),
        at("package-lock.json"),
        at("scripts", "build"),
      ]),
      outputs: [
        at("dist", "index.js"),
        at("dist", "index.d.ts"),
        at("dist", "entra-flow.global.js"),
        at("dist", "entra-flow.wasm"),
      ],
      force,
    },
    () => replaceFolder("dist", fill),
  );
}

async function fill(folder) {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { build } = await import("esbuild");
  const common = {
    entryPoints: [entry],
    bundle: true,
    minify: true,
    sourcemap: true,
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
  };
  try {
    await build({ ...common, format: "esm", outfile: path.join(folder, "index.js") });
    await build({
      ...common,
      format: "iife",
      globalName: "EntraFlow",
      outfile: path.join(folder, "entra-flow.global.js"),
    });
  } catch {
    throw new Failure("esbuild could not bundle js/src/index.ts: see above.");
  }
  cpSync(at("pkg", "entra_flow_bg.wasm"), path.join(folder, "entra-flow.wasm"));

  const tsc = at("node_modules", "typescript", "bin", "tsc");
  const { code, output } = await runNode(tsc, [
    "-p",
    path.join(import.meta.dirname, "tsconfig.types.json"),
    "--outDir",
    folder,
  ]);
  if (code !== 0) {
    console.error(output);
    throw new Failure("tsc could not write the types of js/src: see above.");
  }
  keepPublicTypes(folder);
}
