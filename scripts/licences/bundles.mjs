import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { libraryOptions } from "../build/dist.mjs";
import { consoleOptions } from "../build/flow-console.mjs";
import { Failure } from "../lib/failure.mjs";
import { at, root } from "../lib/paths.mjs";
import { readManifest } from "../solution/manifest.mjs";
import { chosen } from "./terms.mjs";

/**
 * How the built files come about: what esbuild makes them of, or the one npm package that they are a file of. pcf-scripts
 * bundles with webpack; the same entry through esbuild takes in the same packages.
 */
const made = {
  "dist/entra-flow.global.js": { esbuild: libraryOptions("entra-flow.global") },
  "dist/entra-flow.compat.global.js": {
    esbuild: libraryOptions("entra-flow.compat.global"),
    // wasm2js adds lines of its own to what it makes of the module.
    also: "node_modules/binaryen",
  },
  "js/samples/flow-console/out/console.js": { esbuild: consoleOptions() },
  "js/samples/flow-console/out/index.html": { own: true },
  "js/samples/flow-console/out/console.css": { own: true },
  "pcf-sample/out/controls/FlowButton": {
    esbuild: { entryPoints: [at("pcf-sample", "FlowButton", "index.ts")] },
  },
  "pcf-sample/out/webresources/ef_msal_redirect.html": { own: true },
  "pcf-sample/out/webresources/ef_msal_redirect.js": {
    partOf: "pcf-sample/node_modules/@azure/msal-browser",
  },
  "artifacts/third-party-licences.html": { own: true },
};

/** What the solution ships, with the npm packages that are in each. */
export async function shippedFiles(manifest = readManifest(root)) {
  const { controls, webResources } = manifest;
  const files = [...controls.map((file) => ({ name: path.basename(file), file })), ...webResources];
  return Promise.all(
    files.map(async ({ name, file }) => ({ name, file, packages: await packagesIn(file) })),
  );
}

/** The npm packages in the library itself: there must be none. */
export const libraryPackages = async () =>
  (
    await Promise.all(["index", "slim", "compat"].map((name) => bundled(libraryOptions(name))))
  ).flat();

async function packagesIn(file) {
  const name = path.relative(root, file).split(path.sep).join("/");
  const { esbuild, also, partOf, own } = made[name] ?? origin(name);
  if (esbuild) return sorted([...(await bundled(esbuild)), ...(also ? [described(at(also))] : [])]);
  return own ? [] : sorted(withDependencies(at(partOf)));
}

/** Of a file that no build of ours makes. */
function origin(name) {
  const partOf = /^node_modules\/(@[^/]+\/)?[^/]+/.exec(name)?.[0];
  if (partOf) return { partOf };
  // Beside its sample, as it is in the repository.
  if (/^js\/samples\/[^/]+\/[^/]+$/.test(name)) return { own: true };
  throw new Failure(
    `${name} ships, and scripts/licences/bundles.mjs does not know whose work is in it.`,
  );
}

/** The packages of which esbuild takes in anything. */
export async function bundled(options) {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { build } = await import("esbuild");
  const { metafile } = await build({
    ...options,
    absWorkingDir: root,
    bundle: true,
    platform: "browser",
    metafile: true,
    write: false,
    outfile: "out.js",
    logLevel: "error",
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0])
    .filter(Boolean);
  return sorted([...new Set(folders)].map((folder) => described(at(folder))));
}

/** A package whose files are bundles of its own: all that it depends on may be in them. */
function withDependencies(folder) {
  const { dependencies = {} } = read(folder);
  return [
    described(folder),
    ...Object.keys(dependencies).flatMap((name) => withDependencies(resolved(name, folder))),
  ];
}

/** Where Node finds a package from the folder of another. */
function resolved(name, from) {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const found = path.join(folder, "node_modules", name);
    if (existsSync(found)) return found;
  }
  throw new Failure(`${name}, which ${from} depends on, is not installed.`);
}

function described(folder) {
  const { name, version, license, author } = read(folder);
  const authors = [author?.name ?? author].filter(Boolean);
  return { name, version, licences: chosen(license ?? "none named"), authors, folder };
}

const read = (folder) => JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));

const idOf = ({ name, version }) => `${name} ${version}`;

/** In the order of their names, each once. */
export const sorted = (packages) =>
  [...new Map(packages.map((one) => [idOf(one), one])).values()].sort((a, b) =>
    idOf(a) < idOf(b) ? -1 : 1,
  );
