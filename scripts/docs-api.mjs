/** `npm run docs:api`: the API reference of both languages. A warning of either is a failure. */
import "./lib/node.mjs";
import { buildWasm } from "./build/wasm.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { at } from "./lib/paths.mjs";
import { run, runNode } from "./lib/run.mjs";
import { rustdoc } from "./lib/rustdoc.mjs";
import { setUp } from "./setup.mjs";

await asCommand(async () => {
  await setUp({ need: ["npm", "wasm", "bindgen"] });
  await buildWasm({}); // the TypeScript layer imports its types
  must("typedoc", await runNode(at("node_modules", "typedoc", "bin", "typedoc")));
  must("cargo doc", await run("cargo", rustdoc.args, { env: rustdoc.env }));
  console.log("For users, of the TypeScript:    docs/api/index.html");
  console.log("For contributors, of the core:   target/doc/entra_flow/index.html");
});

function must(name, { code, output }) {
  if (code !== 0) throw new Failure(`${output.trimEnd()}\n${name} failed.`);
}
