/** Errors, as a caller catches them. */
import { FlowError, type FlowErrorCode, type FlowErrorStage, isFlowError } from "entra-flow";
import { expectTypeOf } from "expect-type";

declare const caught: unknown;

// @ts-expect-error: what is caught may be anything.
caught.code;

if (isFlowError(caught)) {
  expectTypeOf(caught).toEqualTypeOf<FlowError>();
  expectTypeOf(caught).toExtend<Error>();
  expectTypeOf<FlowError["name"]>().toEqualTypeOf<"FlowError">();
  expectTypeOf(caught.code).toEqualTypeOf<FlowErrorCode>();
  expectTypeOf(caught.stage).toEqualTypeOf<FlowErrorStage>();
  expectTypeOf(caught.hint).toEqualTypeOf<string>();
  expectTypeOf(caught.mayHaveRun).toEqualTypeOf<boolean>();
  expectTypeOf(caught.retryable).toEqualTypeOf<boolean>();
  expectTypeOf(caught.status).toEqualTypeOf<number | undefined>();
  expectTypeOf(caught.serviceCode).toEqualTypeOf<string | undefined>();
  expectTypeOf(caught.serviceMessage).toEqualTypeOf<string | undefined>();
  expectTypeOf(caught.correlationId).toEqualTypeOf<string | undefined>();
  expectTypeOf(caught.runId).toEqualTypeOf<string | undefined>();
  expectTypeOf(caught.headers).toEqualTypeOf<Headers | undefined>();
  expectTypeOf(caught.data).toBeUnknown();
  expectTypeOf(caught.cause).toBeUnknown();

  switch (caught.code) {
    case "interaction_required":
    case "popup_blocked":
      expectTypeOf(caught.code).toEqualTypeOf<"interaction_required" | "popup_blocked">();
      break;
    default:
      expectTypeOf(caught.code).toEqualTypeOf<
        Exclude<FlowErrorCode, "interaction_required" | "popup_blocked">
      >();
  }
}
declare const error: FlowError;
// @ts-expect-error: no such code.
if (error.code === "not_a_code") throw error;
// @ts-expect-error: an error is not changed.
error.code = "timeout";

if (caught instanceof FlowError) expectTypeOf(caught.code).toEqualTypeOf<FlowErrorCode>();

// A caller may have a text for every code, and the compiler tells when one is missing.
type Texts = Record<FlowErrorCode, string>;
expectTypeOf<{ timeout: string }>().not.toExtend<Texts>();
expectTypeOf<string>().not.toExtend<FlowErrorCode>();
expectTypeOf<"timeout">().toExtend<FlowErrorCode>();
expectTypeOf<FlowErrorStage>().toEqualTypeOf<
  "options" | "load" | "token" | "workflow" | "discovery" | "invoke" | "poll" | "operation"
>();
