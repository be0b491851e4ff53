import { loadModule } from "./load.js";

// Before the others, for what load.ts says of the long text.

import type { Client } from "../../pkg/entra_flow.js";
import { orFlowError } from "./error.js";
import type {
  Auth,
  ClientOptions,
  Flow,
  FlowResponse,
  FlowTarget,
  HttpFlow,
  InvokeOptions,
  PcfContext,
} from "./types.js";

/** A client for the flows of one environment, called as one user. Make one and keep it. */
export class FlowClient {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * A client of explicit parts.
   * @throws FlowError `invalid_argument`, `cloud_unknown`, `module_blocked`
   */
  static create(options: ClientOptions): Promise<FlowClient> {
    return FlowClient.#from((module) => module.create(options));
  }

  /**
   * A client for a form script or web resource: finds Xrm on window, then parent, and fills in webApi,
   * environmentId, tenantId, cloud and, where Xrm has it, loginHint.
   * @throws FlowError `host_not_found`, `environment_unknown`, `cloud_unknown`, `invalid_argument`, `module_blocked`
   */
  static fromXrm(auth: Auth, options?: Partial<ClientOptions>): Promise<FlowClient> {
    return FlowClient.#from((module) => module.fromXrm(auth, options));
  }

  /**
   * The same from a PCF context. The environment comes from the context, the page's Xrm or the org's own API.
   * @throws FlowError `host_not_found`, `environment_unknown`, `cloud_unknown`, `invalid_argument`, `module_blocked`
   */
  static fromPcf(
    context: PcfContext,
    auth: Auth,
    options?: Partial<ClientOptions>,
  ): Promise<FlowClient> {
    return FlowClient.#from((module) => module.fromPcf(context, auth, options));
  }

  static async #from(make: (module: typeof Client) => Promise<Client>): Promise<FlowClient> {
    const module = await loadModule();
    return new FlowClient(await orFlowError(make(module.Client)));
  }

  /** A flow to call. A string is a `workflowid`. Nothing is sent until it is invoked. */
  flow(target: string | FlowTarget): Flow {
    const client = this.#client;
    return {
      invoke: <T>(body?: unknown, options?: InvokeOptions) =>
        orFlowError(client.invoke(target, body, options) as Promise<FlowResponse<T>>),
      diagnose: () => orFlowError(client.diagnose(target)),
      callbackUrl: (options) => orFlowError(client.callbackUrl(target, options)),
    };
  }

  /**
   * For makers and admins: every cloud flow of a solution that has an HTTP trigger and that the user may read, and how
   * its trigger is set. A flow whose definition can't be read is left out.
   * @throws FlowError `workflow_forbidden`, `throttled`, `network`, `timeout`, `service_error`
   */
  httpFlows(): Promise<HttpFlow[]> {
    return orFlowError(this.#client.httpFlows());
  }

  /**
   * Signs the user in, with a window if need be. Call it from a click: interaction now, silence later.
   * @throws FlowError `popup_blocked`, `sign_in_cancelled`, `interaction_required`, `token_failed`, `network`
   */
  signIn(): Promise<void> {
    return orFlowError(this.#client.signIn());
  }

  /** Forgets every trigger URL that this client knows. */
  clearCache(): void {
    this.#client.clearCache();
  }
}
