import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";
import { runNpm } from "../lib/run.mjs";
import { filesUnder, hashOf, unlessFresh } from "../lib/stamp.mjs";

/** pcf-sample/ and the library in dist/ → pcf-sample/out, as a maker would build it. */
export function buildSample({ force = false } = {}) {
  // `generated` is the build's own work.
  const written = filesUnder(at("pcf-sample", "FlowButton")).filter(
    (file) => !file.startsWith(at("pcf-sample", "FlowButton", "generated")),
  );
  const inside = (...names) => names.map((name) => at("pcf-sample", name));
  return unlessFresh(
    {
      stamp: at("target", "stamps", "pcf-sample"),
      hash: hashOf([
        ...written,
        ...inside("scripts", "package-lock.json", "pcfconfig.json", "tsconfig.json"),
        at("dist", "index.js"),
      ]),
      outputs: inside("out/controls/FlowButton/bundle.js", "out/webresources/ef_msal_redirect.js"),
      force,
    },
    async () => {
      console.log("building pcf-sample …");
      const { code, output } = await runNpm(["run", "build"], { cwd: at("pcf-sample") });
      if (code === 0) return;
      console.error(output);
      throw new Failure("pcf-scripts could not build pcf-sample: see above.");
    },
  );
}
