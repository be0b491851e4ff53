import { ratio } from "../lib/stats.mjs";
import { times } from "../lib/told.mjs";

/** The row of a flow: by the host's Web API, which is what we use, and by the library that people use. */
export async function run(stage) {
  await stage.open();
  const measured = await stage.call("rowRead", stage.echo, stage.times(500, 60));
  return [
    {
      what: "row read, Xrm.WebApi over dynamics-web-api",
      ...ratio(measured.xrm, measured.dynamicsWebApi),
      unit: "×",
      detail: times(measured, "median"),
    },
  ];
}
