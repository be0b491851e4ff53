import { summary } from "../lib/stats.mjs";
import { longestTask } from "../lib/trace.mjs";

/** What loading costs: each time in a fresh page. */
export async function run(stage) {
  const [us, msal] = [await measure(stage, "us"), await measure(stage, "msal")];
  return [
    {
      what: "script evaluated → first call leaves",
      value: us.use,
      unit: "ms",
      target: 4,
      detail: `median; evaluating the script took ${us.evaluate.toFixed(2)} ms before; msal-browser alone: ${msal.evaluate.toFixed(2)} ms to evaluate, ${msal.use.toFixed(2)} ms to initialize`,
    },
    {
      what: "longest block of the main thread by us",
      value: us.longest,
      unit: "ms",
      target: 2,
      detail: `median of each load's longest task, evaluation included; msal-browser alone: ${msal.longest.toFixed(2)} ms`,
    },
  ];
}

const urls = { us: "/bench/entra-flow.global.js", msal: "/bench/msal.js" };

/** Medians in milliseconds of evaluating the script, of its first use, and of each load's longest task. */
export async function measure(stage, name, url = urls[name]) {
  const runs = [];
  for (let count = stage.times(40, 8); count > 0; count -= 1) {
    await stage.open("start.html");
    runs.push(await stage.call("start", name, url));
  }
  // By themselves, for tracing costs time.
  const longest = [];
  for (let count = stage.times(20, 4); count > 0; count -= 1) {
    await stage.open("start.html");
    longest.push(await longestTask(stage.cdp, () => stage.call("start", name, url)));
  }
  const median = (pick) => summary(runs.map(pick)).median;
  return {
    evaluate: median(({ evaluateMs }) => evaluateMs),
    use: median(({ useMs }) => useMs),
    longest: summary(longest).median,
  };
}
