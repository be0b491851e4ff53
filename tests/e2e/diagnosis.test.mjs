/** `diagnose()`: in each broken set-up the report names the cause, and no flow has run. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { openPage, patient } from "./page.mjs";

let e2e;
before(async () => {
  e2e = await openPage();
}, patient);
afterEach(() => {
  e2e.assertTrust();
  assert.equal(e2e.sandbox.runs.length, 0, "a flow has run");
});
after(() => e2e?.close());

/** The report for a flow, or for any target. */
const diagnose = async ({ target, client, token }) => {
  const auth = token && { getToken: async () => token };
  const making = window.e2e.client({ ...client, ...(auth && { auth }) });
  return window.EntraFlow.diagnose(making, target);
};

/** The report's troubles, as `name outcome`; no secret is in it and each says what to do. */
async function troubles(expected, given, work = diagnose) {
  const report = await e2e.get(work, given);
  e2e.assertKeepsSecrets([JSON.stringify(report)]);
  const bad = report.checks.filter(({ outcome }) => ["warn", "fail"].includes(outcome));
  assert.deepEqual(
    bad.map(({ name, outcome }) => `${name} ${outcome}`),
    expected,
    JSON.stringify(report, null, 2),
  );
  for (const { name, hint } of bad) assert.ok(hint, `${name} has no hint`);
  assert.equal(report.ok, !bad.some(({ outcome }) => outcome === "fail"));
  return Object.fromEntries(report.checks.map((check) => [check.name, check]));
}

test("where all is well nothing is found, and the flow has not run", patient, async () => {
  await e2e.as("ada");
  const checks = await troubles([], { target: e2e.id("onlyAda") });
  assert.equal(checks["trigger.allowedUser"].outcome, "pass");
  assert.equal(checks["token.audience"].outcome, "pass");
  assert.match(checks.account.detail, /^ada@/);
});

for (const [key, expected, said] of [
  ["off", ["workflow.on fail"], /off/],
  ["suspended", ["workflow.on fail"], /suspended/],
  ["buttonTrigger", ["trigger.kind fail"], /Request\/Button/],
  ["operationWorker", ["trigger.kind fail"], /OpenApiConnectionWebhook/],
  ["otherTriggerName", ["trigger.kind fail"], /When_a_HTTP_request_is_received/],
  ["notACloudFlow", ["trigger.kind fail"], /classic/],
  ["anyone", ["trigger.auth fail", "callbackUrl.sas fail"], /Anyone/],
  ["oldHost", ["callbackUrl.host warn"], /2025-11-30/],
]) {
  test(`the flow ${key} is ${expected.join(" and ")}`, patient, async () => {
    await e2e.as("ada");
    const checks = await troubles(expected, { target: e2e.id(key) });
    assert.match(checks[expected[0].split(" ")[0]].detail, said);
  });
}

test("a user who is on no list is told so", patient, async () => {
  await e2e.as("eve");
  await troubles(["trigger.allowedUser fail"], { target: e2e.id("onlyAda") });
});

test("a user without Read on workflow is told so", patient, async () => {
  await e2e.as("bob");
  const checks = await troubles(["workflow.read fail"], { target: e2e.id("echo") });
  assert.match(checks["workflow.read"].hint, /Process \(workflow\)/);
});

test("a flow that is not in this environment is told so", patient, async () => {
  await e2e.as("ada");
  await troubles(["workflow.read fail"], { target: "9b2e4c70-6d1f-ee11-8179-000000000000" });
});

test("a flow that the service does not give out is told so", patient, async () => {
  await e2e.as("ada");
  const json = { error: { code: "InsufficientCdsPermissions", message: "No." } };
  e2e.sandbox.fault({ kind: "flowApi", effect: { status: 403, json } });
  await troubles(["callbackUrl fail"], { target: e2e.id("echo") });
});

test("another environment is told from the org's own", patient, async () => {
  await e2e.as("ada");
  const { environmentId } = e2e.sandbox.world.orgs.gcc;
  const client = { environmentId };
  const checks = await troubles(["environment fail", "callbackUrl fail"], {
    target: e2e.id("echo"),
    client,
  });
  assert.match(checks.environment.detail, new RegExp(environmentId));
});

