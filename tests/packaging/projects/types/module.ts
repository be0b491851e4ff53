/** A PCF control's or a web resource's use of the types. */
import {
  type Auth,
  FlowClient,
  FlowError,
  type FlowResponse,
  fallBackTo,
  isFlowError,
} from "entra-flow";
import * as compat from "entra-flow/compat";
import * as slim from "entra-flow/slim";

export async function call(auth: Auth): Promise<string> {
  const client = await FlowClient.fromXrm(auth, { timeoutMs: 5000 });
  const answer: FlowResponse<{ message: string }> = await client
    .flow("8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d")
    .invoke<{ message: string }>({ orderId: 1042 });
  // @ts-expect-error: the types are there, so a misspelt member is an error.
  answer.data.mesage;
  return answer.data.message;
}

export function told(error: unknown): string {
  if (error instanceof FlowError) return error.hint;
  return isFlowError(error) ? error.code : "";
}

export async function thin(auth: Auth, compiled: WebAssembly.Module): Promise<FlowClient> {
  await slim.init("/WebResources/ef_flow.wasm");
  await slim.init(new URL("https://contoso.example/entra-flow.wasm"));
  await slim.init(fetch("/WebResources/ef_flow.wasm"));
  await slim.init(new Uint8Array(8));
  await slim.init(new ArrayBuffer(8));
  await slim.init(compiled);
  // @ts-expect-error: a source is needed.
  await slim.init();
  // The same API and types, so one is as good as the other.
  return slim.FlowClient.fromXrm(auth);
}

export function withoutWebAssembly(auth: Auth): Promise<FlowClient> {
  fallBackTo("/WebResources/contoso_/entra-flow.compat.global.js");
  fallBackTo(new URL("https://contoso.example/entra-flow.compat.global.js"));
  fallBackTo(async () => compat);
  fallBackTo(() => compat);
  // @ts-expect-error: not the library.
  fallBackTo(async () => ({}));
  return compat.FlowClient.fromXrm(auth);
}
