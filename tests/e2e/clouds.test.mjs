/** The main road in each of the five clouds, on its own host names, by either API. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { clouds } from "../sandbox/clouds.mjs";
import { openPage, patient } from "./page.mjs";

const call = ({ flow, client }) => window.e2e.call({ flow, body: { from: "here" }, client });

for (const [org, user, key] of [
  ["contoso", "ada", "echo"],
  ["fabrikam", "fay", "echoFabrikam"],
  ["gcc", "gil", "echoGcc"],
  ["gccHigh", "hana", "echoGccHigh"],
  ["dod", "dom", "echoDod"],
  ["china", "chen", "echoChina"],
]) {
  describe(`in ${org}`, () => {
    let e2e;
    let place;
    let cloud;
    before(async () => {
      e2e = await openPage({ org });
      place = e2e.sandbox.world.orgs[org];
      cloud = clouds[place.cloud];
    }, patient);
    beforeEach(() => e2e.as(user, { user }), patient);
    after(() => e2e?.close());

    test("a call goes to the cloud's own hosts with the cloud's own token", patient, async () => {
      const { data } = await e2e.get(call, { flow: e2e.id(key) });
      assert.deepEqual(data.youSent, { from: "here" });
      const [listing, invocation, ...more] = e2e.sent("flowApi", "trigger");
      assert.deepEqual(more, []);
      assert.equal(listing.host, cloud.flowApiHost);
      assert.ok(listing.path.includes(`/environments/${place.environmentId}/`), listing.path);
      assert.equal(invocation.host, place.environmentHost);
      for (const { bearer } of [listing, invocation]) {
        assert.equal(bearer.claims.aud, cloud.flowAudience);
        assert.equal(bearer.claims.oid, e2e.sandbox.world.users[user].oid);
      }
      assert.equal(e2e.sandbox.runs[0].flow, key);
      e2e.assertTrust();
    });

    test("the environment's own API can be asked instead", patient, async () => {
      const client = { discovery: "environmentApi" };
      await e2e.get(call, { flow: e2e.id(key), client });
      const [listing, ...more] = e2e.sent("flowApi");
      assert.deepEqual(more, []);
      assert.equal(listing.host, place.environmentHost);
      assert.match(listing.path, /^\/powerautomate\/flows\/[-0-9a-f]{36}\/triggers\/manual\//);
      assert.deepEqual(listing.query, {
        "api-version": "1",
        showDeprecatedCallbackUrl: "false",
      });
      assert.equal(e2e.sandbox.runs[0].flow, key);
      e2e.assertTrust();
    });

    test("a flow on the older host is called there", patient, async () => {
      e2e.sandbox.world.flows[key].urlForm = "logic";
      await e2e.get(call, { flow: e2e.id(key) });
      const [{ host }] = e2e.sent("trigger");
      assert.ok(host.endsWith(`.${cloud.logicSuffix}`), host);
      e2e.assertTrust();
    });
  });
}

describe("an org whose host is in no cloud's list", () => {
  let e2e;
  before(async () => {
    e2e = await openPage();
    await e2e.as("ada");
  }, patient);
  beforeEach(() => e2e.sandbox.reset());
  after(() => e2e?.close());

  const at = (host, options = {}) =>
    `async (flow) => {
      const context = window.Xrm.Utility.getGlobalContext();
      const own = window.Xrm;
      const { host, options } = ${JSON.stringify({ host, options })};
      const getGlobalContext = () => ({ ...context, getClientUrl: () => "https://" + host });
      window.Xrm = { ...own, Utility: { ...own.Utility, getGlobalContext } };
      try {
        return await window.e2e.call({ flow, body: {}, client: options });
      } finally {
        window.Xrm = own;
      }
    }`;

  for (const host of [
    "contoso.crm.example.com",
    "contoso.crm4.dynamics.com.example.com",
    "contoso.crm4.dynamics.de",
    "localhost",
  ]) {
    test(`is cloud_unknown: ${host}`, patient, async () => {
      const expected = { code: "cloud_unknown", stage: "options", mayHaveRun: false };
      const error = await e2e.fail(expected, at(host), e2e.id("echo"));
      assert.ok(error.message.includes(host), error.message);
      assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
    });
  }

  test("is called all the same where the caller names the cloud", patient, async () => {
    await e2e.get(at("contoso.crm.example.com", { cloud: "public" }), e2e.id("echo"));
    assert.equal(e2e.sandbox.runs.length, 1);
  });

  test("endpoints of the caller's own have no environment API", patient, async () => {
    const cloud = {
      audience: "https://service.flow.microsoft.com/",
      flowApi: "https://api.flow.microsoft.com",
      triggerHosts: ["*.environment.api.powerplatform.com"],
    };
    const client = { cloud, discovery: "environmentApi" };
    const expected = { code: "invalid_argument", stage: "options" };
    const error = await e2e.fail(expected, call, { flow: e2e.id("echo"), client });
    assert.match(error.message, /^discovery: /);
    await e2e.get(call, { flow: e2e.id("echo"), client: { cloud } });
  });

  test("discovery must be one of the two", patient, async () => {
    const expected = { code: "invalid_argument", stage: "options" };
    const client = { discovery: "dns" };
    const error = await e2e.fail(expected, call, { flow: e2e.id("echo"), client });
    assert.match(error.message, /^discovery: must be one of flowApi, environmentApi/);
  });
});
