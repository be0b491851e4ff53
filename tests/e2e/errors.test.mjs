/** Each way in which a call can fail: what the user of the library is told, and what is tried before. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { dataverseThrottled, throttled } from "../sandbox/index.mjs";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
}, patient);
beforeEach(() => e2e.as("ada"), patient);
afterEach(() => {
  sandbox.setCors("strict");
  e2e.assertTrust();
});
after(() => e2e?.close());

const call = (given) => window.e2e.call(given);
/** A call by the URL that the last `warm` found. */
const warmCall = ({ flow, body, options }) => window.client.flow(flow).invoke(body, options);
const warm = (key, client) =>
  e2e.get(
    async (given) => {
      window.client = await window.e2e.warm(given.flow, given.client);
    },
    { flow: e2e.id(key), client },
  );
const statuses = (kind) => e2e.sent(kind).map(({ status }) => status);
const serviceError = (status, code, headers) => ({
  status,
  headers,
  json: { error: { code, message: `The service says ${code}.` } },
});

/**
 * A call that must fail.
 * @param {object} expected of the error
 * @param {object} given of `e2e.call`, with a flow's key or a target as `flow`
 */
function fails(expected, { flow = "echo", ...given } = {}) {
  const target = typeof flow === "string" ? e2e.id(flow) : flow;
  return e2e.fail(expected, call, { flow: target, ...given });
}

/** What every refusal by the flow's trigger has in common, and the rest of one. */
const refused = (rest) => ({ stage: "invoke", mayHaveRun: false, retryable: false, ...rest });

