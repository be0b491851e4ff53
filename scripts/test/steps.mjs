import { existsSync, readdirSync } from "node:fs";
import { at } from "../lib/paths.mjs";
import { run, runNode, runNpm } from "../lib/run.mjs";
import { rustdoc } from "../lib/rustdoc.mjs";
import { filesUnder } from "../lib/stamp.mjs";
import { wasmCargo } from "../setup/rust.mjs";
import { browserTests } from "./browser.mjs";

const cargo = (args, env) => () => run("cargo", args, { env });
const tool =
  (file, ...args) =>
  () =>
    runNode(at("node_modules", file), args);
const pcf = (script) => () => runNpm(["run", script], { cwd: at("pcf-sample") });

/**
 * What `npm test` does, in groups. A group in which a step failed ends the run; where `all` is set
 * its other steps are still done first, so that one run tells all there is to mend.
 */
export async function groups() {
  const wasm = await wasmCargo();
  const forWasm = ["--lib", "--test", "browser*", ...wasm.args];
  const fuzz = ["--manifest-path", at("fuzz", "Cargo.toml")];
  const noLibFuzzer = { CUSTOM_LIBFUZZER_PATH: at("fuzz", "target", "libfuzzer.a") };
  const steps = [
    {
      name: "lint",
      all: true,
      steps: [
        step("cargo fmt", cargo(["fmt", "--check", "--", "--color", "never"])),
        step("clippy", cargo(["clippy", "--all-targets", "--", "-D", "warnings"])),
        step("cargo fmt fuzz", cargo(["fmt", ...fuzz, "--check", "--", "--color", "never"])),
        // That the targets still compile; libFuzzer itself is only there for `npm run fuzz`.
        step("clippy fuzz", cargo(["clippy", ...fuzz, "--", "-D", "warnings"], noLibFuzzer)),
        step("clippy wasm", () =>
          run(wasm.clippy, ["clippy", ...forWasm, "--", "-D", "warnings"], { env: wasm.env }),
        ),
        step("cargo doc", cargo(rustdoc.args, rustdoc.env)),
        step("cargo doc wasm", () =>
          run(wasm.program, [...rustdoc.args, "--lib", ...wasm.args], {
            env: { ...wasm.env, ...rustdoc.env },
          }),
        ),
        step("biome", tool("@biomejs/biome/bin/biome", "check", "--error-on-warnings")),
      ],
    },
    {
      name: "rust",
      steps: [step("cargo test", cargo(["test", "--no-fail-fast"]), { counted: true })],
    },
    {
      name: "build",
      steps: [step("build", () => runNode(at("scripts", "build.mjs")), { told: true })],
    },
    {
      name: "types",
      all: true,
      steps: [
        step("tsc", tool("typescript/bin/tsc", "-p", at("tsconfig.json"))),
        // As a user meets them: checked themselves, and with other settings than ours.
        step(
          "tsc dist",
          tool("typescript/bin/tsc", "-p", at("scripts", "test", "tsconfig.dist.json")),
        ),
        step("tsc tests", tool("typescript/bin/tsc", "-p", at("tests", "types"))),
        // The API reference: a warning is an error (typedoc.json).
        step("typedoc", tool("typedoc/bin/typedoc")),
        step(
          "tsc flow console",
          tool("typescript/bin/tsc", "-p", at("js", "samples", "flow-console")),
        ),
      ],
    },
    {
      name: "browser",
      steps: [step("wasm in Chromium", browserTests, { counted: true })],
    },
  ];
  if (existsSync(at("pcf-sample", "package.json"))) {
    steps.push({
      name: "pcf",
      steps: [
        step("pcf lint", pcf("lint")),
        step("pcf build", pcf("build")),
        step("pcf test", pcf("test"), { counted: true }),
      ],
    });
  }
  return [...steps, ...nodeGroups()];
}

/** `counted`: its output tells a number of tests; `told`: its output is worth reading when it passes, too. */
const step = (name, work, { counted = false, told = false } = {}) => ({
  name,
  work,
  counted,
  told,
});

/** What of tests/e2e is run over entra-flow/compat as well, under a policy that lets no WebAssembly compile. */
const overCompat = [
  "main-road",
  "bodies",
  "requests-and-answers",
  "errors",
  "limits-and-aborts",
  "operation",
  "variables-and-prefetch",
].map((name) => at("tests", "e2e", `${name}.test.mjs`));

/** One group for each folder of tests/ with `*.test.mjs` files, named like it; the slowest, e2e, last. */
function nodeGroups() {
  return readdirSync(at("tests"))
    .sort((a, b) => (a === "e2e") - (b === "e2e") || a.localeCompare(b))
    .map((name) => ({
      name,
      files: filesUnder(at("tests", name)).filter((file) => file.endsWith(".test.mjs")),
    }))
    .filter(({ files }) => files.length > 0)
    .map(({ name, files }) => ({
      name,
      steps: [
        nodeTests(`node ${name}`, files),
        ...(name === "e2e"
          ? [nodeTests("node e2e compat", overCompat, { E2E_BUILD: "compat" })]
          : []),
      ],
    }));
}

const nodeTests = (name, files, env = {}) =>
  step(name, () => runNode("--test", nodeArgs(files), { env }), { counted: true });

// Each file is a process of its own, and most of them start a browser: more than two at once only get in each other's way.
const nodeArgs = (files) => ["--test-concurrency=2", "--test-reporter=spec", ...files];
