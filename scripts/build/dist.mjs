import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { replaceFolder } from "../lib/replace.mjs";
import { runNode } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { banner } from "./banner.mjs";
import { named } from "./name.mjs";
import { keepPublicTypes, writeGlobalTypes } from "./types.mjs";

// Its source is what wasm2js wrote: nothing that a person could step through.
const compat = { instead: { "./core.js": "core-compat.ts" }, sourcemap: false };

/** What users import or load, by the name of its file in dist/ without `.js`. */
const entries = {
  index: { source: "index.ts", format: "esm" },
  slim: { source: "slim.ts", format: "esm", instead: { "./module.js": "module-slim.ts" } },
  "entra-flow.global": { source: "global.ts", format: "iife" },
  compat: { source: "compat.ts", format: "esm", ...compat },
  "entra-flow.compat.global": { source: "global-compat.ts", format: "iife", ...compat },
};

/** The type files that `exports` in package.json names. */
const typeEntries = ["index.d.ts", "slim.d.ts", "compat.d.ts", "global.d.ts"];

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
        ...Object.keys(entries).map((name) => at("dist", `${name}.js`)),
        ...typeEntries.map((name) => at("dist", name)),
        at("dist", "entra-flow.wasm"),
      ],
      force,
    },
    () => replaceFolder("dist", fill),
  );
}

async function fill(folder) {
  const wasm = readFileSync(at("pkg", "entra_flow_bg.wasm"));
  const glue = readFileSync(at("pkg", "entra_flow.js"));
  const build = createHash("sha256").update(glue).update(wasm).digest("hex").slice(0, 16);
  writeFileSync(path.join(folder, "entra-flow.wasm"), named(wasm, build));
  for (const name of Object.keys(entries)) {
    await bundle(path.join(folder, `${name}.js`), name, build);
  }
  await writeTypes(folder);
}

/** What esbuild makes an entry of. */
export function libraryOptions(name, build = "") {
  const { source, format, instead } = entries[name];
  return {
    entryPoints: [at("js", "src", source)],
    format,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    banner: { js: banner("entra-flow", "THIRD_PARTY_LICENSES.md in the npm package") },
    legalComments: "none",
    logLevel: "warning",
    define: { BUILD: JSON.stringify(build) },
    plugins: instead ? [replacing(instead)] : [],
  };
}

async function bundle(outfile, name, build) {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const esbuild = await import("esbuild");
  const { sourcemap = true } = entries[name];
  try {
    await esbuild.build({ ...libraryOptions(name, build), outfile, sourcemap });
  } catch {
    throw new Failure(`esbuild could not bundle js/src/${entries[name].source}: see above.`);
  }
  if (sourcemap) thinMap(`${outfile}.map`);
}

/** The one difference between the entries: where the crate comes from. */
const replacing = (instead) => ({
  name: "another source of the crate",
  setup(build) {
    build.onResolve({ filter: /^\.\/(module|core)\.js$/ }, ({ path: file }) =>
      instead[file] ? { path: at("js", "src", instead[file]) } : undefined,
    );
  },
});

/** The module's text is in the bundle already; its map need not have it again. */
function thinMap(file) {
  const map = JSON.parse(readFileSync(file, "utf8"));
  for (const [index, source] of map.sources.entries()) {
    if (source.endsWith("/inline.js"))
      map.sourcesContent[index] = "// The module, deflated, in base64.\n";
  }
  writeFileSync(file, JSON.stringify(map));
}

async function writeTypes(folder) {
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
  await writeGlobalTypes(folder);
  keepPublicTypes(folder, typeEntries);
}
