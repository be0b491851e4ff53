import { gzipSync } from "node:zlib";
import { sizes } from "../../scripts/build/size.mjs";
import { bundleOf, peers } from "../stage.mjs";

const targets = { "entra-flow.global.js": 40, "entra-flow.wasm": 32 };

/** What users download, gzipped. */
export async function run() {
  const ours = sizes()
    .filter(({ name }) => name in targets)
    .map(({ name, gzip, raw }) => ({
      what: `dist/${name}, gzip`,
      value: gzip / 1000,
      unit: "kB",
      target: targets[name],
      detail: `${(raw / 1000).toFixed(1)} kB before`,
    }));
  const theirs = await Promise.all(
    Object.entries(peers).map(async ([name, contents]) => {
      const text = await bundleOf(contents, name);
      return `${name} ${(gzipSync(text, { level: 9 }).length / 1000).toFixed(1)}`;
    }),
  );
  ours[0].detail += `; peers, minified and gzipped, kB: ${theirs.join(", ")}`;
  return ours;
}
