/** A program that has its bundler make the global, with an import for its effect alone. */
import "entra-flow/global";

window.program = async (auth, flow, body) => {
  const { FlowClient, isFlowError } = window.EntraFlow;
  const { status, data } = await (await FlowClient.fromXrm(auth)).flow(flow).invoke(body);
  return { status, data, pure: isFlowError(new Error("not one")) };
};