for (const [words, wishes, expected] of [
  ["without the slash", { audience: "https://service.flow.microsoft.com" }, "token.audience fail"],
  ["of another service", { audience: "https://graph.microsoft.com" }, "token.audience fail"],
  ["that has expired", { expiresIn: -60 }, "token.expiry fail"],
  ["of the app itself", { appOnly: true }, "token.scope fail"],
  ["with another scope", { scp: "Flows.Read.All" }, "token.scope warn"],
]) {
  test(`a token ${words} is ${expected}`, patient, async () => {
    await e2e.as("ada");
    const token = await e2e.sandbox.mint(wishes);
    const report = await e2e.get(diagnose, { target: e2e.id("echo"), token });
    e2e.assertKeepsSecrets([JSON.stringify(report)]);
    const [name, outcome] = expected.split(" ");
    const check = report.checks.find((one) => one.name === name);
    assert.equal(check.outcome, outcome, JSON.stringify(report, null, 2));
    assert.ok(check.hint);
  });
}

test("a token of another tenant is told so", patient, async () => {
  await e2e.as("ada");
  const token = await e2e.sandbox.mint({ user: "fay" });
  const expected = ["token.tenant fail", "callbackUrl fail"];
  const checks = await troubles(expected, { target: e2e.id("echo"), token });
  assert.match(
    checks["token.tenant"].detail,
    new RegExp(e2e.sandbox.world.tenants.contoso.tenantId),
  );
});

test("nobody signed in is told so, and no window opens", patient, async () => {
  await e2e.forget();
  const client = { interaction: "popup" };
  await troubles(["account warn", "token fail"], { target: e2e.id("echo"), client });
  assert.equal(e2e.context.pages().length, 1);
});

test("a registration without the Power Automate permission is told so", patient, async () => {
  await e2e.as("ada");
  await e2e.open({ client: "withoutPermission" });
  const report = await e2e.get(diagnose, { target: e2e.id("echo") });
  assert.equal(report.checks.find(({ name }) => name === "token").outcome, "fail");
  await e2e.forget();
});

test("a URL of another host is told so", patient, async () => {
  await e2e.as("ada");
  const url = "https://flows.example.net/powerautomate/workflows/1/triggers/manual/paths/invoke";
  await troubles(["callbackUrl.trusted fail"], { target: { url } });
});

test("several accounts are told, and none is guessed", patient, async () => {
  await e2e.as("ada");
  const work = async ({ target }) => {
    const msal = await window.e2e.msal();
    const [own] = msal.getAllAccounts();
    const other = { ...own, homeAccountId: "b.c", username: "bob@contoso.example" };
    const auth = new Proxy(msal, {
      get: (_, name) => {
        if (name === "getAllAccounts") return () => [own, other];
        return typeof msal[name] === "function" ? msal[name].bind(msal) : msal[name];
      },
    });
    const context = window.Xrm.Utility.getGlobalContext();
    const userSettings = { ...context.userSettings, userName: "Ada Lovelace" };
    const page = window.Xrm;
    const getGlobalContext = () => ({ ...context, userSettings });
    window.Xrm = { ...page, Utility: { ...page.Utility, getGlobalContext } };
    const making = window.e2e.client({ auth });
    return window.EntraFlow.diagnose(making, target).finally(() => {
      window.Xrm = page;
    });
  };
  await troubles(["account fail", "token fail"], { target: e2e.id("echo") }, work);
});

for (const [name, expected] of [
  ["ef_EchoUrl", []],
  ["ef_NoSuchUrl", ["callbackUrl fail"]],
  ["ef_EmptyUrl", ["callbackUrl fail"]],
  ["ef_VaultUrl", ["callbackUrl fail"]],
  ["ef_ForeignUrl", ["callbackUrl.trusted fail"]],
  ["ef_NotAUrl", ["callbackUrl.trusted fail"]],
  ["ef_AnyoneUrl", ["callbackUrl.sas fail"]],
]) {
  test(`the variable ${name} is ${expected.join() || "well"}`, patient, async () => {
    await e2e.as("bob");
    const checks = await troubles(expected, { target: { environmentVariable: name } });
    assert.equal(checks["workflow.read"].outcome, "skip");
  });
}

test("an environment without a host of its own is told so", patient, async () => {
  await e2e.as("ada");
  const client = { discovery: "environmentApi", maxAttempts: 1 };
  const target = e2e.id("echo");
  await troubles([], { target, client });
  e2e.sandbox.fault({ kind: "flowApi", times: Infinity, effect: { drop: "before" } });
  const checks = await troubles(["callbackUrl fail"], { target, client });
  assert.match(checks.callbackUrl.hint, /flowApi/);
  const { environmentHost } = e2e.sandbox.world.orgs.contoso;
  assert.ok(checks.reach.detail.startsWith(environmentHost), checks.reach.detail);
});

