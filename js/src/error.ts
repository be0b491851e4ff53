import type { FlowErrorCode, FlowErrorStage, SchemaIssue } from "./types.js";

/** What the module reports of a failure. */
export interface FlowErrorFields {
  code: FlowErrorCode;
  stage: FlowErrorStage;
  message: string;
  hint: string;
  mayHaveRun: boolean;
  retryable: boolean;
  status?: number;
  serviceCode?: string;
  serviceMessage?: string;
  correlationId?: string;
  runId?: string;
  headers?: Headers;
  data?: unknown;
  issues?: readonly SchemaIssue[];
  cause?: unknown;
  failures?: { workflowId: string; error: FlowErrorFields }[];
}

/** Why a call failed. `docs/errors.md` explains every code. */
export class FlowError extends Error {
  override readonly name = "FlowError";
  /** What failed, as a stable word. */
  readonly code: FlowErrorCode;
  /** The step that failed. */
  readonly stage: FlowErrorStage;
  /** What to do about it, one sentence, for a user or an admin. */
  readonly hint: string;
  /** The flow may have executed: don't repeat the call without looking, unless running twice is harmless. */
  readonly mayHaveRun: boolean;
  /** The same call can succeed later with nothing changed. */
  readonly retryable: boolean;
  /** The HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** The service's own error code, such as `MisMatchingOAuthClaims`. */
  declare readonly serviceCode?: string;
  /** The service's own message, without secrets. */
  declare readonly serviceMessage?: string;
  /** The id by which Microsoft's support finds the request. */
  declare readonly correlationId?: string;
  /** The flow run, where the service lets a page read it. */
  declare readonly runId?: string;
  /** The headers of the flow's own answer. Not enumerable, like `data` and `cause`: a logger should not print them. */
  declare readonly headers?: Headers;
  /** The body of the flow's own answer, as JSON or text. */
  declare readonly data?: unknown;
  /** What a `schema` found in that body, of `output_invalid`. Not enumerable either: it may quote the body. */
  declare readonly issues?: readonly SchemaIssue[];
  /**
   * What the host or the browser threw, as it is; or, where a token or a signature can be read in it, an error with its
   * message without them. Not enumerable.
   */
  declare readonly cause?: unknown;

  /** After `prefetch`: the flows that failed, each with its own error. Not enumerable. */
  declare readonly failures?: { workflowId: string; error: FlowError }[];

  constructor(fields: FlowErrorFields) {
    // Without ancestors, so that none of what other scripts gave to every object is a field.
    const own = { __proto__: null, ...fields } as FlowErrorFields;
    const { message, headers, data, issues, cause, failures: failed, ...plain } = own;
    super(message, cause === undefined ? undefined : { cause });
    this.code = plain.code;
    this.stage = plain.stage;
    this.hint = plain.hint;
    this.mayHaveRun = plain.mayHaveRun;
    this.retryable = plain.retryable;
    const failures = failed?.map((one) => ({ ...one, error: new FlowError(one.error) }));
    const hidden = { __proto__: null, headers, data, issues, failures };
    for (const [name, value] of Object.entries({ ...plain, ...hidden })) {
      // Defined, not assigned, and without ancestors: other scripts may have given every object a setter or a `get`.
      const member = { __proto__: null, value, enumerable: !(name in hidden) };
      if (value !== undefined) Object.defineProperty(this, name, member);
    }
  }
}

/** An error of what comes before the crate is there, `module_blocked` unless `fields` say otherwise. @internal */
export const loadError = (
  fields: Partial<FlowErrorFields> & { message: string; hint: string },
): FlowError =>
  new FlowError({
    ...{ code: "module_blocked", stage: "load", mayHaveRun: false, retryable: false },
    ...fields,
  });

/** Whether a caught value is a FlowError, of this or another copy of the library on the page. */
export function isFlowError(error: unknown): error is FlowError {
  // By name: an error of another frame is no instance of this one's classes. What was thrown may be anything,
  // a proxy that throws in turn, too.
  try {
    return isReport(error) && "name" in error && error.name === "FlowError";
  } catch {
    return false;
  }
}

/** The result of a call into the module, its failures as `FlowError`s. */
export async function orFlowError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    throw isReport(failure) ? new FlowError(failure) : failure;
  }
}

function isReport(failure: unknown): failure is FlowErrorFields {
  return typeof failure === "object" && failure !== null && "mayHaveRun" in failure;
}
