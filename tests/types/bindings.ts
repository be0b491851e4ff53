/** What wasm-bindgen generates from src/api, held to the types that users read. */
import type * as built from "entra-flow";
import { expectTypeOf } from "expect-type";
import type * as written from "../../js/src/index.js";
import type { Client } from "../../pkg/entra_flow.js";

type Public = Exclude<keyof Client, "free" | typeof Symbol.dispose>;
type Statics = Exclude<keyof typeof Client, "prototype">;
type FlowClient = written.FlowClient;

// The module has what the classes offer, and nothing that they do not.
expectTypeOf<Public>().toEqualTypeOf<
  Exclude<keyof FlowClient, "flow" | "operation"> | keyof written.Flow | keyof written.Operation
>();
expectTypeOf<Statics>().toEqualTypeOf<Exclude<keyof typeof written.FlowClient, "prototype">>();

// It takes what they take, and answers what they answer.
type Target = Parameters<FlowClient["flow"]>[0];
type Takes<Method extends (...args: never[]) => unknown> = Required<Parameters<Method>>;
type Answers<Method extends (...args: never[]) => unknown> = Awaited<ReturnType<Method>>;

expectTypeOf<Takes<typeof Client.create>>().toEqualTypeOf<
  Takes<typeof written.FlowClient.create>
>();
expectTypeOf<Takes<Client["invoke"]>[0]>().toEqualTypeOf<Target>();
expectTypeOf<Takes<Client["invoke"]>[1]>().toEqualTypeOf<Takes<written.Flow["invoke"]>[0]>();
expectTypeOf<Parameters<Client["invoke"]>[2]>().toEqualTypeOf<
  Parameters<written.Flow["invoke"]>[1]
>();
expectTypeOf<Answers<Client["invoke"]>>().toEqualTypeOf<written.FlowResponse<unknown>>();
expectTypeOf<Parameters<Client["callbackUrl"]>[0]>().toEqualTypeOf<Target>();
expectTypeOf<Parameters<Client["callbackUrl"]>[1]>().toEqualTypeOf<
  Parameters<written.Flow["callbackUrl"]>[0]
>();
expectTypeOf<Answers<Client["callbackUrl"]>>().toEqualTypeOf<
  Answers<written.Flow["callbackUrl"]>
>();
expectTypeOf<Parameters<Client["run"]>[0]>().toEqualTypeOf<
  Parameters<FlowClient["operation"]>[0]
>();
expectTypeOf<Parameters<Client["run"]>[2]>().toEqualTypeOf<
  Parameters<written.Operation["run"]>[1]
>();
expectTypeOf<Answers<Client["run"]>>().toEqualTypeOf<written.OperationResult<unknown>>();
expectTypeOf<Answers<Client["start"]>>().toEqualTypeOf<Answers<written.Operation["start"]>>();
expectTypeOf<Parameters<Client["wait"]>[2]>().toEqualTypeOf<
  Parameters<written.Operation["wait"]>[1]
>();
expectTypeOf<Answers<Client["wait"]>>().toEqualTypeOf<written.OperationResult<unknown>>();
expectTypeOf<Parameters<Client["diagnose"]>[0]>().toEqualTypeOf<Target>();
expectTypeOf<Answers<Client["diagnose"]>>().toEqualTypeOf<written.Diagnosis>();
expectTypeOf<Answers<Client["httpFlows"]>>().toEqualTypeOf<written.HttpFlow[]>();
expectTypeOf<Answers<Client["signIn"]>>().toEqualTypeOf<Answers<FlowClient["signIn"]>>();
expectTypeOf<Takes<Client["prefetch"]>>().toEqualTypeOf<Takes<FlowClient["prefetch"]>>();
expectTypeOf<Answers<Client["prefetch"]>>().toEqualTypeOf<Answers<FlowClient["prefetch"]>>();
expectTypeOf<Takes<Client["publish"]>>().toEqualTypeOf<Takes<FlowClient["publish"]>>();
expectTypeOf<Answers<Client["publish"]>>().toEqualTypeOf<Answers<FlowClient["publish"]>>();
expectTypeOf<Answers<typeof Client.create>>().toEqualTypeOf<Client>();
expectTypeOf<Answers<typeof Client.fromXrm>>().toEqualTypeOf<Client>();
expectTypeOf<Answers<typeof Client.fromPcf>>().toEqualTypeOf<Client>();

// What was built is what was written.
expectTypeOf<built.ClientOptions>().toEqualTypeOf<written.ClientOptions>();
expectTypeOf<built.InvokeOptions>().toEqualTypeOf<written.InvokeOptions>();
expectTypeOf<built.Flow>().toEqualTypeOf<written.Flow>();
expectTypeOf<built.OperationTable>().toEqualTypeOf<written.OperationTable>();
expectTypeOf<built.Operation>().toEqualTypeOf<written.Operation>();
expectTypeOf<built.FlowErrorCode>().toEqualTypeOf<written.FlowErrorCode>();
