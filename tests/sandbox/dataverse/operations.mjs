/**
 * The record pattern's other half: a flow that starts on each new row of ef_flowoperation, works
 * for a while, and writes its result. What it does is said in the row's input, which is JSON:
 * `delayMs` before it ends, `fail` for a failure with that text, `never` to stay running,
 * `badResult` to write a result that is not JSON. Everything else comes back in the result.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** The flow starts a moment after the row was written, as in production. */
const startDelayMs = 100;
const defaultWorkMs = 300;

/**
 * @param {import("../world.mjs").World} world
 * @param {any[]} runs
 */
export function operationWorker(world, runs) {
  const { states } = world.operationTable;
  return async ({ table, row, user }) => {
    if (table !== "ef_flowoperation") return;
    row.ef_status ??= states.pending;
    await sleep(startDelayMs, undefined, { ref: false });
    const { delayMs = defaultWorkMs, fail, never, badResult, ...rest } = inputOf(row.ef_input);
    runs.push({
      runId: randomUUID().replaceAll("-", "").toUpperCase(),
      flow: "operationWorker",
      method: "",
      relativePath: "",
      query: {},
      headers: {},
      body: row.ef_input,
      caller: { oid: user.oid, upn: user.upn },
      startedAt: Date.now(),
    });
    row.ef_status = states.running;
    if (never) return;
    await sleep(delayMs, undefined, { ref: false });
    if (fail) {
      Object.assign(row, { ef_error: String(fail), ef_status: states.failed });
    } else {
      const result = { message: "Done by the flow", youSent: rest, createdBy: user.upn };
      row.ef_result = badResult ? "done, but not JSON" : JSON.stringify(result);
      row.ef_status = states.completed;
    }
    row.modifiedon = new Date().toISOString();
  };
}

function inputOf(text) {
  try {
    const input = JSON.parse(text ?? "{}");
    return input && typeof input === "object" ? input : { value: input };
  } catch {
    return { text };
  }
}
