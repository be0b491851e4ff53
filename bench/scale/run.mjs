/**
 * `npm run scale`: counts the requests of forms in Chromium over the sandbox, by each way to a trigger URL, and writes
 * what they make for a whole org into docs/scale.md and docs/scale.svg.
 */
import "../../scripts/lib/node.mjs";
import { writeFileSync } from "node:fs";
import { buildAll } from "../../scripts/build.mjs";
import { asCommand } from "../../scripts/lib/failure.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { findChromium } from "../../scripts/setup/chromium.mjs";
import { setUp } from "../../scripts/setup.mjs";
import { measuredOf } from "./model.mjs";

const controls = 4;
const opened = 6;

await asCommand(async () => {
  await setUp({ need: ["npm", "wasm", "bindgen", "chromium"] });
  process.env.CHROME_PATH = findChromium();
  await buildAll();
  // What they import comes from npm, so only now.
  const { openStage, variableOf } = await import("../stage.mjs");
  const { page, plotOf } = await import("./page.mjs");
  const stage = await openStage();
  try {
    const flows = stage.manyFlows.slice(0, controls).map((workflowId) => ({ workflowId }));
    const variables = flows.map((_, index) => ({ environmentVariable: variableOf(index) }));
    const ways = [
      { name: "hand-written", way: "handWritten", targets: flows },
      { name: 'entra-flow, cache: "client"', way: "client", targets: flows },
      { name: "entra-flow, as it comes (page cache)", way: "page", targets: flows },
      { name: "entra-flow, published URLs", way: "page", targets: variables },
    ];
    const measured = [];
    for (const { name, way, targets } of ways) {
      const counts = [];
      for (const forms of [1, opened]) {
        // A fresh window: nothing is known in it.
        await stage.open();
        stage.forget();
        await stage.call("forms", way, targets, forms);
        counts.push(stage.counts());
      }
      measured.push({ name, ...measuredOf(...counts, opened, controls) });
    }
    writeFileSync(at("docs", "scale.md"), page(measured));
    writeFileSync(at("docs", "scale.svg"), plotOf(measured));
    console.log("written: docs/scale.md, docs/scale.svg");
  } finally {
    await stage.close();
  }
});
