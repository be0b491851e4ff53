/**
 * Every question of *This environment*: how it is put, why it matters, and what the library reckons with. It covers what
 * no public source says, as far as a page can learn it without running a flow. These are texts, and in English.
 */
export interface Question {
  question: string;
  why: string;
  /** What the library assumes; none where it depends on neither answer. */
  expected?: RegExp;
}

const q = (question: string, why: string, expected?: RegExp): Question => ({
  question,
  why,
  ...(expected && { expected }),
});

export const questions = {
  "page.host": q("Where is the org?", "The cloud, and with it every host, follows from it."),
  "page.xrm": q(
    "Which undocumented members has Xrm?",
    "Where they are there, a client needs no request to learn the environment.",
    /environmentId, tenantId/,
  ),
  "org.currentOrganization": q(
    "What does RetrieveCurrentOrganization tell?",
    "The supported way to the environment's id.",
    /^environment id (Default-)?\{guid\}, tenant id \{guid\}$/,
  ),
  "definition.allowedUsers": q(
    "How does a trigger list several allowed users?",
    "The separator is written down nowhere; diagnose() has to read the list.",
  ),

  "discovery.flowApi": q(
    "Does the cloud's Power Automate API give out the trigger URL?",
    "The library asks it by default.",
    /^200/,
  ),
  "discovery.flowApi.shape": q(
    "Which shape has its answer?",
    "Four have been seen; the library takes all of them.",
    /^(response, httpStatusCode|httpStatusCode, response|.*\bvalue\b.*|\$content|.*\bbasePath\b.*)/,
  ),
  "discovery.environmentApi": q(
    "Does the environment's own API give out the trigger URL?",
    'The road of discovery: "environmentApi".',
    /^200/,
  ),
  "discovery.same": q(
    "Do both APIs give the same trigger URL?",
    "Then either road will do.",
    /^yes$/,
  ),
  "discovery.workflowId": q(
    "Does it take a workflowid for a resourceid?",
    "Some callers pass it; where that works, the flow's row need not be read.",
  ),
  "discovery.noSuchTrigger": q(
    "A trigger that is not there",
    "What a wrong trigger name looks like.",
    /^404/,
  ),
  "discovery.environmentApi.noSuchTrigger": q(
    "The same, asked of the environment's own API",
    "Whether both name it alike.",
    /^404/,
  ),
  "discovery.noSuchFlow": q(
    "A flow that is not there",
    "Which code means that a flow was deleted or is another environment's.",
    /^404 (FlowNotFound|WorkflowNotFound)/,
  ),
  "discovery.noSuchEnvironment": q(
    "An environment that is not there",
    "What a wrong environment id looks like.",
    /^40[34]/,
  ),
  "discovery.get": q("GET in the place of POST", "What another method is told.", /^(404|405)/),
  "discovery.noVersion": q(
    "Without an api-version",
    "What a request of another version is told.",
    /^400/,
  ),
  "discovery.noToken": q("No token", "What a request without a token is told.", /^401/),
  "discovery.badToken": q("A token that is none", "What a malformed token is told.", /^401/),
  "discovery.expiredToken": q(
    "A made-up token that is long over",
    "Whether its age is looked at before its signature.",
    /^401/,
  ),
  "discovery.otherAudience": q(
    "A real token for another service",
    "What a wrong audience is told.",
    /^40[13]/,
  ),
  "discovery.customHeader": q(
    "A request header of one's own",
    "Whether a page may send one (CORS), such as a correlation id.",
  ),

  "url.form": q(
    "Which form has the trigger URL?",
    "Today's, the one with a capacity unit, or the old one that ended in 2025.",
    /\.environment\.api\..*\/powerautomate\/automations\/direct\/|\.logic\.azure\./,
  ),
  "trigger.noToken": q(
    "No token",
    "The code that asks for a token.",
    /^401 DirectApiAuthorizationRequired/,
  ),
  "trigger.badToken": q("A token that is none", "What a malformed token is told.", /^401/),
  "trigger.expiredToken": q(
    "A made-up token that is long over",
    "What an expired token is told, and whether WWW-Authenticate can be read.",
    /^401/,
  ),
  "trigger.otherAudience": q(
    "A real token for another service",
    "Status and code of a wrong audience differ between sources.",
    /^40[13] MisMatchingOAuthClaims/,
  ),
  "trigger.badSas": q(
    "A signature that is none",
    "What a signature is told where the trigger wants a token.",
    /^401 (DirectApiInvalidAuthorizationScheme|AuthorizationFailed)/,
  ),
  "trigger.badSasPath": q(
    "A signature for another path",
    "Whether its scope (sp) is looked at before the signature.",
    /^40[13]/,
  ),
  "trigger.both": q(
    "A token and a signature, neither of them one",
    "The code of the mistake that is made most.",
    /^401 DirectApiRequestHasMoreThanOneAuthorization/,
  ),
  "trigger.customHeader": q(
    "A request header of one's own",
    "Whether a page may send one (CORS): onBehalfOf by header needs it.",
  ),
  "trigger.clientRequestId": q(
    "The request header x-ms-client-request-id",
    "Whether a page may give its calls a correlation id.",
  ),
  "trigger.noSuchFlow": q(
    "A flow that is not there, with a real token",
    "The code after which the library looks for a new URL.",
    /\b404 WorkflowNotFound/,
  ),
  "trigger.noSuchTrigger": q(
    "A trigger that the flow has not got, with a real token",
    "What a wrong trigger name in a URL is told.",
    /\b404\b/,
  ),

  "headers.flowApi": q(
    "Which response headers may a page read of the Power Automate API?",
    "Retry-After decides how long is waited, the ids are what support asks for.",
  ),
  "headers.trigger": q(
    "Which response headers may a page read of the trigger's host?",
    "Without Location a 202 can't be followed; without WWW-Authenticate no claims challenge can be answered.",
  ),
  "flow.answer": q(
    "Which may it read of a real answer?",
    "From the tab Invoke: only there does a flow run.",
  ),

  "open.expiredToken": q(
    "A real token that has expired",
    "Whether it is told with a body or without.",
  ),
  "open.claims": q("A claims challenge", "Whether a page can read what conditional access wants."),
  "open.retryAfter": q("Retry-After of a throttled request", "Whether a page can read it."),
  "open.location": q("Location of a 202", "Whether a page can read it."),
  "open.appOnly": q(
    "A token of an app, without a user",
    "Sources differ on whether triggers take one.",
  ),
  "open.method": q(
    "A method that the trigger does not take, with a real token",
    "Status and code of a wrong method.",
  ),
  "open.schema": q("A body against the trigger's schema", "Status and code of the refusal."),
  "open.off": q(
    "A flow that is switched off",
    "Status and code, and whether the URL still answers.",
  ),
  "open.anyone": q("A token at a URL for anyone", "Whether the token or the flow is refused."),
  "open.otherTrigger": q(
    "A trigger URL of a flow without an HTTP trigger",
    "Whether the API says ListCallbackUrlOperationBlocked.",
  ),
} satisfies Record<string, Question>;

export type ObservationId = keyof typeof questions;

/** The page's sections, by the beginnings of the ids. */
export const groups: [title: string, beginnings: string[]][] = [
  ["This page and its org", ["page", "org", "definition"]],
  ["The API that gives out trigger URLs", ["discovery"]],
  ["The trigger's host", ["url", "trigger"]],
  ["What a page may read", ["headers", "flow"]],
  ["What can't be asked without running a flow or breaking something", ["open"]],
];
