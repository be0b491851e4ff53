import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";
import { legMs } from "../stage.mjs";

/** The next form in the same window: its control is a new one, with a client of its own. */
export async function run(stage) {
  await stage.open();
  stage.latency(legMs);
  const measured = await stage.call("navigation", stage.echo, stage.times(40, 8));
  return [
    {
      what: "call after a form navigation, over hand-written",
      ...ratio(measured.us, measured.handWritten),
      unit: "×",
      target: 0.35,
      detail: `${times(measured, "median")}; legs of ${legMs} ms`,
    },
  ];
}