describe("the trigger refuses", () => {
  for (const status of [401, 403]) {
    test(`a user who is on no list, with ${status}: claims_mismatch`, patient, async () => {
      await e2e.as("eve");
      sandbox.settings.mismatchStatus = status;
      const serviceCode = "MisMatchingOAuthClaims";
      const error = await fails(refused({ code: "claims_mismatch", status, serviceCode }), {
        flow: "onlyAda",
      });
      assert.match(error.serviceMessage, /^One or more claims/);
      assert.deepEqual(statuses("trigger"), [status]);
      assert.equal(sandbox.runs.length, 0);
    });
  }

  test("a token for the audience without its slash: claims_mismatch", patient, async () => {
    await warm("echo");
    const token = await sandbox.mint({ audience: "https://service.flow.microsoft.com" });
    const url = sandbox.flow("echo").triggerUrl();
    const error = await e2e.fail(
      refused({ code: "claims_mismatch", serviceCode: "MisMatchingOAuthClaims" }),
      (given) => {
        const auth = { getToken: async () => given.token };
        return window.e2e.call({ flow: { url: given.url }, client: { auth } });
      },
      { token, url },
    );
    assert.match(error.hint, /trailing slash/);
  });

  test("a bearer where Anyone may call: OAuthAccessPolicyNotFound", patient, async () => {
    const url = sandbox.flow("anyone").triggerUrl().split("&sp=")[0];
    const serviceCode = "OAuthAccessPolicyNotFound";
    const error = await fails(refused({ code: "unauthorized", status: 401, serviceCode }), {
      flow: { url },
    });
    assert.match(error.hint, /"Anyone"/);
    assert.equal(e2e.counts().trigger, 1);
  });

  test("a signature that is not the flow's: AuthorizationFailed", patient, async () => {
    const url = sandbox
      .flow("anyone")
      .triggerUrl()
      .replace(/sig=.*/, "sig=c3RhbGU");
    const serviceCode = "AuthorizationFailed";
    await fails(refused({ code: "unauthorized", status: 401, serviceCode }), {
      flow: { url },
      client: { sas: "allow" },
    });
  });

  test("a signature where only users may call", patient, async () => {
    const url = `${sandbox.flow("echo").triggerUrl()}&sp=%2Fx&sv=1.0&sig=c3RhbGU`;
    const serviceCode = "DirectApiInvalidAuthorizationScheme";
    await fails(refused({ code: "unauthorized", status: 401, serviceCode }), {
      flow: { url },
      client: { sas: "allow" },
    });
  });

  for (const serviceCode of [
    "DirectApiAuthorizationRequired",
    "DirectApiRequestHasMoreThanOneAuthorization",
  ]) {
    test(`${serviceCode}: unauthorized, and nothing is tried again`, patient, async () => {
      const effect = serviceError(401, serviceCode);
      sandbox.fault({ kind: "trigger", times: Infinity, effect });
      await fails(refused({ code: "unauthorized", status: 401, serviceCode }));
      assert.equal(e2e.counts().trigger, 1);
    });
  }

  test("each token: unauthorized after one that is fresh", patient, async () => {
    const serviceCode = "ExpiredAuthenticationToken";
    sandbox.fault({ kind: "trigger", times: Infinity, effect: serviceError(401, serviceCode) });
    await fails(refused({ code: "unauthorized", status: 401, serviceCode }));
    const [first, second, ...more] = e2e.sent("trigger").map(({ bearer }) => bearer.token);
    assert.deepEqual(more, []);
    assert.notEqual(first, second, "the second token is another one");
  });

  test("a token without a word, but with a challenge that can be read", patient, async () => {
    sandbox.setCors("open");
    await warm("echo");
    sandbox.settings.expired = "bare";
    sandbox.expireTokens();
    const { attempts } = await e2e.get(warmCall, { flow: e2e.id("echo") });
    assert.equal(attempts, 2);
    assert.equal(sandbox.runs.length, 1);
  });

  test(
    "a token without a word that the page can read: a 401 of the flow's own",
    patient,
    async () => {
      await warm("echo");
      sandbox.settings.expired = "bare";
      sandbox.expireTokens();
      // Nothing proves that it is the service's, so the careful reading is that the flow ran.
      const expected = { code: "flow_failed", status: 401, mayHaveRun: true };
      await e2e.fail(expected, warmCall, { flow: e2e.id("echo") });
      assert.equal(e2e.counts().trigger, 1);
    },
  );

  for (const [what, body, serviceCode] of [
    ["a null where the schema names a type", { orderNumber: null }, "TriggerInputSchemaMismatch"],
    ["a body without a required field", {}, "TriggerInputSchemaMismatch"],
    ["text where it wants JSON", "order 1", "InvalidRequestContent"],
  ]) {
    test(`${what}: input_rejected`, patient, async () => {
      const expected = refused({ code: "input_rejected", status: 400, serviceCode });
      const error = await fails(expected, { flow: "orders", body });
      assert.ok(error.message.includes(error.serviceMessage), "it says what does not fit");
      assert.equal(e2e.counts().trigger, 1);
    });
  }

  for (const [what, serviceCode] of [
    ["switchOff", "WorkflowTriggerIsNotEnabled"],
    ["suspend", "WorkflowDisabled"],
  ]) {
    test(`a flow after ${what}(): flow_off`, patient, async () => {
      await warm("echo");
      sandbox.flow("echo")[what]();
      const expected = refused({ code: "flow_off", status: 400, serviceCode });
      await e2e.fail(expected, warmCall, { flow: e2e.id("echo") });
      assert.equal(e2e.counts().trigger, 1);
    });
  }

  test(
    "a URL that is the flow's no more: flow_gone, where nobody can ask anew",
    patient,
    async () => {
      const url = sandbox.flow("echo").triggerUrl();
      sandbox.flow("echo").recreate();
      const serviceCode = "WorkflowNotFound";
      await fails(refused({ code: "flow_gone", status: 404, serviceCode }), { flow: { url } });
      assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 1 });
    },
  );

  test("each URL that is discovered: flow_gone after the second", patient, async () => {
    const serviceCode = "WorkflowNotFound";
    sandbox.fault({ kind: "trigger", times: Infinity, effect: serviceError(404, serviceCode) });
    await fails(refused({ code: "flow_gone", status: 404, serviceCode }));
    assert.deepEqual(e2e.counts(), { dataverse: 2, flowApi: 2, trigger: 2 });
  });

  test("a method that is not the trigger's, with its own words", patient, async () => {
    const serviceCode = "TriggerRequestMethodNotValid";
    const error = await fails(refused({ code: "input_rejected", status: 404, serviceCode }), {
      flow: "getOrder",
    });
    assert.match(error.message, /expected 'GET' and actual 'POST'/);
    assert.match(error.hint, /method/);
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 1 });
  });

  test("a flow that was switched to Anyone: sas_refused, and nothing runs", patient, async () => {
    await warm("echo");
    sandbox.flow("echo").setAuth("All");
    const expected = { code: "sas_refused", stage: "discovery", mayHaveRun: false };
    await e2e.fail(expected, warmCall, { flow: e2e.id("echo") });
    assert.equal(sandbox.runs.length, 0);
  });
});

