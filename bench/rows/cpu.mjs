import { summary } from "../lib/stats.mjs";

const callsEach = 200;

/** Main thread that a warm call takes beyond what `fetch` itself takes: with a fetch that answers at once. */
export async function run(stage) {
  const { us, bare, own } = await warmCpu(stage);
  return [
    {
      what: "CPU by us per warm call",
      value: own,
      unit: "µs",
      target: 100,
      detail: `median of batches of ${callsEach} calls over a stubbed fetch that makes its Request and answers at once: us ${us.toFixed(0)} µs, the same fetch alone ${bare.toFixed(0)} µs`,
    },
  ];
}

/** In microseconds a call: ours, bare fetch's, and the difference. */
export async function warmCpu(stage, page) {
  await stage.open(page);
  const measured = await stage.call("cpu", stage.echo, stage.times(40, 10), callsEach);
  const [us, bare] = [measured.us, measured.fetch].map(
    (list) => (summary(list).median / callsEach) * 1000,
  );
  return { us, bare, own: us - bare };
}
