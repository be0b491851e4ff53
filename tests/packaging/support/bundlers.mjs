/** Bundlers, as users set them up: the least that they need. Each makes out/main.js of an entry. */
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";
import { at } from "../../../scripts/lib/paths.mjs";
import { runNode } from "../../../scripts/lib/run.mjs";
import { done, installedIn } from "./package.mjs";

/** What they make is served under this path. */
export const base = "/packaging/";

export const bundlers = {
  webpack: (folder, entry) =>
    new Promise((resolve, reject) => {
      const config = {
        mode: "production",
        context: folder,
        entry: `./${entry}`,
        output: { path: path.join(folder, "out"), filename: "main.js", publicPath: base },
        performance: { hints: false },
      };
      webpack(config, (error, stats) => {
        const { errors = [], warnings = [] } =
          stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
        const told = [...errors, ...warnings].map(({ message }) => message).join("\n");
        if (error || told) reject(error ?? new Error(told));
        else resolve(undefined);
      });
    }),

  vite: (folder, entry) =>
    vite({
      root: folder,
      base,
      configFile: false,
      logLevel: "error",
      build: {
        outDir: "out",
        rollupOptions: {
          input: path.join(folder, entry),
          output: { entryFileNames: "main.js" },
        },
      },
    }),

  esbuild: (folder, entry) =>
    esbuild.build({
      absWorkingDir: folder,
      entryPoints: { main: `./${entry}` },
      outdir: "out",
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      loader: { ".wasm": "file" },
      publicPath: base,
      logLevel: "error",
    }),
};

/**
 * The PCF sample built by pcf-scripts, with the package of `folder` in the place of the repository's own; `library` is
 * the entry that it imports.
 */
export async function pcfScripts(folder, { library = "entra-flow" } = {}) {
  const sample = path.join(folder, "sample");
  const made = ["node_modules", "out", "generated"];
  cpSync(at("pcf-sample"), sample, {
    recursive: true,
    filter: (file) => !made.includes(path.basename(file)),
  });
  const modules = path.join(sample, "node_modules");
  cpSync(installedIn(folder), path.join(modules, "entra-flow"), { recursive: true });
  for (const name of readdirSync(at("pcf-sample", "node_modules"))) {
    if (name === "entra-flow" || name.startsWith(".")) continue;
    symlinkSync(at("pcf-sample", "node_modules", name), path.join(modules, name), "junction");
  }
  for (const name of ["problem.ts", "runner.ts"]) {
    const file = path.join(sample, "FlowButton", name);
    const source = readFileSync(file, "utf8");
    writeFileSync(file, source.replace('from "entra-flow"', `from "${library}"`));
  }
  const script = path.join(sample, "scripts", "pcf.mjs");
  await done(runNode(script, ["build", "--buildMode", "production"], { cwd: sample }));
  return path.join(sample, "out", "controls", "FlowButton");
}
