import { warmCpu } from "./cpu.mjs";
import { measure } from "./start.mjs";

/** entra-flow/compat, the crate in JavaScript, beside the WebAssembly module: what a page pays that can't have the latter. */
export async function run(stage) {
  const wasm = await measure(stage, "us");
  const js = await measure(stage, "us", "/bench/entra-flow.compat.global.js");
  const cpu = { wasm: await warmCpu(stage), js: await warmCpu(stage, "page-compat.html") };
  const started = ({ evaluate, use }) => evaluate + use;
  return [
    {
      what: "compat: script → first call leaves, over wasm",
      value: started(js) / started(wasm),
      unit: "×",
      detail: `median, evaluation included: compat ${started(js).toFixed(2)} ms (${js.evaluate.toFixed(2)} to evaluate), wasm ${started(wasm).toFixed(2)} ms (${wasm.evaluate.toFixed(2)}); longest block of the main thread ${js.longest.toFixed(2)} ms against ${wasm.longest.toFixed(2)}`,
    },
    {
      what: "compat: CPU by us per warm call, over wasm",
      value: cpu.js.own / cpu.wasm.own,
      unit: "×",
      detail: `as the row above: compat ${cpu.js.own.toFixed(0)} µs, wasm ${cpu.wasm.own.toFixed(0)} µs`,
    },
  ];
}
