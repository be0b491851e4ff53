/**
 * `npm run pictures`: builds, and takes the pictures of docs/images anew: what the samples look like today, in the
 * light and the dark theme, on the Power Platform of tests/sandbox. `-- flow-console form` takes those that begin so.
 */
import "./lib/node.mjs";
import { mkdirSync } from "node:fs";
import { buildAll } from "./build.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { at } from "./lib/paths.mjs";
import { findChromium } from "./setup/chromium.mjs";
import { setUp } from "./setup.mjs";
import { buildSample } from "./start/sample.mjs";

await asCommand(async () => {
  await setUp({ need: ["npm", "wasm", "bindgen", "chromium"] });
  process.env.CHROME_PATH = findChromium();
  await buildAll();
  await buildSample();
  // What they import comes from npm, so only now.
  const { scenes } = await import("./pictures/scenes.mjs");

  const wanted = process.argv.slice(2);
  const chosen = Object.entries(scenes).filter(
    ([name]) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
  );
  if (chosen.length === 0)
    throw new Failure(`No such picture. There are: ${Object.keys(scenes).join(", ")}`);
  mkdirSync(at("docs", "images"), { recursive: true });
  for (const [name, scene] of chosen) {
    for (const theme of ["light", "dark"]) {
      const path = at("docs", "images", theme === "dark" ? `${name}-dark.png` : `${name}.png`);
      await scene({ theme, path });
      console.log(path);
    }
  }
});
