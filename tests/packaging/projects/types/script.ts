/// <reference types="entra-flow/global" />

/** A form script's use of the global: no imports, so that it stays a script. */
// biome-ignore lint/correctness/noUnusedVariables: the form's event handlers name it.
namespace Contoso {
  export async function onLoad(auth: EntraFlow.Auth): Promise<void> {
    const client: EntraFlow.FlowClient = await EntraFlow.FlowClient.fromXrm(auth);
    try {
      const answer: EntraFlow.FlowResponse<number> = await client.flow("…").invoke<number>();
      answer.data.toFixed();
    } catch (error) {
      if (!EntraFlow.isFlowError(error)) throw error;
      const code: EntraFlow.FlowErrorCode = error.code;
      // @ts-expect-error: no such code.
      if (code === "no_such_code") console.log(error instanceof EntraFlow.FlowError);
      window.EntraFlow.isFlowError(error);
    }
  }
}
