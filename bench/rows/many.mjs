import { linearRegression } from "simple-statistics";

const atOnce = 4;
const piece = 500;
/** For the JS heap to be called flat. A forgotten promise alone would be more. */
const flatBytesPerCall = 16;

/** What thousands of calls of one client leave behind. */
export async function run(stage) {
  const calls = stage.times(10_000, 2000);
  await stage.open();
  await stage.call("keep", stage.echo);
  const atStart = await stage.call("wasmBytes");
  // The first calls fill caches and let the engine compile; what grows after them would grow for ever.
  await callInPieces(stage, piece);
  const heaps = [[0, await heap(stage)]];
  for (let done = piece; done < calls; done += piece) {
    await callInPieces(stage, piece);
    heaps.push([done, await heap(stage)]);
  }
  const wasm = await stage.call("wasmBytes");
  const [before, after] = [heaps[0], heaps.at(-1)].map(([, bytes]) => (bytes / 1e6).toFixed(2));
  return [
    {
      what: `wasm memory after ${calls.toLocaleString("en")} calls`,
      value: wasm / 1e6,
      unit: "MB",
      target: 1.2,
      detail: `${(atStart / 1e6).toFixed(2)} MB after the first`,
    },
    {
      what: `JS heap a call, over ${calls.toLocaleString("en")} calls`,
      value: Math.max(0, linearRegression(heaps).m),
      unit: "bytes",
      target: flatBytesPerCall,
      detail: `slope over ${heaps.length} garbage collections: ${before} MB after ${piece} calls, ${after} MB at the end; flat is ≤ ${flatBytesPerCall} bytes a call`,
    },
  ];
}

async function callInPieces(stage, calls) {
  for (let done = 0; done < calls; done += piece) {
    await stage.call("calls", Math.min(piece, calls - done), atOnce);
    stage.forget();
  }
}

async function heap({ cdp }) {
  for (let time = 0; time < 3; time += 1) await cdp.send("HeapProfiler.collectGarbage");
  return (await cdp.send("Runtime.getHeapUsage")).usedSize;
}
