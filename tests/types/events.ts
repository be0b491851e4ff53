/** What `onEvent` is told: a union that `type` tells apart, and the guide's way to Application Insights. */
import type { ClientOptions, FlowErrorCode, FlowEvent } from "entra-flow";
import { expectTypeOf } from "expect-type";

declare const event: FlowEvent;

expectTypeOf<FlowEvent["type"]>().toEqualTypeOf<
  "token" | "workflow" | "variable" | "callbackUrl" | "invoke" | "retry" | "poll"
>();
expectTypeOf(event.durationMs).toEqualTypeOf<number>();
expectTypeOf(event.error).toEqualTypeOf<FlowErrorCode | undefined>();
if (event.type === "callbackUrl") {
  expectTypeOf(event.cache).toEqualTypeOf<"hit" | "shared" | "miss">();
}
if (event.type === "variable") {
  expectTypeOf(event.cache).toEqualTypeOf<"hit" | "shared" | undefined>();
  expectTypeOf(event.environmentVariable).toEqualTypeOf<string>();
}
if (event.type === "invoke") {
  expectTypeOf(event.environmentVariable).toEqualTypeOf<string | undefined>();
}
if (event.type === "token") {
  // @ts-expect-error: a token has no status.
  event.status;
}

/** As in docs/guide/telemetry.md; the argument is the SDK's `IDependencyTelemetry`. */
declare function trackDependencyData(telemetry: {
  id: string;
  name?: string;
  type?: string;
  target?: string;
  startTime?: Date;
  duration?: number;
  success?: boolean;
  responseCode: number;
  // biome-ignore lint/suspicious/noExplicitAny: as the SDK has it.
  properties?: { [key: string]: any };
}): void;

export function track({ type, startTime, durationMs, error, ...details }: FlowEvent) {
  trackDependencyData({
    id: crypto.randomUUID(),
    name: `entra-flow ${type}`,
    type: "entra-flow",
    target:
      ("workflowId" in details && details.workflowId) ||
      ("environmentVariable" in details && details.environmentVariable) ||
      undefined,
    startTime: new Date(performance.timeOrigin + startTime),
    duration: durationMs,
    success: error === undefined,
    responseCode: "status" in details ? (details.status ?? 0) : 0,
    properties: { error, ...details },
  });
}

expectTypeOf(track).toExtend<NonNullable<ClientOptions["onEvent"]>>();
