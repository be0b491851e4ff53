/** Host objects, as the published types of Microsoft's hosts describe them. */
import { type Auth, FlowClient, type PcfContext, type WebApi } from "entra-flow";
import { expectTypeOf } from "expect-type";

declare const auth: Auth;
declare const context: ComponentFramework.Context<{
  orders: ComponentFramework.PropertyTypes.DataSet;
}>;

const ofPcf: WebApi = context.webAPI;
const ofXrm: WebApi = Xrm.WebApi;
const online: WebApi = Xrm.WebApi.online;
declare const mocked: {
  retrieveRecord(table: string, id: string): Promise<{ name: string }>;
  retrieveMultipleRecords(table: string): Promise<{ entities: object[] }>;
};
for (const webApi of [ofPcf, ofXrm, online, mocked]) FlowClient.fromXrm(auth, { webApi });

expectTypeOf(context).toExtend<PcfContext>();

expectTypeOf(FlowClient.fromXrm(auth)).toEqualTypeOf<Promise<FlowClient>>();
expectTypeOf(FlowClient.fromXrm(auth, { sas: "allow" })).toEqualTypeOf<Promise<FlowClient>>();
expectTypeOf(FlowClient.fromPcf(context, auth)).toEqualTypeOf<Promise<FlowClient>>();
expectTypeOf(FlowClient.fromPcf(context, auth, {})).toEqualTypeOf<Promise<FlowClient>>();

// @ts-expect-error: a client is made by one of its three functions, which load the module.
new FlowClient();
// @ts-expect-error: auth is not optional.
FlowClient.fromXrm();
// @ts-expect-error: the context comes first.
FlowClient.fromPcf(auth, context);
// @ts-expect-error: a context without a web API is a canvas app's.
FlowClient.fromPcf({ parameters: {} }, auth);
expectTypeOf<{ retrieveRecord(): Promise<unknown> }>().not.toExtend<WebApi>();
