import { type FlowError, type FlowErrorCode, isFlowError } from "entra-flow";
import type { StringKey, Text } from "./strings";

/** A failure as the user sees it. */
export interface Problem {
  title: string;
  text: string;
  hint: string;
  mayHaveRun: boolean;
  retryable: boolean;
  /** For whoever is asked for help: names and values. */
  details: [name: string, value: string][];
}

const TITLES: Partial<Record<FlowErrorCode, StringKey>> = {
  flow_failed: "FlowFailed_Title",
  operation_failed: "FlowFailed_Title",
  workflow_forbidden: "Forbidden_Title",
  discovery_forbidden: "Forbidden_Title",
  claims_mismatch: "Forbidden_Title",
  unauthorized: "Forbidden_Title",
  workflow_off: "FlowOff_Title",
  flow_off: "FlowOff_Title",
  workflow_not_found: "FlowMissing_Title",
  flow_gone: "FlowMissing_Title",
  no_response: "NoAnswer_Title",
  timeout: "NoAnswer_Title",
  network: "Network_Title",
  throttled: "Busy_Title",
};

export function problemFrom(error: unknown, text: Text): Problem {
  if (!isFlowError(error)) {
    return {
      title: text("Failed_Title"),
      text: error instanceof Error ? error.message : String(error),
      hint: "",
      mayHaveRun: false,
      retryable: true,
      details: [],
    };
  }
  const details: [string, string | undefined][] = [
    ["Code", error.code],
    ["Stage", error.stage],
    ["Status", error.status?.toString()],
    ["Service code", error.serviceCode],
    ["Correlation ID", error.correlationId],
    ["Run ID", error.runId],
  ];
  return {
    title: text(TITLES[error.code] ?? "Failed_Title"),
    text: sentenceOf(error),
    hint: error.hint,
    // A flow that answered has run; its answer is the thing to read.
    mayHaveRun: error.mayHaveRun && error.code !== "flow_failed",
    retryable: error.retryable,
    details: details.filter((entry): entry is [string, string] => !!entry[1]),
  };
}

/** The most telling sentence: the flow's own, else the service's, else ours. */
function sentenceOf(error: FlowError): string {
  const said = error.data;
  if (typeof said === "string" && said !== "") return said;
  if (typeof said === "object" && said !== null && "message" in said) {
    if (typeof said.message === "string") return said.message;
  }
  // MSAL's own message is but a link to its documentation.
  const service = error.stage === "token" ? undefined : error.serviceMessage;
  return service ?? error.message;
}

/** The flow answered, but without the part that the column is to show. */
export function resultPathProblem(path: string, text: Text): Problem {
  return {
    title: text("ResultPath_Missing", path),
    text: "",
    hint: text("ResultPath_Hint"),
    mayHaveRun: true,
    retryable: false,
    details: [],
  };
}

/** The Payload property is a maker's to mend; nothing was sent. */
export function payloadProblem(error: unknown, text: Text): Problem {
  return {
    title: text("Payload_Title"),
    text: error instanceof Error ? error.message : "",
    hint: text("Payload_Hint"),
    mayHaveRun: false,
    retryable: false,
    details: [],
  };
}
