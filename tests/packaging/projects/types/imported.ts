/** The types of the global, by an import. */
import "entra-flow/global";

export const client = (auth: EntraFlow.Auth): Promise<EntraFlow.FlowClient> =>
  EntraFlow.FlowClient.fromXrm(auth);
