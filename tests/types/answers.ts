/** What a caller gets. */
import type {
  Diagnosis,
  Flow,
  FlowClient,
  FlowResponse,
  HttpFlow,
  Operation,
  OperationResult,
} from "entra-flow";
import { diagnose } from "entra-flow";
import { expectTypeOf } from "expect-type";

declare const client: FlowClient;
declare const flow: Flow;
interface Order {
  id: number;
}

expectTypeOf(client.flow("9b2e4c70-6d1f-ee11-8179-000d3a2b0001")).toEqualTypeOf<Flow>();
expectTypeOf(client.signIn()).toEqualTypeOf<Promise<void>>();
expectTypeOf(client.clearCache()).toEqualTypeOf<void>();
expectTypeOf(flow.callbackUrl()).toEqualTypeOf<Promise<string>>();
expectTypeOf(flow.callbackUrl({ refresh: true })).toEqualTypeOf<Promise<string>>();
expectTypeOf(flow.diagnose()).toEqualTypeOf<Promise<Diagnosis>>();
expectTypeOf(client.httpFlows()).toEqualTypeOf<Promise<HttpFlow[]>>();
expectTypeOf(diagnose(client, { workflowId: "" })).toEqualTypeOf<Promise<Diagnosis>>();
expectTypeOf<HttpFlow["auth"]>().toEqualTypeOf<"anyone" | "tenant" | "users">();

// Without a type argument nothing is claimed of the data.
const plain = await flow.invoke();
expectTypeOf(plain).toEqualTypeOf<FlowResponse<unknown>>();
expectTypeOf(plain.data).toBeUnknown();
// @ts-expect-error: unknown data has to be looked at first.
plain.data.id;

const typed = await flow.invoke<Order>({ id: 17 }, { idempotent: true });
expectTypeOf(typed).toEqualTypeOf<FlowResponse<Order>>();
expectTypeOf(typed.data.id).toEqualTypeOf<number>();
// @ts-expect-error: no such member of an order.
typed.data.name;

expectTypeOf<FlowResponse<Order>>().branded.toEqualTypeOf<{
  status: number;
  headers: Headers;
  data: Order;
  accepted: boolean;
  runId?: string;
  trackingId?: string;
  attempts: number;
  durationMs: number;
}>();

declare const operation: Operation;
expectTypeOf(operation.run()).toEqualTypeOf<Promise<OperationResult<unknown>>>();
expectTypeOf(operation.start()).toEqualTypeOf<Promise<string>>();
expectTypeOf(operation.wait<Order>("id")).toEqualTypeOf<Promise<OperationResult<Order>>>();
expectTypeOf<OperationResult<Order>>().branded.toEqualTypeOf<{
  id: string;
  data: Order;
  elapsedMs: number;
}>();
