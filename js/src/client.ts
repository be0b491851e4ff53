import { loadCore } from "./load.js";

// Before the others, for what module.ts says of the long text.

import type { Client } from "../../pkg/entra_flow.js";
import { FlowError, orFlowError } from "./error.js";
import { turn } from "./turn.js";
import type {
  Auth,
  ClientOptions,
  Flow,
  FlowResponse,
  FlowTarget,
  HttpFlow,
  InvokeOptions,
  Operation,
  OperationResult,
  OperationTable,
  PcfContext,
  Publication,
  PublishResult,
  WaitOptions,
} from "./types.js";

/** A client for the flows of one environment, called as one user. Make one and keep it. */
export class FlowClient {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * A client of explicit parts.
   * @throws FlowError `invalid_argument`, `cloud_unknown`, `environment_unknown`, `module_blocked`, `host_not_found` where there is no page
   */
  static create(options: ClientOptions): Promise<FlowClient> {
    return FlowClient.#from((module) => module.create(options));
  }

  /**
   * A client for a form script or web resource: finds Xrm on window, then parent, and fills in webApi,
   * environmentId, tenantId, cloud and, where Xrm has it, loginHint.
   * @throws FlowError `host_not_found`, `environment_unknown`, `cloud_unknown`, `invalid_argument`, `module_blocked`;
   * `network`, `throttled`, `service_error` or `timeout` where the org has to be asked
   */
  static fromXrm(auth: Auth, options?: Partial<ClientOptions>): Promise<FlowClient> {
    return FlowClient.#from((module) => module.fromXrm(auth, options));
  }

  /**
   * The same from a PCF context. The environment comes from the context, the page's Xrm or the org's own API.
   * @throws FlowError as `fromXrm`
   */
  static fromPcf(
    context: PcfContext,
    auth: Auth,
    options?: Partial<ClientOptions>,
  ): Promise<FlowClient> {
    return FlowClient.#from((module) => module.fromPcf(context, auth, options));
  }

  static async #from(make: (module: typeof Client) => Promise<Client>): Promise<FlowClient> {
    const core = await loadCore();
    const client = new FlowClient(await orFlowError(make(core.Client)));
    // What was called for the first time was compiled for it; the first call brings as much again.
    await turn();
    return client;
  }

  /** A flow to call. A string is a `workflowid`. Nothing is sent until it is invoked. */
  flow(target: string | FlowTarget): Flow {
    const client = this.#client;
    return {
      invoke: <T>(body?: unknown, options?: InvokeOptions<T>) =>
        orFlowError(client.invoke(target, body, options) as Promise<FlowResponse<T>>),
      diagnose: () => orFlowError(client.diagnose(target)),
      callbackUrl: (options) => orFlowError(client.callbackUrl(target, options)),
    };
  }

  /**
   * Finds the trigger URLs of flows that will be called soon: one Dataverse query for all, then
   * `listCallbackUrl` for each, side by side. Flows whose URL is known already cost nothing. With the cache `none` nothing is kept.
   * @throws FlowError the first flow's; `failures` has that of each flow that failed, and the others are ready all the same
   */
  prefetch(workflowIds: string[]): Promise<void> {
    return orFlowError(this.#client.prefetch(workflowIds));
  }

  /**
   * Writes flows' trigger URLs into environment variables, so that users need no right to read flows and call
   * `flow({ environmentVariable })`. A maker's job, after each import of the solution.
   *
   * One result for each entry, in their order; one that fails does not stop the others. `timeoutMs` is for finding all
   * URLs, and again for writing each. A URL with a SAS signature is refused unless the client has `sas: "allow"`.
   * @throws FlowError `invalid_argument`, before anything is sent
   */
  async publish(map: Publication[]): Promise<PublishResult[]> {
    const results = await orFlowError(this.#client.publish(map));
    return results.map((result) =>
      result.error ? { ...result, error: new FlowError(result.error) } : result,
    );
  }

  /**
   * The record pattern, for work that takes longer than an answer may: `run` creates a row of the table, a flow
   * that starts on new rows does the work and writes its result into the row. `docs/guide/long-work.md` has it whole.
   */
  operation(table: OperationTable): Operation {
    const client = this.#client;
    return {
      run: <T>(input: unknown, options?: WaitOptions<T>) =>
        orFlowError(client.run(table, input, options) as Promise<OperationResult<T>>),
      start: (input) => orFlowError(client.start(table, input)),
      wait: <T>(id: string, options?: WaitOptions<T>) =>
        orFlowError(client.wait(table, id, options) as Promise<OperationResult<T>>),
    };
  }

  /**
   * For makers and admins: every cloud flow of a solution that has an HTTP trigger and that the user may read, and how
   * its trigger is set. A flow whose definition can't be read is left out.
   * @throws FlowError `host_not_found`, `workflow_forbidden`, `throttled`, `network`, `timeout`, `service_error`
   */
  httpFlows(): Promise<HttpFlow[]> {
    return orFlowError(this.#client.httpFlows());
  }

  /**
   * Signs the user in, with a window if need be. Call it from a click: interaction now, silence later. A token that the
   * service refused gives way to another one.
   * The user has five minutes, or the client's `timeoutMs` if that is longer.
   * @throws FlowError `popup_blocked`, `sign_in_cancelled`, `interaction_required`, `token_failed`, `network`, `timeout`
   */
  signIn(): Promise<void> {
    return orFlowError(this.#client.signIn());
  }

  /** Forgets every trigger URL that this client knows, and with the cache `page` those of the whole page. */
  clearCache(): void {
    this.#client.clearCache();
  }
}
