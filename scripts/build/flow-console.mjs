import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { banner } from "./banner.mjs";

const source = at("js", "samples", "flow-console", "src");
const out = at("js", "samples", "flow-console", "out");

/**
 * The flow console to its three web resources, with the built library, MSAL and the type generator in it.
 * Nothing is inline: a strict content security policy would refuse it.
 */
export function buildFlowConsole({ force }) {
  return unlessFresh(
    {
      stamp: at("target", "stamps", "flow-console"),
      hash: hashOf([source, at("dist", "index.js"), at("package-lock.json"), import.meta.dirname]),
      outputs: ["index.html", "console.css", "console.js"].map((name) => path.join(out, name)),
      force,
    },
    fill,
  );
}

/** What esbuild makes the script of. */
export function consoleOptions() {
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const shim = path.join(source, "node-shim.ts");
  return {
    entryPoints: [path.join(source, "main.tsx")],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    banner: { js: banner("the flow console", "the page ef_/third-party-licences.html") },
    legalComments: "eof",
    logLevel: "warning",
    define: { ENTRA_FLOW_VERSION: JSON.stringify(version) },
    inject: [shim],
    alias: {
      path: "path-browserify",
      "node:path": "path-browserify",
      "node:util": shim,
      "node:process": shim,
    },
  };
}

async function fill() {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { build } = await import("esbuild");
  mkdirSync(out, { recursive: true });
  try {
    await build({ ...consoleOptions(), outfile: path.join(out, "console.js") });
  } catch {
    throw new Failure("esbuild could not bundle js/samples/flow-console: see above.");
  }
  await build({
    entryPoints: [path.join(source, "style", "index.css")],
    bundle: true,
    minify: true,
    target: "chrome123",
    outfile: path.join(out, "console.css"),
  });
  copyFileSync(path.join(source, "index.html"), path.join(out, "index.html"));
}
