import type { FlowError } from "./error.js";

/**
 * The public types, written by hand: what a TypeScript user reads first.
 * tests/types holds them to the bindings that wasm-bindgen generates, and a native test holds
 * `FlowErrorCode` to the one table in src/model/error.rs.
 */

/** What failed, as a stable word to switch on. Each is explained in docs/errors.md. */
export type FlowErrorCode =
  | "invalid_argument"
  | "module_blocked"
  | "host_not_found"
  | "environment_unknown"
  | "cloud_unknown"
  | "interaction_required"
  | "popup_blocked"
  | "sign_in_cancelled"
  | "token_failed"
  | "workflow_not_found"
  | "workflow_forbidden"
  | "workflow_off"
  | "variable_not_found"
  | "variable_empty"
  | "trigger_not_http"
  | "discovery_forbidden"
  | "delegated_token_required"
  | "discovery_failed"
  | "untrusted_url"
  | "sas_refused"
  | "claims_mismatch"
  | "unauthorized"
  | "input_rejected"
  | "flow_off"
  | "flow_gone"
  | "flow_failed"
  | "no_response"
  | "operation_failed"
  | "output_invalid"
  | "throttled"
  | "network"
  | "timeout"
  | "aborted"
  | "service_error";

/** The step of a call that failed. */
export type FlowErrorStage =
  | "options"
  | "load"
  | "token"
  | "workflow"
  | "discovery"
  | "invoke"
  | "poll"
  | "operation";

/** A national cloud that Power Platform runs in. */
export type CloudName = "public" | "gcc" | "gccHigh" | "dod" | "china";

/** The endpoints of a cloud that is not in the list, or of a gateway of your own. It widens the list of hosts that may get a token. */
export interface CloudEndpoints {
  /** The flow service's audience, to the slash: `https://service.flow.microsoft.com/`. */
  audience: string;
  /** The Power Automate API, an https origin: `https://api.flow.microsoft.com`. */
  flowApi: string;
  /** Hosts that may get a bearer: `*.logic.azure.com`, or one host without the star. */
  triggerHosts: string[];
}

/** What `getToken` is asked for. */
export interface TokenRequest {
  /** The scopes, all of one audience: `https://service.flow.microsoft.com//.default`, to the double slash. */
  scopes: string[];
  /** A claims challenge to pass on, as JSON text. */
  claims?: string;
  /** A cached token was refused: ask Entra for a new one. */
  forceRefresh?: boolean;
  /** Whether a window may be shown to the user now. Where it is false and one is needed, reject with an `InteractionRequiredAuthError` (by `name`): you are asked again with true where that is allowed. */
  interactive: boolean;
}

/** An account as MSAL describes it (structural: any version's `AccountInfo` fits). */
export interface AccountInfo {
  homeAccountId: string;
  tenantId: string;
  username: string;
  [key: string]: unknown;
}

/** What we use of the host's `IPublicClientApplication`, of MSAL 3, 4 or 5, nestable or not. It stays the host's. */
export interface MsalInstance {
  /** From the cache, or with a refresh token. */
  // biome-ignore lint/suspicious/noExplicitAny: each MSAL version has its own request types; structural on purpose.
  acquireTokenSilent(request: any): Promise<{ accessToken: string }>;
  /** In a window that the user sees. */
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  acquireTokenPopup(request?: any): Promise<{ accessToken: string }>;
  /** With the browser's session at Entra, without a window. */
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  ssoSilent(request: any): Promise<{ accessToken: string }>;
  /** Who is signed in. */
  // biome-ignore lint/suspicious/noExplicitAny: an account of any MSAL version.
  getAllAccounts(): any[];
}

/** Where tokens come from: the host's MSAL instance, or a function of the host's. */
export type Auth =
  | MsalInstance
  | {
      /** The access token for these scopes. Reject where there is none to be had. */
      getToken(request: TokenRequest): Promise<string>;
    };

