/** A user's program that has WebAssembly where the page lets it, in a bundle that splits code. */
import { FlowClient, fallBackTo, isFlowError } from "entra-flow";

fallBackTo(() => import("entra-flow/compat"));

window.program = async (auth, flow, body) => {
  const client = await FlowClient.fromXrm(auth);
  const { status, data } = await client.flow(flow).invoke(body);
  return { status, data, pure: isFlowError(new Error("not one")) };
};
