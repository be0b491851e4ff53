/**
 * `npm run licences`: writes THIRD_PARTY_LICENSES.md, whose work ships and under which terms: the crates in the module,
 * and the npm packages in the samples of the solution. A test holds the file to what is really linked and bundled.
 */
import "./lib/node.mjs";
import { writeFileSync } from "node:fs";
import { buildAll } from "./build.mjs";
import { asCommand } from "./lib/failure.mjs";
import { isMain } from "./lib/main.mjs";
import { at } from "./lib/paths.mjs";
import { linkedCrates } from "./licences/crates.mjs";
import { mit, ownText, textOf } from "./licences/terms.mjs";

/** The whole file. */
export async function thirdPartyLicences() {
  // Only now: it imports npm packages, which the build has installed.
  const { shippedFiles, sorted } = await import("./licences/bundles.mjs");
  const crates = await linkedCrates();
  const files = (await shippedFiles()).filter(({ packages }) => packages.length > 0);
  const packages = sorted(files.flatMap((file) => file.packages));
  const rows = files.map(
    (file) => `| \`${file.name}\` | ${file.packages.map(({ name }) => name).join(", ")} |`,
  );
  return `# Third-party licences

<!-- Written by \`npm run licences\`, from Cargo.lock and from what esbuild takes into each bundle. -->

Whose work ships with entra-flow, and its terms. entra-flow itself is under the [MIT licence](#entra-flow).

## In the library
The module, which is in all of \`dist/\` but \`slim.js\` (as WebAssembly, in the \`compat\` files as JavaScript that binaryen's wasm2js made of it), links
these crates and parts of the Rust standard library (MIT).
\`slim.js\` and the others have wasm-bindgen's glue. No npm package is in the library, but for the lines that [binaryen](#in-the-samples)'s
wasm2js adds to the \`compat\` files.

| crate | version | taken under |
|---|---|---|
${crates.map(row).join("\n")}

## In the samples
The solution of \`npm run pack:solution\` has these npm packages as well, and in the control and the console the library. But for
binaryen's lines, they are not in the npm package.

| in the solution | npm packages in it |
|---|---|
${rows.join("\n")}

| npm package | version | taken under |
|---|---|---|
${packages.map(row).join("\n")}

## entra-flow

\`\`\`text
${ownText()}
\`\`\`

${textsOf([...crates, ...packages])}`;
}

const row = ({ name, version, licences }) => `| ${name} | ${version} | ${licences.join(" and ")} |`;

/** Each text once, under the names of those who use it. */
function textsOf(works) {
  const texts = new Map([[mit("The Rust Project Developers"), ["the Rust standard library"]]]);
  for (const work of works) {
    for (const licence of work.licences) {
      const text = textOf(work, licence);
      texts.set(text, [...(texts.get(text) ?? []), `${work.name} ${work.version}`]);
    }
  }
  return [...texts]
    .map(([text, owners]) => `## ${owners.join(", ")}\n\n\`\`\`text\n${text}\n\`\`\`\n`)
    .join("\n");
}

if (isMain(import.meta)) {
  await asCommand(async () => {
    await buildAll(); // the console and the control are bundled from dist/
    writeFileSync(at("THIRD_PARTY_LICENSES.md"), await thirdPartyLicences());
  });
}
