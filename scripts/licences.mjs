/**
 * `npm run licences`: writes THIRD_PARTY_LICENSES.md, the licences of what is linked into the module. A test holds
 * the file to Cargo.lock, so that no crate comes in without somebody looking at its licence.
 */
import "./lib/node.mjs";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { asCommand, Failure } from "./lib/failure.mjs";
import { isMain } from "./lib/main.mjs";
import { at } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

/** The licences that we take, in the order in which we choose among alternatives, and where crates keep their text. */
const taken = {
  MIT: ["LICENSE-MIT", "LICENSE-MIT.md", "LICENSE", "LICENSE.md"],
  "Unicode-3.0": ["LICENSE-UNICODE"],
};

/** Of a crate's licence expression, those that we take it under: all that are joined by AND. */
export function chosen(expression) {
  return expression.split(" AND ").map((part) => {
    const offered = part.replace(/[()]/g, "").split(/ OR |\//);
    const licence = Object.keys(taken).find((known) => offered.includes(known));
    if (licence === undefined) {
      throw new Failure(
        `The licence "${expression}" is not one that we take (scripts/licences.mjs, deny.toml): do without the crate, or ask whether its terms can be met.`,
      );
    }
    return licence;
  });
}

/** The crates whose code is in the module: no build tools, no macros, nothing of tests. */
export async function linkedCrates() {
  const platform = "wasm32-unknown-unknown";
  const tree = await cargo([
    "tree",
    ...["--target", platform, "--edges", "normal,no-proc-macro"],
    ...["--prefix", "none", "--format", "{p}"],
  ]);
  const names = new Set(
    [...tree.matchAll(/^(\S+) v(\S+)/gm)].map(([, name, version]) => `${name} ${version}`),
  );
  const { packages } = JSON.parse(
    await cargo(["metadata", "--format-version", "1", "--filter-platform", platform]),
  );
  return packages
    .filter(({ name, version, source }) => source !== null && names.has(`${name} ${version}`))
    .map(({ name, version, license, authors, manifest_path }) => ({
      name,
      version,
      licences: chosen(license ?? "none named"),
      authors,
      folder: path.dirname(manifest_path),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

async function cargo(args) {
  const { code, output } = await run("cargo", [...args, "--locked", "--quiet"]);
  if (code !== 0) throw new Failure(`\`cargo ${args[0]}\` failed: ${output.trim()}`);
  return output;
}

/** The whole file. */
export async function thirdPartyLicences() {
  const crates = await linkedCrates();
  const texts = new Map([[mit("The Rust Project Developers"), ["the Rust standard library"]]]);
  for (const crate of crates) {
    for (const licence of crate.licences) {
      const text = textOf(crate, licence);
      texts.set(text, [...(texts.get(text) ?? []), `${crate.name} ${crate.version}`]);
    }
  }
  const rows = crates.map(
    ({ name, version, licences }) => `| ${name} | ${version} | ${licences.join(" and ")} |`,
  );
  const sections = [...texts].map(
    ([text, owners]) => `## ${owners.join(", ")}\n\n\`\`\`text\n${text}\n\`\`\`\n`,
  );
  return `# Third-party licences

<!-- Written by \`npm run licences\` from Cargo.lock. -->

entra-flow itself is under the MIT licence ([LICENSE](LICENSE)). Its WebAssembly module, which all of \`dist/\` but \`slim.js\` has inside,
links these crates, and parts of the Rust standard library (MIT). \`slim.js\` and the others have wasm-bindgen's glue. No npm package is in it.

| crate | version | taken under |
|---|---|---|
${rows.join("\n")}

${sections.join("\n")}`;
}

function textOf({ name, folder, authors }, licence) {
  const file = taken[licence].map((one) => path.join(folder, one)).find(existsSync);
  // Some crates name the licence and ship no text of it.
  if (file === undefined && licence === "MIT")
    return mit(
      authors.length > 0
        ? authors.map((one) => one.replace(/ <.*/, "")).join(", ")
        : `the authors of ${name}`,
    );
  if (file === undefined) throw new Failure(`${name} has no text of its licence ${licence}.`);
  return readFileSync(file, "utf8").replaceAll("\r\n", "\n").trim();
}

const mit = (owner) => `Copyright (c) ${owner}

${readFileSync(at("LICENSE"), "utf8")
  .slice(readFileSync(at("LICENSE"), "utf8").indexOf("Permission is hereby"))
  .trim()}`;

if (isMain(import.meta)) {
  await asCommand(async () => {
    writeFileSync(at("THIRD_PARTY_LICENSES.md"), await thirdPartyLicences());
  });
}
