/**
 * What the page's main thread did between its marks `bench-start` and `bench-end`, in milliseconds.
 * @param {import("playwright-core").CDPSession} cdp
 * @param {() => Promise<unknown>} work
 */
export async function mainThread(cdp, work) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  cdp.on("Tracing.dataCollected", collect);
  const ended = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
  await cdp.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: ["blink.user_timing", "disabled-by-default-devtools.timeline"],
    },
  });
  await work();
  await cdp.send("Tracing.end");
  await ended;
  cdp.off("Tracing.dataCollected", collect);
  return between(events);
}

/**
 * The longest task, and the CPU time of all of them.
 * @param {{name: string, ph: string, ts: number, dur?: number, tdur?: number, pid: number, tid: number}[]} events
 */
export function between(events) {
  const [start, end] = ["bench-start", "bench-end"].map((mark) =>
    events.find(({ name }) => name === mark),
  );
  if (!start || !end) throw new Error("The trace has not got the page's marks.");
  const tasks = events.filter(
    ({ name, ph, pid, tid, ts, dur }) =>
      name === "RunTask" &&
      ph === "X" &&
      pid === start.pid &&
      tid === start.tid &&
      ts + dur > start.ts &&
      ts < end.ts,
  );
  return {
    longest: Math.max(0, ...tasks.map(({ dur }) => dur)) / 1000,
    cpu: tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000,
  };
}
