import { type FlowError, type FlowErrorCode, isFlowError } from "entra-flow";
import { UnknownValue } from "./payload";
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

/** Codes that a user would do the same about. Each has a title and a hint in the user's language. */
type Family =
  | "Failed"
  | "Setup"
  | "Blocked"
  | "Token"
  | "Forbidden"
  | "FlowOff"
  | "FlowMissing"
  | "Trigger"
  | "Input"
  | "FlowFailed"
  | "NoAnswer"
  | "Output"
  | "Network"
  | "Busy"
  | "Service";

// Every code, so that the compiler asks for a family when the library gets a new one.
const FAMILIES: Record<FlowErrorCode, Family> = {
  invalid_argument: "Setup",
  host_not_found: "Setup",
  environment_unknown: "Setup",
  cloud_unknown: "Setup",
  delegated_token_required: "Setup",
  module_blocked: "Blocked",
  interaction_required: "Token",
  popup_blocked: "Token",
  sign_in_cancelled: "Token",
  token_failed: "Token",
  workflow_forbidden: "Forbidden",
  discovery_forbidden: "Forbidden",
  claims_mismatch: "Forbidden",
  unauthorized: "Forbidden",
  workflow_off: "FlowOff",
  flow_off: "FlowOff",
  workflow_not_found: "FlowMissing",
  discovery_failed: "FlowMissing",
  flow_gone: "FlowMissing",
  variable_not_found: "FlowMissing",
  variable_empty: "FlowMissing",
  trigger_not_http: "Trigger",
  untrusted_url: "Trigger",
  sas_refused: "Trigger",
  input_rejected: "Input",
  flow_failed: "FlowFailed",
  operation_failed: "FlowFailed",
  no_response: "NoAnswer",
  timeout: "NoAnswer",
  output_invalid: "Output",
  network: "Network",
  throttled: "Busy",
  service_error: "Service",
  aborted: "Failed",
};

export function problemFrom(error: unknown, text: Text): Problem {
  if (!isFlowError(error)) {
    return {
      title: text("Failed_Title"),
      text: "",
      hint: text("Failed_Hint"),
      mayHaveRun: false,
      retryable: true,
      details: [[text("Detail_Message"), error instanceof Error ? error.message : String(error)]],
    };
  }
  // A code of a newer version than this was written for.
  const family = FAMILIES[error.code] ?? "Failed";
  return {
    title: text(`${family}_Title`),
    text: saidByFlow(error),
    hint: text(`${family}_Hint`),
    // A flow that answered has run; its answer is the thing to read.
    mayHaveRun: error.mayHaveRun && error.code !== "flow_failed",
    retryable: error.retryable,
    details: detailsOf(error, text),
  };
}

/** The flow's own words, from its Response action, are meant for the user. */
function saidByFlow({ data }: FlowError): string {
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null || !("message" in data)) return "";
  return typeof data.message === "string" ? data.message : "";
}

/** The library's and the service's texts are English and for makers and admins. */
function detailsOf(error: FlowError, text: Text): [string, string][] {
  // MSAL's own message is but a link to its documentation.
  const service = error.stage === "token" ? undefined : error.serviceMessage;
  const details: [StringKey, string | undefined][] = [
    ["Detail_Code", error.code],
    ["Detail_Message", error.message],
    ["Detail_Hint", error.hint],
    ["Detail_Stage", error.stage],
    ["Detail_Status", error.status?.toString()],
    ["Detail_ServiceCode", error.serviceCode],
    ["Detail_ServiceMessage", service],
    ["Detail_CorrelationId", error.correlationId],
    ["Detail_RunId", error.runId],
  ];
  return details
    .filter((entry): entry is [StringKey, string] => !!entry[1])
    .map(([name, value]) => [text(name), value]);
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
  const unknown = error instanceof UnknownValue;
  return {
    title: unknown ? text("Payload_Unknown", error.placeholder) : text("Payload_Title"),
    text: "",
    hint: text("Payload_Hint"),
    mayHaveRun: false,
    retryable: false,
    details: error instanceof Error && !unknown ? [[text("Detail_Message"), error.message]] : [],
  };
}