/** What Xrm and PCF return: their own promises, whose published types differ from JavaScript's. */
export interface HostPromise {
  /** As of any promise. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes is looked into before it is used.
  then(onFulfilled: (value: any) => unknown, onRejected: (reason: any) => unknown): unknown;
}

/** `Xrm.WebApi` or a PCF `context.webAPI`. */
export interface WebApi {
  /** Reads a flow's row, or an operation's. */
  retrieveRecord(entityType: string, id: string, options?: string): HostPromise;
  /** Reads environment variables, and many flows' rows at once. */
  retrieveMultipleRecords(entityType: string, options?: string, maxPageSize?: number): HostPromise;
  /** Needed by `publish` and `operation`. */
  createRecord?(entityType: string, data: Record<string, unknown>): HostPromise;
  /** Needed by `publish`. */
  updateRecord?(entityType: string, id: string, data: Record<string, unknown>): HostPromise;
  /** Needed by an operation's `deleteWhenDone`. */
  deleteRecord?(entityType: string, id: string): HostPromise;
}

/** What we need of a PCF `context`; members that are not documented are looked for and may be missing. */
export interface PcfContext {
  webAPI: WebApi;
}

/** What a client is made of. */
export interface ClientOptions {
  /** Where tokens come from: the host's MSAL instance, initialized, or an object with `getToken`. */
  auth: Auth;
  /** `Xrm.WebApi` or PCF's `context.webAPI`. */
  webApi: WebApi;
  /** The environment's id: a GUID or `Default-<guid>`. */
  environmentId: string;
  /** Default: found from the org's host. A host that no cloud knows is the error `cloud_unknown`. */
  cloud?: CloudName | CloudEndpoints;
  /** The tenant, a GUID: chooses the account where MSAL knows several. Default: the host's. */
  tenantId?: string;
  /** The account to use, one of MSAL's. */
  account?: AccountInfo;
  /** The user's sign-in name, where the account is not known yet. */
  loginHint?: string;
  /**
   * - `auto` (default): a popup only where the browser would let one open, which is right after a click; else `interaction_required`.
   * - `popup`: a popup whenever the user has to be asked.
   * - `none`: never; `interaction_required` instead.
   */
  interaction?: "auto" | "popup" | "none";
  /**
   * Who is asked for a flow's trigger URL: `flowApi` (default), the cloud's Power Automate API, or `environmentApi`, the
   * environment's own host, which is less known and which some environments do not have.
   */
  discovery?: "flowApi" | "environmentApi";
  /** Milliseconds for a whole call with all of its attempts. Default 150000: the service gives up at 120 s, and its answer says more than our timeout. */
  timeoutMs?: number;
  /** Attempts for one request, the first included: 1 to 100, default 4. With 1 a call neither renews a token that the flow refused nor looks for a flow that moved: the next call does. */
  maxAttempts?: number;
  /** `refuse` (default): the SAS URL of an "Anyone" flow is the error `sas_refused`. `allow`: it is used, without a token, and never shown. */
  sas?: "refuse" | "allow";
  /**
   * Where trigger URLs are kept.
   * - `page` (default): in the window, for every control, form script and same-origin web resource there, across
   *   form navigations. Never one with a signature, which stays in its client, and never in localStorage or
   *   sessionStorage.
   * - `client`: in this client.
   * - `none`: nowhere; each call asks, and `prefetch` is of no use.
   */
  cache?: "page" | "client" | "none";
  /** Is told of each step of each call. It may throw: that changes nothing. */
  onEvent?: (event: FlowEvent) => void;
  /** Also writes each step to the browser's timeline, as `performance.measure` entries `entra-flow: <type>`. Default false. */
  userTiming?: boolean;
}

/** What every event has. No URL, token, body or message is in one: it may go to any log. */
export interface FlowEventBase {
  /** When the step began, on the clock of `performance.now()`. */
  startTime: number;
  /** How long it took; for `retry`, how long is waited. */
  durationMs: number;
  /** What it failed with. */
  error?: FlowErrorCode;
}

/** A step of a call, told when it ended. Each request is a step of its own. */
export type FlowEvent = FlowEventBase &
  (
    | {
        /** A token was asked for: from MSAL's cache or a refresh token, with the browser's session, or in a window. */
        type: "token";
        way: "silent" | "sso" | "popup";
        /** A cached one was refused before. */
        forced: boolean;
      }
    | {
        /** A flow's row was read, or those of many in one query. */
        type: "workflow";
        /** Of the one flow. */
        workflowId?: string;
        /** How many flows `prefetch` or `publish` asked for. */
        workflows?: number;
      }
    | {
        /** An environment variable was read, or written by `publish`. */
        type: "variable";
        environmentVariable: string;
        /** Its URL was known (`hit`) or came from another copy of the library on the page (`shared`); missing where Dataverse was asked. */
        cache?: "hit" | "shared";
      }
    | {
        /** The trigger URL was known (`hit`), came from another copy of the library on the page (`shared`), or was asked for (`miss`). */
        type: "callbackUrl";
        workflowId: string;
        trigger: string;
        cache: "hit" | "shared" | "miss";
        /** Of the answer, where the URL was asked for. */
        status?: number;
      }
    | {
        /** A request to the trigger URL. */
        type: "invoke";
        /** Where the call was made by `workflowId`. */
        workflowId?: string;
        /** Where the call was made by environment variable. */
        environmentVariable?: string;
        method: string;
        /** 1 for a call's first. */
        attempt: number;
        status?: number;
        runId?: string;
        correlationId?: string;
      }
    | {
        /** Something will be tried again after `durationMs`; `error` says why. Told before the wait. */
        type: "retry";
        stage: FlowErrorStage;
        /** How many attempts were made. */
        attempt: number;
        status?: number;
      }
    | {
        /** A look at whether an accepted run or an operation has ended. */
        type: "poll";
        /** The HTTP status, or the value of the operation's status column. */
        status?: number;
      }
  );
/** One thing that a schema found wrong with an answer. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/**
 * A validator by the Standard Schema (https://standardschema.dev): zod, valibot, arktype and others are such.
 * These are its published types, so that nothing has to be installed for them.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    /** Looks at a value. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a validator says: a value, changed or not, or what is wrong. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<SchemaIssue> };

/** A second token, for the flow to exchange on behalf of the user. Name the header, the property, or both. */
export interface OnBehalfOf {
  /** The scopes of an API of your own: `["api://<app id>/access_as_user"]`. */
  scopes: string[];
  /** The request header that the token goes into. Power Automate's CORS rules may refuse it; a property always passes. */
  header?: string;
  /** The property of the body that the token goes into. The body must be a JSON object without it. */
  property?: string;
}

/** The flow to call. */
export type FlowTarget =
  /** By `workflowid`, the same in every environment. `trigger` defaults to `manual`. */
  | { workflowId: string; trigger?: string }
  /** By the schema name of an environment variable that holds the trigger URL: for users who may not read the workflow table. */
  | { environmentVariable: string }
  /** By a trigger URL that you have already. It gets a token only where its host is the flow service's. */
  | { url: string };

/** How a flow is called, and how its answer is read. */
export interface InvokeOptions<T = unknown> {
  /** Default `POST`. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** The relative path, one segment each; we percent-encode them. */
  path?: string[];
  /**
   * Parameters after the trigger URL's own; what is `undefined` is left out. Refused are `sig`, `sp`, `sv`, `se`, and the names that
   * the URL has itself, such as `api-version`.
   */
  query?: Record<string, string | number | boolean | undefined>;
  /**
   * Request headers. Power Automate's CORS rules may refuse any but `content-type`. Refused are `authorization`, which is the token's, and
   * those that the browser sets itself or drops, such as `cookie`, `host` and `sec-…`.
   */
  headers?: Record<string, string>;
  /**
   * How to read the answer. Default `auto`: by its content type; JSON as its value, text as a string, anything else as a Blob.
   * `stream`: a ReadableStream, yours to read or cancel; `signal` still ends it, and `timeoutMs` is over when it is handed out.
   */
  responseType?: "auto" | "json" | "text" | "blob" | "arrayBuffer" | "stream";
  /** Milliseconds for this call; the client's `timeoutMs` otherwise. */
  timeoutMs?: number;
  /** Gives the call up, at whatever step it is: `aborted`, with the signal's reason as `cause`. */
  signal?: AbortSignal;
  /** Your word that running the flow twice is harmless: opens retries after 502, 503, 504 and network failures. */
  idempotent?: boolean;
  /** Which statuses are answers rather than errors. Default: 2xx. */
  acceptStatus?: (status: number) => boolean;
  /** Sends the flow a second token, by which it can know who called: docs/guide/on-behalf-of.md. */
  onBehalfOf?: OnBehalfOf;
  /**
   * Default true: a 202 is followed by its `Location`, within `timeoutMs`, to the flow's own answer. Where CORS does not let
   * the page read that header, or with false, the answer is the 202 itself, `accepted: true`: docs/guide/accepted-answers.md.
   */
  follow?: boolean;
  /** Any Standard Schema validator. `data` is what it makes of the answer; a misfit is the error `output_invalid` with its `issues`. */
  schema?: StandardSchemaV1<unknown, T>;
}

/** A flow's answer. */
export interface FlowResponse<T> {
  /** The HTTP status. */
  status: number;
  /** The headers that CORS lets a page read. */
  headers: Headers;
  /** The body, read as `responseType` says: what the `schema` made of it, or else unchecked, and `T` is the caller's word. */
  data: T;
  /** True for a 202 that ended here: the flow is still running. */
  accepted: boolean;
  /** The flow run, where the service lets a page read it; of a followed 202, as the 202 named it where the answer does not. */
  runId?: string;
  /** `x-ms-client-tracking-id`, where the service lets a page read it. */
  trackingId?: string;
  /** How many requests were sent to the trigger URL. */
  attempts: number;
  /** Milliseconds from the call to its answer. */
  durationMs: number;
}

/** A flow that can be called any number of times. */
export interface Flow {
  /**
   * Runs the flow and answers with what its Response action says.
   *
   * `body` is sent as `fetch` would send it: a string, FormData, Blob, ArrayBuffer or URLSearchParams as it is,
   * anything else as JSON, and nothing for `undefined` or `null`. It is copied now: later changes change nothing.
   * With a `schema`, `data` has its type.
   * @throws FlowError any code of docs/errors.md; `mayHaveRun` tells whether the flow may have run
   */
  invoke<T = unknown>(body?: unknown, options?: InvokeOptions<T>): Promise<FlowResponse<T>>;
  /**
   * The trigger URL, from the cache unless `refresh`. A SAS signature in it is redacted.
   * @throws FlowError those of the token, the row and its discovery; never `mayHaveRun`
   */
  callbackUrl(options?: { refresh?: boolean }): Promise<string>;
  /**
   * Walks the chain of a call without running the flow and without opening a window, and says check by check what
   * holds and what to do. What is broken is in the report; docs/guide/diagnose.md explains its checks.
   * @throws FlowError `invalid_argument`
   */
  diagnose(): Promise<Diagnosis>;
}

/** What `diagnose()` found, in the order of a call. No token, no signature and nothing of a flow's secrets is in it. */
export interface Diagnosis {
  /** Nothing failed. */
  ok: boolean;
  checks: {
    /** A stable name, such as `token.audience`. */
    name: string;
    /** `fail`: a call can't work. `warn`: look at it. `skip`: it could not be checked. */
    outcome: "pass" | "warn" | "fail" | "skip";
    /** What was found. */
    detail: string;
    /** What to do about it. */
    hint?: string;
  }[];
}

/** A flow with an HTTP trigger, and how its maker set it. */
export interface HttpFlow {
  workflowId: string;
  /** Its name; several flows may have the same. */
  name: string;
  /** The trigger's name, for `flow({ workflowId, trigger })`. */
  trigger: string;
  /** The method that the trigger takes; `POST` where it names none. */
  method: string;
  /** The template of its relative path, such as `orders/{id}`. */
  relativePath?: string;
  /**
   * "Who can trigger the flow?": whoever has the URL, with its SAS signature; users of the tenant; or the users of
   * `allowedUsers`. A blank list of users is `tenant`, as it is to the service.
   */
  auth: "anyone" | "tenant" | "users";
  /** The list as its maker wrote it: object ids, or sign-in names. Empty unless `auth` is `users`. */
  allowedUsers: string[];
  /** Whether the flow is on; a suspended one is not. */
  on: boolean;
}

/** A flow, and the environment variable that its trigger URL goes into. */
export interface Publication {
  workflowId: string;
  /** Which of its triggers, where it is not `manual`. */
  trigger?: string;
  /** The schema name. The variable's definition has to be there, of type Text; publishing gives it its value. */
  environmentVariable: string;
}

/** What became of one publication. The URL is not in it. */
export interface PublishResult extends Publication {
  trigger: string;
  /**
   * - `created`: the variable had no value in this environment yet.
   * - `updated`: it had another one.
   * - `unchanged`: it was right already, and nothing was written.
   * - `failed`: see `error`.
   */
  outcome: "created" | "updated" | "unchanged" | "failed";
  error?: FlowError;
}

/** The table of the record pattern, by logical names. The user needs Create and Read on it, and Delete for `deleteWhenDone`. */
export interface OperationTable {
  /** The table's logical name, such as `ef_flowoperation`. */
  table: string;
  /** The text column that the flow reads its input from. */
  input: string;
  /** The column that the flow writes its result into, as JSON or as text. */
  result: string;
  /** The choice column with the row's state. */
  status: string;
  /** The text column for what went wrong: it becomes the error's message. */
  error?: string;
  /** The choices of `status`. A row in any state but `completed` and `failed` is still worked on; a new row gets `pending`, where it is given. */
  states: { completed: number; failed: number; pending?: number; running?: number };
  /** Delete the row once its result was read. One that failed is kept, for you to look at. */
  deleteWhenDone?: boolean;
}

/** Work over a row of a table: docs/guide/long-work.md. */
export interface Operation {
  /**
   * Creates a row and waits until the flow has done the work: `start` and `wait` in one.
   *
   * `input` is written as it is where it is a string, else as JSON; nothing is written for `undefined` or `null`.
   * What looks like a token is refused: a row is no place for one.
   * @throws FlowError `operation_failed`, `output_invalid`, `timeout`, `aborted`, `throttled`, `network`, `service_error`,
   * `host_not_found`, `invalid_argument`
   */
  run<T = unknown>(input?: unknown, options?: WaitOptions<T>): Promise<OperationResult<T>>;
  /**
   * Creates a row and answers with its id. Keep it, to `wait` after a navigation or in another page.
   * @throws FlowError `timeout`, `throttled`, `network`, `service_error`, `host_not_found`, `invalid_argument`
   */
  start(input?: unknown): Promise<string>;
  /**
   * Waits for the result of a row, whoever created it.
   * @throws FlowError as `run`
   */
  wait<T = unknown>(id: string, options?: WaitOptions<T>): Promise<OperationResult<T>>;
}

/** How long a wait for a result may take, and who hears of it. */
export interface WaitOptions<T = unknown> {
  /** Milliseconds until the wait ends in `timeout`; the client's `timeoutMs` otherwise. The flow goes on, and `wait` can be called again. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Told the new row's id as soon as there is one (where `states.pending` is given), and the state after each look. What it throws changes nothing. */
  onProgress?: (progress: { id: string; status: number; elapsedMs: number }) => void;
  /** Any Standard Schema validator. `data` is what it makes of the result; a misfit is the error `output_invalid` with its `issues`, and the row is kept. */
  schema?: StandardSchemaV1<unknown, T>;
}

/** What a flow wrote into its row. */
export interface OperationResult<T> {
  /** The row. */
  id: string;
  /** What the flow wrote: the value where it is JSON, else the text; `undefined` where it wrote nothing. */
  data: T;
  /** Milliseconds from the call to the result. */
  elapsedMs: number;
}

/** Where `entra-flow/compat` is: the URL of `entra-flow.compat.global.js`, or what imports the module. */
export type CompatSource = string | URL | (() => Compat | PromiseLike<Compat>);

/** `entra-flow/compat`, as an import of it gives it. */
export interface Compat {
  readonly compat: CompatCore;
}

/** The library's core in JavaScript, for `fallBackTo`. */
export interface CompatCore {
  /** The build that it belongs to. */
  readonly build: string;
}
