import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";
import { legMs } from "../stage.mjs";

/** Many flows made known at once, against one after the other. */
export async function run(stage) {
  await stage.open();
  const what = `${stage.manyFlows.length} flows prefetched, over one after the other`;
  stage.latency(legMs);
  stage.forget();
  const measured = await stage.call("prefetch", stage.manyFlows, stage.times(7, 2));
  return [
    {
      what,
      ...ratio(measured.us, measured.oneByOne),
      unit: "×",
      target: 0.08,
      detail: `${times(measured, "median")}; legs of ${legMs} ms`,
    },
  ];
}
