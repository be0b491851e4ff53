import type { FlowClient } from "./client.js";
import { isFlowError } from "./error.js";
import type { Diagnosis, FlowErrorCode, FlowTarget } from "./types.js";

/** What has to hold before there is a client, and the errors that say it does not. Only the org is asked meanwhile. */
const beforeAClient: [name: string, codes: FlowErrorCode[]][] = [
  ["module", ["module_blocked"]],
  ["host", ["host_not_found"]],
  ["environment", ["environment_unknown", "network", "service_error", "throttled", "timeout"]],
  ["cloud", ["cloud_unknown"]],
];

/**
 * The report of `flow(target).diagnose()`, also where no client can be made: pass the promise of one.
 *
 * ```ts
 * const report = await diagnose(FlowClient.fromXrm(msalInstance), workflowId);
 * console.table(report.checks);
 * ```
 * @throws FlowError `invalid_argument`
 */
export async function diagnose(
  client: FlowClient | Promise<FlowClient>,
  target: string | FlowTarget,
): Promise<Diagnosis> {
  try {
    return await (await client).flow(target).diagnose();
  } catch (error) {
    if (!isFlowError(error)) throw error;
    const { code, stage, message, hint } = error;
    const failed =
      stage === "load" ? 0 : beforeAClient.findIndex(([, codes]) => codes.includes(code));
    if (failed < 0) throw error;
    const checks = beforeAClient
      .slice(0, failed + 1)
      .map(([name], index) =>
        index < failed
          ? { name, outcome: "pass" as const, detail: "It did not stop the client." }
          : { name, outcome: "fail" as const, detail: message, hint },
      );
    return { ok: false, checks };
  }
}
