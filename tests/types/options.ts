/** What a caller may pass: every option once as it should be, and what must not compile. */
import {
  type Auth,
  type ClientOptions,
  type CloudEndpoints,
  type CloudName,
  FlowClient,
  type FlowError,
  type FlowTarget,
  type InvokeOptions,
  type OnBehalfOf,
  type OperationTable,
  type PublishResult,
  type StandardSchemaV1,
  type WaitOptions,
  type WebApi,
} from "entra-flow";
import { expectTypeOf } from "expect-type";

declare const auth: Auth;
declare const webApi: WebApi;
declare const client: FlowClient;
declare const schema: StandardSchemaV1;
const environmentId = "e3b7c912-4f06-4a5d-8d21-7b90ac4e15f8";
const workflowId = "9b2e4c70-6d1f-ee11-8179-000d3a2b0001";

expectTypeOf(FlowClient.create({ auth, webApi, environmentId })).toEqualTypeOf<
  Promise<FlowClient>
>();
const all: Required<ClientOptions> = {
  auth,
  webApi,
  environmentId,
  cloud: "gccHigh",
  tenantId: "5a6b7c8d-9e0f-4a1b-8c2d-3e4f5a6b7c8d",
  account: { homeAccountId: "a.b", tenantId: "t", username: "ada@contoso.example", name: "Ada" },
  loginHint: "ada@contoso.example",
  interaction: "none",
  timeoutMs: 1000,
  maxAttempts: 1,
  sas: "refuse",
  cache: "page",
  onEvent: (event) => void event.durationMs,
  userTiming: true,
  discovery: "environmentApi",
};
FlowClient.create(all);

expectTypeOf<ClientOptions["cloud"]>().toEqualTypeOf<CloudName | CloudEndpoints | undefined>();
expectTypeOf<CloudName>().toEqualTypeOf<"public" | "gcc" | "gccHigh" | "dod" | "china">();
expectTypeOf<ClientOptions["interaction"]>().toEqualTypeOf<"auto" | "popup" | "none" | undefined>();
expectTypeOf<ClientOptions["sas"]>().toEqualTypeOf<"refuse" | "allow" | undefined>();

// @ts-expect-error: environmentId is missing.
FlowClient.create({ auth, webApi });
// @ts-expect-error: webApi is missing.
FlowClient.create({ auth, environmentId });
// @ts-expect-error: auth is missing.
FlowClient.create({ webApi, environmentId });
// @ts-expect-error: no such cloud.
FlowClient.create({ auth, webApi, environmentId, cloud: "mars" });
// @ts-expect-error: endpoints without hosts.
FlowClient.create({ auth, webApi, environmentId, cloud: { audience: "", flowApi: "" } });
// @ts-expect-error: no such word.
FlowClient.create({ auth, webApi, environmentId, interaction: "always" });
// @ts-expect-error: a number is wanted.
FlowClient.create({ auth, webApi, environmentId, timeoutMs: "5000" });
// @ts-expect-error: no such option.
FlowClient.create({ auth, webApi, environmentId, retries: 3 });
// @ts-expect-error: an account has a homeAccountId.
FlowClient.create({ auth, webApi, environmentId, account: { username: "ada@contoso.example" } });

client.flow(workflowId);
client.flow({ workflowId });
client.flow({ workflowId, trigger: "manual" });
client.flow({ environmentVariable: "contoso_OrdersUrl" });
client.flow({ url: "https://example.logic.azure.com/" });
// @ts-expect-error: a schema name is a string.
client.flow({ environmentVariable: 7 });
// @ts-expect-error: no such kind of target.
client.flow({ name: "My flow" });
// @ts-expect-error: a trigger of nothing.
client.flow({ trigger: "manual" });
// @ts-expect-error: a URL object is no string.
client.flow(new URL("https://example.logic.azure.com/"));
// @ts-expect-error: a flow has to be named.
client.flow();
expectTypeOf<number>().not.toExtend<FlowTarget>();