test("a flow target that is none is refused, not reported", patient, async () => {
  await e2e.as("ada");
  await e2e.fail({ code: "invalid_argument", stage: "options" }, diagnose, { target: "Echo" });
});

const services =
  "connect-src 'self' https://login.microsoftonline.com https://api.flow.microsoft.com https://*.environment.api.powerplatform.com";

for (const [host, source, expected] of [
  ["api.flow.microsoft.com", "https://api.flow.microsoft.com", ["callbackUrl fail", "reach fail"]],
  [
    "environment.api.powerplatform.com",
    "https://*.environment.api.powerplatform.com",
    ["reach fail"],
  ],
]) {
  test(`a policy without ${host} is named with its directive`, patient, async () => {
    await e2e.as("ada");
    await e2e.open({
      csp: `script-src 'self' 'wasm-unsafe-eval'; ${services.replace(source, "")}`,
    });
    const given = { target: e2e.id("echo"), client: { maxAttempts: 1 } };
    const { csp } = await troubles([...expected, "csp fail"], given);
    assert.match(csp.detail, /connect-src blocks https:/);
    assert.ok(csp.detail.includes(host), csp.detail);
    await e2e.open();
  });
}

test(
  "an environment and a cloud that nobody knows are named without a client",
  patient,
  async () => {
    await e2e.as("ada");
    await e2e.open({ undocumented: "off" });
    const target = e2e.id("echo");
    const path = /RetrieveCurrentOrganization/;
    e2e.sandbox.fault({ kind: "dataverse", path, times: Infinity, effect: { status: 500 } });
    const checks = await troubles(["environment fail"], { target });
    assert.equal(checks.host.outcome, "pass");
    const withoutAnOrg = async ({ target, environmentId }) => {
      const { FlowClient, diagnose } = window.EntraFlow;
      window.Xrm.Utility.getGlobalContext = () => ({
        getClientUrl: () => "https://crm.example.net",
      });
      const auth = await window.e2e.msal();
      return diagnose(FlowClient.fromXrm(auth, { environmentId }), target);
    };
    const { environmentId } = e2e.sandbox.world.orgs.contoso;
    const cloud = await troubles(["cloud fail"], { target, environmentId }, withoutAnOrg);
    assert.match(cloud.cloud.detail, /crm\.example\.net/);
    await e2e.open();
  },
);

test("the wrong cloud is told from the org's host", patient, async () => {
  await e2e.as("ada");
  const given = {
    target: e2e.id("echo"),
    client: { cloud: "gcc", maxAttempts: 1, timeoutMs: 5000 },
  };
  const report = await e2e.get(diagnose, given);
  const cloud = report.checks.find(({ name }) => name === "cloud");
  assert.equal(cloud.outcome, "fail");
  assert.match(cloud.detail, /gcc.*public/);
});

test(
  "a policy without the sign-in's host is named as the cause of a missing token",
  patient,
  async () => {
    await e2e.forget();
    const host = "https://login.microsoftonline.com";
    await e2e.open({ csp: `script-src 'self' 'wasm-unsafe-eval'; ${services}; frame-src 'self'` });
    const client = { loginHint: e2e.sandbox.world.users.ada.upn, maxAttempts: 1 };
    const expected = ["account warn", "token fail", "csp fail"];
    const { csp } = await troubles(expected, { target: e2e.id("echo"), client });
    assert.ok(csp.detail.includes(`frame-src blocks ${host}`), csp.detail);
    await e2e.open();
  },
);

test("where no client can be made, the report still names the cause", patient, async () => {
  await e2e.as("ada");
  const target = e2e.id("echo");
  await troubles(["host fail"], { target }, ({ target }) => {
    const { FlowClient, diagnose } = window.EntraFlow;
    const xrm = window.Xrm;
    window.Xrm = undefined;
    const making = window.e2e.msal().then((auth) => FlowClient.fromXrm(auth));
    return diagnose(making, target).finally(() => {
      window.Xrm = xrm;
    });
  });
  await e2e.open({ csp: `script-src 'self'; ${services}` });
  const checks = await troubles(["module fail"], { target });
  assert.match(checks.module.hint, /'wasm-unsafe-eval'/);
  await e2e.open();
});