describe("a flow that Anyone may start", () => {
  const allowed = { client: { sas: "allow" } };

  test("runs without a token where the caller allows it", patient, async () => {
    const { data } = await e2e.get(call, { flow: e2e.id("anyone"), body: { n: 1 }, ...allowed });
    assert.deepEqual(data.youSent, { n: 1 });
    const [request] = e2e.sent("trigger");
    assert.equal(request.headers.authorization, undefined);
    assert.ok(request.query.sig);
  });

  test("is refused by its URL before anything is sent", patient, async () => {
    const url = sandbox.flow("anyone").triggerUrl();
    const expected = { code: "sas_refused", stage: "options", mayHaveRun: false };
    await fails(expected, { flow: { url } });
    assert.equal(e2e.counts().trigger, 0);
  });

  test("shows its URL without the signature", patient, async () => {
    const url = await e2e.get(
      async ({ flow, client }) => (await window.e2e.client(client)).flow(flow).callbackUrl(),
      { flow: e2e.id("anyone"), ...allowed },
    );
    const whole = sandbox.flow("anyone").triggerUrl();
    assert.equal(url, whole.replace(/\bsig=[^&]+/, "sig=[redacted]"));
    assert.notEqual(url, whole);
  });
});

describe("throttling", () => {
  test(
    "is waited out as long as the service asks, where the page can read it",
    patient,
    async () => {
      sandbox.setCors("open");
      const fault = sandbox.fault({ kind: "trigger", effect: throttled(1) });
      const { attempts } = await e2e.get(call, { flow: e2e.id("echo") });
      assert.deepEqual([attempts, fault.hits, sandbox.runs.length], [2, 1, 1]);
      const [first, second] = e2e.sent("trigger").map(({ startedAt }) => startedAt);
      assert.ok(second - first >= 950, `it waited ${second - first} ms`);
    },
  );

  test("is waited out where the page can't", patient, async () => {
    sandbox.fault({ kind: "trigger", effect: throttled(60) });
    const { attempts } = await e2e.get(call, { flow: e2e.id("echo") });
    assert.equal(attempts, 2);
  });

  test("that does not end is throttled after maxAttempts", patient, async () => {
    sandbox.fault({ kind: "trigger", times: Infinity, effect: throttled(60) });
    const expected = { code: "throttled", stage: "invoke", status: 429, serviceCode: "429" };
    await fails(
      { ...expected, mayHaveRun: false, retryable: true },
      { client: { maxAttempts: 3 } },
    );
    assert.deepEqual(statuses("trigger"), [429, 429, 429]);
    assert.equal(sandbox.runs.length, 0);
  });

  test("that outlasts the call is told at once", patient, async () => {
    sandbox.setCors("open");
    sandbox.fault({ kind: "trigger", effect: throttled(60) });
    const expected = { code: "throttled", mayHaveRun: false };
    const { ms } = await fails(expected, { options: { timeoutMs: 20_000 } });
    assert.ok(ms < 10_000, `after ${ms} ms`);
    assert.equal(e2e.counts().trigger, 1);
  });
});

