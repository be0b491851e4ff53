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
  scopes: string[];
  /** A claims challenge to pass on, as JSON text. */
  claims?: string;
  /** A cached token was refused: ask Entra for a new one. */
  forceRefresh?: boolean;
  /** Whether a window may be shown to the user now. */
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
  // biome-ignore lint/suspicious/noExplicitAny: each MSAL version has its own request types; structural on purpose.
  acquireTokenSilent(request: any): Promise<{ accessToken: string }>;
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  acquireTokenPopup(request?: any): Promise<{ accessToken: string }>;
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  ssoSilent(request: any): Promise<{ accessToken: string }>;
  // biome-ignore lint/suspicious/noExplicitAny: an account of any MSAL version.
  getAllAccounts(): any[];
}

/** Where tokens come from: the host's MSAL instance, or a function of the host's. */
export type Auth = MsalInstance | { getToken(request: TokenRequest): Promise<string> };

/** `Xrm.WebApi` or a PCF `context.webAPI`. */
export interface WebApi {
  retrieveRecord(entityType: string, id: string, options?: string): PromiseLike<unknown>;
  retrieveMultipleRecords(
    entityType: string,
    options?: string,
    maxPageSize?: number,
  ): PromiseLike<unknown>;
}

/** What we need of a PCF `context`; members that are not documented are looked for and may be missing. */
export interface PcfContext {
  webAPI: WebApi;
}

export interface ClientOptions {
  auth: Auth;
  /** `Xrm.WebApi` or PCF's `context.webAPI`. */
  webApi: WebApi;
  /** The environment's id: a GUID or `Default-<guid>`. */
  environmentId: string;
  /** Default: found from the org's host. A host that no cloud knows is the error `cloud_unknown`. */
  cloud?: CloudName | CloudEndpoints;
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
  /** Milliseconds for a whole call with all of its attempts. Default 150000: the service gives up at 120 s, and its answer says more than our timeout. */
  timeoutMs?: number;
  /** Attempts for one request, the first included. Default 4. */
  maxAttempts?: number;
  /** `refuse` (default): the SAS URL of an "Anyone" flow is the error `sas_refused`. `allow`: it is used, without a token, and never shown. */
  sas?: "refuse" | "allow";
}

/** The flow to call. */
export type FlowTarget =
  /** By `workflowid`, the same in every environment. `trigger` defaults to `manual`. */
  | { workflowId: string; trigger?: string }
  /** By a trigger URL that you have already. It gets a token only where its host is the flow service's. */
  | { url: string };

export interface InvokeOptions {
  /** Default `POST`. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** The relative path, one segment each; we percent-encode them. */
  path?: string[];
  query?: Record<string, string | number | boolean | undefined>;
  /** Request headers. Power Automate's CORS rules may refuse any but `content-type`. */
  headers?: Record<string, string>;
  /** How to read the answer. Default `auto`: by its content type. */
  responseType?: "auto" | "json" | "text" | "blob" | "arrayBuffer" | "stream";
  /** Milliseconds for this call; the client's `timeoutMs` otherwise. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Your word that running the flow twice is harmless: opens retries after 502, 503, 504 and network failures. */
  idempotent?: boolean;
  /** Which statuses are answers rather than errors. Default: 2xx. */
  acceptStatus?: (status: number) => boolean;
}

export interface FlowResponse<T> {
  status: number;
  /** The headers that CORS lets a page read. */
  headers: Headers;
  data: T;
  /** True for a 202 that ended here: the flow is still running. */
  accepted: boolean;
  /** The flow run, where the service lets a page read it. */
  runId?: string;
  trackingId?: string;
  /** How many requests were sent to the trigger URL. */
  attempts: number;
  /** Milliseconds from the call to its answer. */
  durationMs: number;
}

export interface Flow {
  /**
   * Runs the flow and answers with what its Response action says.
   *
   * `body` is sent as `fetch` would send it: a string, FormData, Blob, ArrayBuffer or URLSearchParams as it is,
   * anything else as JSON, and nothing for `undefined` or `null`.
   * @throws FlowError
   */
  invoke<T = unknown>(body?: unknown, options?: InvokeOptions): Promise<FlowResponse<T>>;
  /**
   * The trigger URL, from the cache unless `refresh`. A SAS signature in it is redacted.
   * @throws FlowError
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
