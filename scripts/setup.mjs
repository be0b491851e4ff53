/**
 * Installs what the other scripts need and is not here yet: `npm run setup`, of which one may name parts
 * (`-- npm chromium`), or `setUp` from a script.
 * It runs before `npm ci`, so nothing that it imports may come from npm.
 */
import "./lib/node.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { isMain } from "./lib/main.mjs";
import { chromium } from "./setup/chromium.mjs";
import { installed } from "./setup/install.mjs";
import { npmPackages } from "./setup/npm.mjs";
import { nativeRust, wasmRust } from "./setup/rust.mjs";
import { wasmBindgenTools } from "./setup/wasm-bindgen.mjs";

// In this order: Debian's Rust, when there is no other, is also the one that builds wasm-bindgen.
const things = {
  npm: npmPackages,
  wasm: wasmRust,
  bindgen: wasmBindgenTools,
  rust: nativeRust,
  chromium,
};

/** Makes sure of the things named in `need`: `npm`, `wasm`, `bindgen`, `rust` (to test with), `chromium`. */
export async function setUp({ need = Object.keys(things) } = {}) {
  const unknown = need.find((name) => !Object.hasOwn(things, name));
  if (unknown !== undefined) {
    throw new Failure(
      `Set-up knows no "${unknown}": choose from ${Object.keys(things).join(", ")}.`,
    );
  }
  for (const [name, makeSure] of Object.entries(things)) if (need.includes(name)) await makeSure();
}

if (isMain(import.meta)) {
  await asCommand(async () => {
    const named = process.argv.slice(2);
    await setUp(named.length > 0 ? { need: named } : {});
    const count = installed.length;
    console.log(count > 0 ? `set up: installed ${count}` : "set up: nothing to install");
  });
}
