/** A module of the console's source in this process: bundled as the build does it, without the page. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const source = path.join(root, "js", "samples", "flow-console", "src");
const shim = path.join(source, "node-shim.ts");

/** @param {string} file below src/, such as `snippet.ts` */
export async function loadModule(file) {
  const { outputFiles } = await build({
    entryPoints: [path.join(source, file)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    inject: [shim],
    alias: {
      path: "path-browserify",
      "node:path": "path-browserify",
      "node:util": shim,
      "node:process": shim,
    },
  });
  mkdirSync(path.join(root, "target"), { recursive: true });
  const folder = mkdtempSync(path.join(root, "target", "console-module-"));
  try {
    const out = path.join(folder, "module.mjs");
    writeFileSync(out, outputFiles[0].contents);
    return await import(pathToFileURL(out).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
