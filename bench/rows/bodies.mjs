import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";

const bytes = 10_000_000;
const piece = 10;
// An answer in takes a sixth of the time of a body out.
const rounds = { out: 120, in: 400 };
const inPage = { out: "10 MB body out", in: "10 MB answer in" };

/** Large bodies pass by the module, and must not pass through it. */
export async function run(stage) {
  const results = [];
  for (const [way, what] of Object.entries(inPage)) {
    await stage.open();
    stage.sandbox.flow("echo").respond({
      headers: { "content-type": "application/octet-stream" },
      body: Buffer.alloc(way === "in" ? bytes : 1, 7),
    });
    const { measured, grown } = await inPieces(stage, way, stage.times(rounds[way], 12));
    results.push(
      {
        what: `${what}, over bare fetch`,
        ...ratio(measured.us, measured.fetch),
        unit: "×",
        target: 1.02,
        detail: times(measured, "median"),
      },
      {
        what: `${what}: growth of wasm memory`,
        value: grown,
        unit: "bytes",
        target: 0,
      },
    );
    stage.reset();
  }
  return results;
}

/** A few at a time: the sandbox keeps every body until it is told to forget. */
async function inPieces(stage, way, rounds) {
  const measured = { fetch: [], us: [] };
  let grown = 0;
  for (let done = 0; done < rounds; done += piece) {
    const found = await stage.call("bodies", stage.echo, bytes, way, piece);
    for (const [name, list] of Object.entries(found.times)) measured[name].push(...list);
    grown += found.grown;
    stage.forget();
  }
  return { measured, grown };
}