describe("an ambiguous failure", () => {
  const ambiguous = { stage: "invoke", mayHaveRun: true };
  const idempotent = { options: { idempotent: true } };
  /** Each with the name that a page's fetch gives it or the status, and what it is called. */
  const failures = {
    "502 of the service": [serviceError(502, "BadGateway"), { code: "service_error", status: 502 }],
    "503 of the service": [
      serviceError(503, "Unavailable"),
      { code: "service_error", status: 503 },
    ],
    "504 of the service": [serviceError(504, "Timeout"), { code: "service_error", status: 504 }],
    "502 without a word": [
      { status: 502, body: "" },
      { code: "flow_failed", status: 502 },
    ],
    "connection that is cut before the work": [{ drop: "before" }, { code: "network" }],
    "connection that is cut after the work": [{ drop: "after" }, { code: "network" }],
    "answer that breaks off": [{ dropBodyAfter: 10 }, { code: "network" }],
    "answer that is no HTTP": [{ garbage: "protocol" }, { code: "network" }],
    "answer that CORS hides": [{ noCors: true }, { code: "network" }],
  };
  for (const [what, [effect, expected]] of Object.entries(failures)) {
    test(`a ${what} is told and left alone`, patient, async () => {
      await warm("echo");
      const fault = sandbox.fault({ kind: "trigger", times: Infinity, effect });
      const flow = e2e.id("echo");
      const retryable = expected.code !== "flow_failed";
      await e2e.fail({ ...ambiguous, retryable, ...expected }, warmCall, { flow });
      // Chromium itself tries again where a connection that was open already gives no answer.
      if (!effect.drop && !effect.garbage) assert.equal(fault.hits, 1);
    });

    test(`a ${what} is tried again where running twice is harmless`, patient, async () => {
      await warm("echo", { maxAttempts: 2 });
      const fault = sandbox.fault({ kind: "trigger", times: Infinity, effect });
      const given = { flow: e2e.id("echo"), ...idempotent };
      await e2e.fail({ ...ambiguous, ...expected }, warmCall, given);
      assert.ok(fault.hits >= 2, "it was tried again");
      fault.remove();
      await e2e.get(warmCall, given);
    });
  }

  test("that passes is an answer for who said idempotent", patient, async () => {
    sandbox.fault({ kind: "trigger", effect: { noCors: true } });
    const { attempts } = await e2e.get(call, { flow: e2e.id("echo"), ...idempotent });
    assert.equal(attempts, 2);
    assert.equal(sandbox.runs.length, 2);
  });

  test("leaves mayHaveRun to a later attempt that is refused", patient, async () => {
    sandbox.fault({ kind: "trigger", effect: { noCors: true } });
    const off = serviceError(400, "WorkflowTriggerIsNotEnabled");
    sandbox.fault({ kind: "trigger", effect: off });
    await fails({ code: "flow_off", mayHaveRun: true }, idempotent);
    assert.equal(sandbox.runs.length, 1);
  });

  test("500 of the service is not repeated even then", patient, async () => {
    const effect = serviceError(500, "InternalServerError");
    sandbox.fault({ kind: "trigger", times: Infinity, effect });
    const expected = { code: "service_error", status: 500, retryable: true };
    await fails({ ...ambiguous, ...expected, serviceCode: "InternalServerError" }, idempotent);
    assert.equal(e2e.counts().trigger, 1);
  });

  test("a Response action that never runs is repeated only then", patient, async () => {
    sandbox.settings.noResponseMs = 50;
    const expected = { code: "no_response", status: 502, serviceCode: "NoResponse" };
    await fails({ ...ambiguous, ...expected }, { flow: "noResponse" });
    assert.equal(sandbox.runs.length, 1);
    await fails(
      { ...ambiguous, ...expected },
      { flow: "noResponse", ...idempotent, client: { maxAttempts: 2 } },
    );
    assert.equal(sandbox.runs.length, 3);
  });

  test("of a GET is not repeated either: it starts a run", patient, async () => {
    const effect = serviceError(502, "BadGateway");
    sandbox.fault({ kind: "trigger", times: Infinity, effect });
    const options = { method: "GET", path: ["orders", "42"] };
    await fails({ ...ambiguous, code: "service_error" }, { flow: "getOrder", options });
    assert.equal(e2e.counts().trigger, 1);
  });

  test("a header that the preflight refuses is network, and says so", patient, async () => {
    const error = await fails(
      { ...ambiguous, code: "network" },
      { options: { headers: { "x-order": "42" } } },
    );
    assert.match(error.hint, /headers you add/);
    assert.equal(sandbox.runs.length, 0);
  });

  test("being offline is network at the first step", patient, async () => {
    await e2e.context.setOffline(true);
    try {
      const expected = { code: "network", mayHaveRun: false, retryable: true };
      await fails(expected, { client: { maxAttempts: 1 } });
    } finally {
      await e2e.context.setOffline(false);
    }
  });
});