const flow = client.flow(workflowId);
const call: Required<InvokeOptions> = {
  method: "PATCH",
  path: ["orders", "17"],
  query: { top: 5, dry: true, name: "a", none: undefined },
  headers: { "x-a": "1" },
  responseType: "stream",
  timeoutMs: 1000,
  signal: AbortSignal.timeout(1000),
  idempotent: true,
  acceptStatus: (status) => {
    expectTypeOf(status).toEqualTypeOf<number>();
    return status < 500;
  },
  onBehalfOf: { scopes: ["api://a/b"], header: "x-user-token", property: "userToken" },
  follow: false,
  schema,
};
flow.invoke({ order: 17 }, call);
for (const body of [
  undefined,
  null,
  "text",
  1,
  [],
  new FormData(),
  new Blob(),
  new URLSearchParams(),
]) {
  flow.invoke(body);
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
expectTypeOf<InvokeOptions["method"]>().toEqualTypeOf<Method | undefined>();
type ResponseType = "auto" | "json" | "text" | "blob" | "arrayBuffer" | "stream";
expectTypeOf<InvokeOptions["responseType"]>().toEqualTypeOf<ResponseType | undefined>();

expectTypeOf<InvokeOptions["onBehalfOf"]>().toEqualTypeOf<OnBehalfOf | undefined>();
expectTypeOf<ClientOptions["discovery"]>().toEqualTypeOf<
  "flowApi" | "environmentApi" | undefined
>();
// @ts-expect-error: a token for nothing.
flow.invoke({}, { onBehalfOf: { property: "userToken" } });
// @ts-expect-error: scopes are a list.
flow.invoke({}, { onBehalfOf: { scopes: "api://a/b", property: "userToken" } });
// @ts-expect-error: a flag is wanted.
flow.invoke({}, { follow: "yes" });
// @ts-expect-error: no such API.
FlowClient.create({ auth, webApi, environmentId, discovery: "dns" });
// @ts-expect-error: methods are in upper case.
flow.invoke({}, { method: "get" });
// @ts-expect-error: a flow has no such method.
flow.invoke({}, { method: "OPTIONS" });
// @ts-expect-error: a path is a list of segments.
flow.invoke({}, { path: "orders/17" });
// @ts-expect-error: a parameter is plain.
flow.invoke({}, { query: { a: {} } });
// @ts-expect-error: its entries are not seen: pass Object.fromEntries of it.
flow.invoke({}, { query: new URLSearchParams("a=1") });
// @ts-expect-error: a header is text.
flow.invoke({}, { headers: { "x-a": 1 } });
// @ts-expect-error: its entries are not seen: pass Object.fromEntries of it.
flow.invoke({}, { headers: new Headers() });
// @ts-expect-error: no such way to read.
flow.invoke({}, { responseType: "xml" });
// @ts-expect-error: the controller is not its signal.
flow.invoke({}, { signal: new AbortController() });
// @ts-expect-error: it decides at once.
flow.invoke({}, { acceptStatus: async (status: number) => status < 500 });
// @ts-expect-error: no such option.
flow.invoke({}, { retries: 3 });
// @ts-expect-error: a flag is wanted.
flow.callbackUrl({ refresh: "yes" });

expectTypeOf(client.prefetch([workflowId])).toEqualTypeOf<Promise<void>>();
// @ts-expect-error: a list of workflowids.
client.prefetch(workflowId);
expectTypeOf(
  client.publish([{ workflowId, environmentVariable: "contoso_OrdersUrl" }]),
).toEqualTypeOf<Promise<PublishResult[]>>();
expectTypeOf<PublishResult["outcome"]>().toEqualTypeOf<
  "created" | "updated" | "unchanged" | "failed"
>();
expectTypeOf<PublishResult["error"]>().toEqualTypeOf<FlowError | undefined>();
expectTypeOf<FlowError["failures"]>().toEqualTypeOf<
  { workflowId: string; error: FlowError }[] | undefined
>();
// @ts-expect-error: each flow goes into a variable.
client.publish([{ workflowId }]);
const table: Required<OperationTable> = {
  table: "ef_flowoperation",
  input: "ef_input",
  result: "ef_result",
  status: "ef_status",
  error: "ef_error",
  states: { completed: 3, failed: 4, pending: 1, running: 2 },
  deleteWhenDone: true,
};
const operation = client.operation(table);
const waiting: Required<WaitOptions> = {
  timeoutMs: 1000,
  signal: AbortSignal.timeout(1000),
  onProgress: (progress) => {
    expectTypeOf(progress).toEqualTypeOf<{ id: string; status: number; elapsedMs: number }>();
  },
  schema,
};
operation.run({ order: 17 }, waiting);
operation.run("text", { onProgress: async () => {} });
operation.start();
operation.wait("9b2e4c70-6d1f-ee11-8179-000d3a2b0001", waiting);
// @ts-expect-error: a row has to be named.
operation.wait();
// @ts-expect-error: a start has nothing to wait for.
operation.start({ order: 17 }, waiting);
// @ts-expect-error: no such option.
operation.run({}, { pollMs: 100 });
// @ts-expect-error: the end has to be known.
client.operation({ ...table, states: { completed: 3 } });
// @ts-expect-error: a choice is a number.
client.operation({ ...table, states: { completed: "3", failed: 4 } });
// @ts-expect-error: a table has to be named.
client.operation({ ...table, table: undefined });

declare const orders: StandardSchemaV1<unknown, { count: number }>;
expectTypeOf((await operation.run({}, { schema: orders })).data).toEqualTypeOf<{ count: number }>();
