/** A user's program for pages that let no WebAssembly compile. */
import { FlowClient, isFlowError } from "entra-flow/compat";

window.program = async (auth, flow, body) => {
  const client = await FlowClient.fromXrm(auth);
  const { status, data } = await client.flow(flow).invoke(body);
  return { status, data, pure: isFlowError(new Error("not one")) };
};
