import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";
import { legMs } from "../stage.mjs";

/** A first call: what it takes beyond its three requests. */
export async function run(stage) {
  await stage.open();
  stage.latency(legMs);
  const measured = await stage.call("cold", stage.echo, stage.times(60, 12));
  return [
    {
      what: `cold call over its three legs of ${legMs} ms`,
      ...ratio(measured.us, measured.legs),
      unit: "×",
      target: 1.02,
      detail: `${times(measured, "median")}; a new client each time, MSAL with its token cached`,
    },
  ];
}