describe("the flow's own answer", () => {
  const own = { code: "flow_failed", stage: "invoke", mayHaveRun: true, retryable: false };

  for (const status of [400, 401, 403, 404, 409, 410, 429, 500, 502, 503, 504]) {
    test(`${status} is flow_failed with its data, and the flow ran once`, patient, async () => {
      const json = { reason: "stock", status };
      const error = await fails({ ...own, status }, { flow: "failing", body: { status, json } });
      assert.deepEqual(error.data, json);
      assert.match(error.headers["content-type"], /^application\/json/);
      assert.equal(error.serviceCode, undefined);
      assert.equal(sandbox.runs.length, 1);
    });
  }

  test("may be text", patient, async () => {
    const body = { status: 422, text: "Out of stock" };
    const error = await fails({ ...own, status: 422 }, { flow: "failing", body });
    assert.equal(error.data, "Out of stock");
  });

  test("503 is repeated where running twice is harmless", patient, async () => {
    const given = { flow: "failing", body: { status: 503 }, options: { idempotent: true } };
    await fails({ ...own, status: 503 }, { ...given, client: { maxAttempts: 2 } });
    assert.equal(sandbox.runs.length, 2);
  });

  test("names its run where the page can read it", patient, async () => {
    sandbox.setCors("open");
    const error = await fails(own, { flow: "failing", body: {} });
    assert.equal(error.runId, sandbox.runs[0].runId);
    assert.ok(error.correlationId);
  });

  test("keeps its data from loggers", patient, async () => {
    const error = await fails(own, { flow: "failing", body: {} });
    for (const hidden of ["data", "headers", "cause"]) assert.ok(!error.keys.includes(hidden));
  });
});

