import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { run } from "../lib/run.mjs";
import { chosen } from "./terms.mjs";

/** Where the module runs; crates for other platforms are not in it. */
const platform = "wasm32-unknown-unknown";

/** The crates whose code is in the module: no build tools, no macros, nothing of tests. */
export async function linkedCrates() {
  const tree = await cargo([
    "tree",
    ...["--target", platform, "--edges", "normal,no-proc-macro"],
    ...["--prefix", "none", "--format", "{p}"],
  ]);
  const names = new Set(
    [...tree.matchAll(/^(\S+) v(\S+)/gm)].map(([, name, version]) => `${name} ${version}`),
  );
  return (await crates())
    .filter(({ name, version }) => names.has(`${name} ${version}`))
    .map(({ name, version, license, authors, manifest_path }) => ({
      name,
      version,
      licences: chosen(license ?? "none named"),
      authors,
      folder: path.dirname(manifest_path),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** All crates that a build for the browser takes from elsewhere, its tools and tests among them: what cargo-deny looks at. */
export async function crates() {
  const { packages } = JSON.parse(
    await cargo(["metadata", "--format-version", "1", "--filter-platform", platform]),
  );
  return packages.filter(({ source }) => source !== null);
}

async function cargo(args) {
  const { code, output } = await run("cargo", [...args, "--locked", "--quiet"]);
  if (code !== 0) throw new Failure(`\`cargo ${args[0]}\` failed: ${output.trim()}`);
  return output;
}
