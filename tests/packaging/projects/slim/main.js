/** A user's program: the page has Xrm and signs the user in; this one makes a call. */
import { FlowClient, isFlowError } from "entra-flow/slim";

window.program = async (auth, flow, body) => {
  const client = await FlowClient.fromXrm(auth);
  const { status, data } = await client.flow(flow).invoke(body);
  return { status, data, pure: isFlowError(new Error("not one")) };
};