describe("listCallbackUrl", () => {
  const discovery = (rest) => ({ stage: "discovery", mayHaveRun: false, ...rest });
  const listing = (effect, times = Infinity) => sandbox.fault({ kind: "flowApi", times, effect });

  test("takes delegated tokens only: delegated_token_required", patient, async () => {
    const token = await sandbox.mint({ appOnly: true });
    const serviceCode = "ClientScopeAuthorizationFailed";
    await e2e.fail(
      discovery({ code: "delegated_token_required", status: 401, serviceCode, retryable: false }),
      (given) => {
        const auth = { getToken: async () => given.token };
        return window.e2e.call({ flow: given.flow, client: { auth } });
      },
      { token, flow: e2e.id("echo") },
    );
    assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 0 });
  });

  test("does not tell a user without rights: discovery_forbidden", patient, async () => {
    await e2e.as("bob");
    const { resourceId, workflowId } = sandbox.world.flows.echo;
    const serviceCode = "InsufficientCdsPermissions";
    await e2e.fail(
      discovery({ code: "discovery_forbidden", status: 403, serviceCode }),
      (given) => {
        // A host that reads the row for its users.
        const row = { resourceid: given.resourceId, statecode: 1, category: 5 };
        const webApi = { ...window.Xrm.WebApi, retrieveRecord: async () => row };
        return window.e2e.call({ flow: given.workflowId, client: { webApi } });
      },
      { resourceId, workflowId },
    );
  });

  test("knows no such flow: discovery_failed", patient, async () => {
    const rows = sandbox.rows("contoso", "workflow");
    const row = rows.find(({ workflowid }) => workflowid === e2e.id("echo"));
    row.resourceid = "00000000-0000-4000-8000-000000000000";
    await fails(discovery({ code: "discovery_failed", status: 404, serviceCode: "FlowNotFound" }));
  });

  test("knows no such environment: discovery_failed with a hint", patient, async () => {
    const environmentId = "00000000-0000-4000-8000-000000000000";
    const serviceCode = "EnvironmentNotFound";
    const error = await fails(discovery({ code: "discovery_failed", status: 404, serviceCode }), {
      client: { environmentId },
    });
    assert.match(error.hint, /environmentId/);
  });

  test("knows no such trigger, until the caller names it", patient, async () => {
    const workflowId = e2e.id("otherTriggerName");
    const serviceCode = "TriggerNotFound";
    await fails(discovery({ code: "discovery_failed", serviceCode }), { flow: { workflowId } });
    const { name } = sandbox.world.flows.otherTriggerName.trigger;
    const { status } = await e2e.get(call, { flow: { workflowId, trigger: name } });
    assert.equal(status, 200);
  });

  for (const [what, effect, code] of [
    ["throttling", throttled(1), "throttled"],
    ["an outage", serviceError(503, "ServiceUnavailable"), "service_error"],
    ["a lost connection", { noCors: true }, "network"],
  ]) {
    test(`is asked again after ${what}`, patient, async () => {
      const fault = listing(effect, 1);
      await e2e.get(call, { flow: e2e.id("echo") });
      assert.deepEqual([fault.hits, e2e.counts().flowApi], [1, 2]);
    });

    test(`that has no end of ${what} is ${code}`, patient, async () => {
      listing(effect);
      const expected = discovery({ code, retryable: true, status: effect.status });
      await fails(expected, { client: { maxAttempts: 2 } });
      assert.deepEqual([e2e.counts().flowApi, e2e.counts().trigger], [2, 0]);
    });
  }

  test("may refuse a token that has run out: it is renewed for the call too", patient, async () => {
    sandbox.settings.expiryReachesFlowApi = true;
    sandbox.expireTokens();
    const { attempts } = await e2e.get(call, { flow: e2e.id("echo") });
    assert.equal(attempts, 1);
    assert.deepEqual([statuses("flowApi"), statuses("trigger")], [[401, 200], [200]]);
  });

  for (const [what, effect] of [
    ["what is no JSON", { garbage: true }],
    ["JSON without a URL", { status: 200, json: { response: { method: "GET" } } }],
    ["null", { status: 200, body: "null" }],
  ]) {
    test(`may answer ${what}: discovery_failed`, patient, async () => {
      listing(effect);
      await fails(discovery({ code: "discovery_failed", status: 200 }));
      assert.equal(e2e.counts().trigger, 0);
    });
  }

  for (const shape of ["wrapped", "bare", "content", "parts"]) {
    test(`may answer in the shape "${shape}"`, patient, async () => {
      sandbox.answerShape = shape;
      const { data } = await e2e.get(call, { flow: e2e.id("echo"), body: { shape } });
      assert.deepEqual(data.youSent, { shape });
    });
  }

  for (const key of ["unitHost", "oldHost"]) {
    test(`may name a URL of another form: ${key}`, patient, async () => {
      const { data } = await e2e.get(call, { flow: e2e.id(key), body: { key } });
      assert.deepEqual(data.youSent, { key });
    });
  }

  for (const url of [
    "https://flows.example.net/powerautomate/workflows/1/triggers/manual/paths/invoke",
    "http://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke",
    "https://logic.azure.com.example.net/workflows/1/triggers/manual/paths/invoke",
    "https://user@prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke",
    "https://prod-1.westeurope.logic.azure.com@example.net/workflows/1",
  ]) {
    test(`may not send a token to ${url.slice(0, 50)}`, patient, async () => {
      listing({ status: 200, json: { response: { value: url } } });
      await fails(discovery({ code: "untrusted_url" }));
      await fails({ code: "untrusted_url", mayHaveRun: false }, { flow: { url } });
      assert.equal(e2e.counts().trigger, 0);
    });
  }
});

