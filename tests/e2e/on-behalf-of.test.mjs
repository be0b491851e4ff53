/** A second token, which the flow exchanges: only then does it know who called. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
let scopes;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
  scopes = [`${sandbox.world.ownApi}/access_as_user`];
}, patient);
beforeEach(async () => {
  await e2e.as("ada");
  // Where a second token goes, and what the echo flow makes of it.
  e2e.secrets.allow(/^request to trigger .*(?:body|header x-user-token)$|^outcome$/);
}, patient);
afterEach(() => {
  sandbox.setCors("strict");
  e2e.assertTrust();
});
after(() => e2e?.close());

const call = ({ flow, body, options, client }) => window.e2e.call({ flow, body, options, client });
const ask = (onBehalfOf, body = { order: 7 }) => ({
  flow: e2e.id("whoCalled"),
  body,
  options: { onBehalfOf },
});
const calls = () => e2e.sent("trigger");

for (const user of ["ada", "mia"]) {
  test(`the flow knows that ${user} called`, patient, async () => {
    await e2e.as(user);
    const { data } = await e2e.get(call, ask({ scopes, property: "userToken" }));
    const { name, upn } = sandbox.world.users[user];
    assert.deepEqual(data, { caller: name, upn });
    const [request] = calls();
    const { order, userToken } = JSON.parse(request.body);
    assert.equal(order, 7);
    assert.notEqual(userToken, request.bearer.token, "they are two tokens");
  });
}

test("without the token it knows nobody, whatever the body says", patient, async () => {
  const pretending = { userToken: "ada@contoso.onmicrosoft.com", caller: "Ada Lovelace" };
  const expected = { code: "flow_failed", stage: "invoke", status: 401, mayHaveRun: true };
  const error = await e2e.fail(expected, call, {
    flow: e2e.id("whoCalled"),
    body: pretending,
  });
  assert.equal(error.data.error, "invalid_grant");
});

test("the flow service's own token proves nothing to the API", patient, async () => {
  const flow = e2e.id("whoCalled");
  const wrong = ["https://service.flow.microsoft.com//.default"];
  const options = { onBehalfOf: { scopes: wrong, property: "userToken" } };
  const error = await e2e.fail({ code: "flow_failed" }, call, { flow, body: {}, options });
  assert.match(error.data.error_description, /AADSTS500131/);
});

test("a header carries it where the flow's CORS rules take one", patient, async () => {
  sandbox.setCors("open");
  const { data } = await e2e.get(call, ask({ scopes, header: "x-user-token" }, "any body"));
  assert.equal(data.caller, "Ada Lovelace");
  const [request] = calls();
  assert.equal(request.body, "any body");
  const { length } = sandbox.requests.filter(({ headers }) => headers["x-user-token"]);
  assert.equal(length, 1, "one request carried it: the call itself");
});

test(
  "JSON that the caller wrote gets the property, and nothing else of it changes",
  patient,
  async () => {
    const text = ' {"big": 12345678901234567890, "a":1.0, "a":2}';
    const headers = { "content-type": "application/json" };
    const options = { headers, onBehalfOf: { scopes, property: "__proto__" } };
    await e2e.get(call, { flow: e2e.id("echo"), body: text, options });
    const [{ body }] = calls();
    assert.match(body, /^\{"__proto__":"eyJ[^"]+","big": 12345678901234567890, "a":1.0, "a":2\}$/);
  },
);

test("an empty object becomes one with the token alone", patient, async () => {
  const { data } = await e2e.get(call, ask({ scopes, property: "userToken" }, {}));
  assert.equal(data.caller, "Ada Lovelace");
});

for (const [what, body] of [
  ["a list", "[1]"],
  ["a text", '"text"'],
  ["JSON text that nobody calls JSON", "'{}'"],
  ["nothing", "undefined"],
  ["a form", "new FormData()"],
  ["an object with toJSON that is a text", "new Date(0)"],
  ["an object that has the property", "{ userToken: 1 }"],
]) {
  test(`a property in ${what} is refused before anything is sent`, patient, async () => {
    const expected = { code: "invalid_argument", stage: "options", mayHaveRun: false };
    const error = await e2e.fail(
      expected,
      `({ flow, options }) => window.e2e.call({ flow, body: ${body}, options })`,
      ask({ scopes, property: "userToken" }),
    );
    assert.match(error.message, /^onBehalfOf\.property: /);
    assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
  });
}

for (const [field, wish] of [
  ["onBehalfOf", "true"],
  ["onBehalfOf", "{}"],
  ["onBehalfOf", "{ scopes: 'api://x/y', property: 'a' }"],
  ["onBehalfOf", "{ scopes: [1], property: 'a' }"],
  ["onBehalfOf", "{ scopes: ['api://x/y'], property: 7 }"],
  ["onBehalfOf", "{ scopes: ['api://x/y'] }"],
  ["onBehalfOf.scopes", "{ scopes: [], property: 'a' }"],
  ["onBehalfOf.header", "{ scopes: ['api://x/y'], header: 'a\\r\\nb' }"],
  ["onBehalfOf.header", "{ scopes: ['api://x/y'], header: 'AUTHORIZATION' }"],
]) {
  test(`${wish} is refused by its name`, patient, async () => {
    const error = await e2e.fail(
      { code: "invalid_argument", stage: "options" },
      `(flow) => window.e2e.call({ flow, body: {}, options: { onBehalfOf: ${wish} } })`,
      e2e.id("whoCalled"),
    );
    assert.ok(error.message.startsWith(`${field}: `), error.message);
    assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
  });
}

test("an API that the app may not ask for is an error that says so", patient, async () => {
  const wish = { scopes: ["api://somebody-elses/access"], property: "userToken" };
  const error = await e2e.fail({ stage: "token", mayHaveRun: false }, call, ask(wish));
  assert.ok(["token_failed", "interaction_required"].includes(error.code), error.code);
  assert.equal(sandbox.runs.length, 0);
});

test("a function of the host's is asked for its scopes too", patient, async () => {
  const { data, asked } = await e2e.get(
    `async ({ flow, options }) => {
      const app = await window.e2e.msal();
      const asked = [];
      const auth = {
        async getToken({ scopes, interactive }) {
          asked.push([scopes, interactive]);
          const [account] = app.getAllAccounts();
          return (await app.acquireTokenSilent({ scopes, account })).accessToken;
        },
      };
      const { data } = await window.e2e.call({ flow, body: {}, options, client: { auth } });
      return { data, asked };
    }`,
    ask({ scopes, property: "userToken" }),
  );
  assert.equal(data.caller, "Ada Lovelace");
  assert.equal(asked.length, 2);
  const own = asked.filter(([asked]) => asked[0] === scopes[0]);
  assert.deepEqual(own, [[scopes, false]]);
});
