/** What a schema makes of the answer's type: with the real validators, and with one written by hand. */
import type { StandardSchemaV1 as Published } from "@standard-schema/spec";
import { type } from "arktype";
import type { Flow, FlowError, FlowResponse, InvokeOptions, StandardSchemaV1 } from "entra-flow";
import { expectTypeOf } from "expect-type";
import * as v from "valibot";
import { z } from "zod";

declare const flow: Flow;
interface Order {
  id: number;
  note?: string | undefined;
}

const byZod = await flow.invoke({}, { schema: z.object({ id: z.number() }) });
expectTypeOf(byZod).toEqualTypeOf<FlowResponse<{ id: number }>>();

// What the schema makes of it, not what it takes.
const transformed = await flow.invoke({}, { schema: z.string().transform((text) => text.length) });
expectTypeOf(transformed.data).toEqualTypeOf<number>();

const byValibot = await flow.invoke({}, { schema: v.object({ id: v.number() }) });
expectTypeOf(byValibot.data).toEqualTypeOf<{ id: number }>();

const byArktype = await flow.invoke({}, { schema: type({ id: "number" }) });
expectTypeOf(byArktype.data).toEqualTypeOf<{ id: number }>();

// Beside other options, and after a body of any kind.
const beside = await flow.invoke(undefined, {
  method: "GET",
  idempotent: true,
  schema: z.array(z.boolean()),
});
expectTypeOf(beside.data).toEqualTypeOf<boolean[]>();

declare const byHand: StandardSchemaV1<unknown, Order>;
const handMade = await flow.invoke({}, { schema: byHand });
expectTypeOf(handMade.data).toEqualTypeOf<Order>();

// The types here are those of the spec.
declare const published: Published<unknown, Order>;
expectTypeOf(published).toExtend<StandardSchemaV1<unknown, Order>>();
expectTypeOf(byHand).toExtend<Published<unknown, Order>>();

// A type argument and a schema have to agree.
flow.invoke<Order>({}, { schema: byHand });
// @ts-expect-error: the schema makes something else.
flow.invoke<Order>({}, { schema: z.string() });

// Without a schema nothing changes.
const plain = await flow.invoke({}, { idempotent: true });
expectTypeOf(plain.data).toBeUnknown();
const claimed = await flow.invoke<Order>({});
expectTypeOf(claimed.data).toEqualTypeOf<Order>();
expectTypeOf<InvokeOptions>().toEqualTypeOf<InvokeOptions<unknown>>();

// @ts-expect-error: a function is no Standard Schema.
flow.invoke({}, { schema: (data: unknown) => data as Order });
// @ts-expect-error: nor is its output type.
flow.invoke({}, { schema: { id: 1 } });

declare const error: FlowError;
expectTypeOf(error.issues?.[0]?.message).toEqualTypeOf<string | undefined>();