describe("Dataverse", () => {
  const workflow = (rest) => ({ stage: "workflow", mayHaveRun: false, ...rest });
  const reading = (effect, times = Infinity) => sandbox.fault({ kind: "dataverse", times, effect });
  const nothingAfter = () => assert.deepEqual([e2e.counts().flowApi, e2e.counts().trigger], [0, 0]);

  test("has no such row: workflow_not_found", patient, async () => {
    const flow = { workflowId: "00000000-0000-4000-8000-000000000000" };
    const serviceCode = "0x80040217";
    await fails(workflow({ code: "workflow_not_found", serviceCode, retryable: false }), { flow });
    nothingAfter();
  });

  test("does not show the table to the user: workflow_forbidden", patient, async () => {
    await e2e.as("bob");
    const error = await fails(workflow({ code: "workflow_forbidden", serviceCode: "0x80040220" }));
    assert.match(error.hint, /Read on Process/);
    assert.equal(e2e.counts().dataverse, 1);
    nothingAfter();
  });

  test("is not needed by who has the URL", patient, async () => {
    await e2e.as("bob");
    await e2e.get(call, { flow: { url: sandbox.flow("echo").triggerUrl() } });
    assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 1 });
    assert.equal(e2e.sent("trigger")[0].user, "bob");
  });

  test("has a row of a classic process: trigger_not_http", patient, async () => {
    await fails(workflow({ code: "trigger_not_http" }), { flow: "notACloudFlow" });
    nothingAfter();
  });

  for (const [what, effect, expected] of [
    ["throttling", dataverseThrottled(1), { code: "throttled", serviceCode: "0x80072322" }],
    ["a lost connection", { drop: "before" }, { code: "network" }],
  ]) {
    test(`that has no end of ${what} is ${expected.code}`, patient, async () => {
      const fault = reading(effect);
      await fails(workflow({ ...expected, retryable: true }), { client: { maxAttempts: 2 } });
      assert.ok(fault.hits >= 2, "it was asked again");
      nothingAfter();
      fault.remove();
      await e2e.get(call, { flow: e2e.id("echo") });
    });
  }

  test("is asked again after throttling", patient, async () => {
    reading(dataverseThrottled(1), 1);
    await e2e.get(call, { flow: e2e.id("echo") });
    assert.deepEqual(e2e.counts(), { dataverse: 2, flowApi: 1, trigger: 1 });
  });

  test("fails otherwise: service_error with its code", patient, async () => {
    const message = "An unexpected error occurred.";
    reading({ status: 500, json: { error: { code: "0x80040216", message } } });
    const error = await fails(workflow({ code: "service_error", serviceCode: "0x80040216" }));
    assert.equal(error.serviceMessage, message);
    assert.equal(e2e.counts().dataverse, 1);
  });

  test("is not there in a canvas app: host_not_found", patient, async () => {
    const error = await e2e.fail(
      workflow({ code: "host_not_found" }),
      (flow) => {
        const retrieveRecord = () => {
          throw new Error("Method not implemented.");
        };
        return window.e2e.call({ flow, client: { webApi: { retrieveRecord } } });
      },
      e2e.id("echo"),
    );
    assert.match(error.hint, /Canvas apps/);
  });
});

describe("an argument that can't be used", () => {
  const invalid = { code: "invalid_argument", mayHaveRun: false, retryable: false };
  for (const [what, given, names] of [
    ["a workflowid that is none", { flow: { workflowId: "echo" } }, /workflowId/],
    ["a target without either", { flow: {} }, /flow/],
    ["a body for GET", { body: {}, options: { method: "GET" } }, /body/],
    ["a path that climbs", { options: { path: [".."] } }, /path\[0\]/],
    [
      "an authorization of the caller's",
      { options: { headers: { Authorization: "x" } } },
      /headers/,
    ],
    ["a parameter of the URL's own", { options: { query: { "api-version": "2" } } }, /api-version/],
    ["a URL beyond the limit", { options: { query: { q: "x".repeat(17_000) } } }, /16,384/],
    ["a segment beyond the limit", { options: { path: ["x".repeat(20_000)] } }, /^path, query/],
    [
      "a URL that is too long",
      { flow: { url: `https://a.logic.azure.com/${"x".repeat(20_000)}` } },
      /^url/,
    ],
    ["a signature of the caller's", { options: { query: { sig: "x" } } }, /^query\.sig/],
    ["a time below zero", { options: { timeoutMs: -1 } }, /timeoutMs/],
    ["a method that is none", { options: { method: "SEND" } }, /method/],
  ]) {
    test(`${what} is named and nothing runs`, patient, async () => {
      const error = await fails(invalid, given);
      assert.match(error.message, names);
      assert.equal(e2e.counts().trigger, 0);
    });
  }
});
