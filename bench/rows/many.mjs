const atOnce = 4;
const piece = 500;
/** Of JS heap over all calls but the first ones, for it to be called flat: noise of a browser's heap. */
const flatBytesPerCall = 16;

/** What thousands of calls of one client leave behind. */
export async function run(stage) {
  const calls = stage.times(10_000, 2000);
  await stage.open();
  await stage.call("keep", stage.echo);
  const atStart = await stage.call("wasmBytes");
  // The first calls fill caches and let the engine compile; what grows after them would grow for ever.
  await callInPieces(stage, piece);
  const before = await heap(stage);
  await callInPieces(stage, calls - piece);
  const after = await heap(stage);
  const wasm = await stage.call("wasmBytes");
  const perCall = (after - before) / (calls - piece);
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
      value: Math.max(0, perCall),
      unit: "bytes",
      target: flatBytesPerCall,
      detail: `${(before / 1e6).toFixed(2)} MB after ${piece} calls, ${(after / 1e6).toFixed(2)} MB at the end, each after a garbage collection; flat is ≤ ${flatBytesPerCall} bytes a call`,
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
