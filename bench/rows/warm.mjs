import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";

/** A call whose flow is known, on a network without latency: all that is left is the layer. */
export async function run(stage) {
  await stage.open();
  const rounds = stage.times(3000, 300);
  const all = { fetch: [], us: [], ky: [], pipeline: [] };
  // In pieces: what the sandbox writes down must not grow into the measurement.
  for (let done = 0; done < rounds; done += 300) {
    const measured = await stage.call("warm", stage.echo, 300);
    for (const [name, list] of Object.entries(measured)) all[name].push(...list);
    stage.forget();
  }
  const preflights = await preflightsPerCall(stage);
  const msal = await stage.call("warmMsal", stage.echo, stage.times(600, 100));
  const [median, p99] = [0.5, 0.99].map((at) => ratio(all.us, all.fetch, at));
  const withMsal = ratio(msal.us, msal.handWritten);
  return [
    {
      what: "warm call over bare fetch, median",
      ...median,
      unit: "×",
      target: 1.03,
      detail: times(all, "median"),
    },
    {
      what: "warm call over bare fetch, p99",
      ...p99,
      unit: "×",
      target: 1.1,
      detail: times(all, "p99"),
    },
    {
      what: "preflights that a warm call sends",
      value: preflights,
      unit: "requests",
      target: 0,
      detail:
        "of ours, where the service lets the browser keep a preflight's answer; bare fetch sends none",
    },
    {
      what: "warm call over the hand-written way, both with MSAL",
      ...withMsal,
      unit: "×",
      detail: times(msal, "median"),
    },
  ];
}

/** A preflight is a whole round trip before the call: whether the browser keeps its answer is up to the request. */
async function preflightsPerCall(stage) {
  await stage.call("warm", stage.echo, 1, ["us"]);
  stage.forget();
  await stage.call("warm", stage.echo, 50, ["us"]);
  const { preflights, invokes } = stage.counts();
  return preflights / invokes;
}
