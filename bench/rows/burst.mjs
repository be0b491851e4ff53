import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";

const calls = 100;

/** A hundred calls at once, of one flow, by a client that knows nothing. */
export async function run(stage) {
  await stage.open();
  stage.forget();
  await stage.call("burstCold", stage.echo, calls);
  const { rows, discoveries, tokens, invokes } = stage.counts();
  const measured = await stage.call("burst", stage.echo, calls, stage.times(40, 8));
  return [
    {
      what: `requests of ${calls} calls at once, cold`,
      value: rows + discoveries + tokens + invokes,
      unit: "requests",
      target: calls + 3,
      detail: `${rows} row, ${discoveries} discovery, ${tokens} token, ${invokes} invokes`,
    },
    {
      what: `${calls} calls at once, cold, over bare fetch of the last ${calls}`,
      ...ratio(measured.us, measured.fetch),
      unit: "×",
      target: 1.05,
      detail: `${times(measured, "median")}; ours has the row read and the discovery in it`,
    },
  ];
}
