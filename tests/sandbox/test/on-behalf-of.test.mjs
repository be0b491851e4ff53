/** The API of one's own: the exchange at the token endpoint, and the flow that makes it. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { send } from "../client.mjs";
import { grantType } from "../entra/on-behalf-of.mjs";
import { startSandbox } from "../index.mjs";

let sandbox;
before(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
after(() => sandbox?.close());

const own = (wishes) =>
  sandbox.mint({ audience: sandbox.world.ownApi, scp: "access_as_user", ...wishes });

async function exchange(changes) {
  const { tenants, ownApiApp } = sandbox.world;
  const form = new URLSearchParams({
    grant_type: grantType,
    client_id: ownApiApp.clientId,
    client_secret: ownApiApp.clientSecret,
    assertion: await own(),
    scope: "https://graph.microsoft.com/.default",
    requested_token_use: "on_behalf_of",
    ...changes,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const url = `${tenants.contoso.authority}/oauth2/v2.0/token`;
  return send(sandbox, url, { method: "POST", headers, body: form.toString() });
}

test("a token for the API is swapped for one of Graph, as the same user", async () => {
  const { status, json } = await exchange({ assertion: await own({ user: "bob" }) });
  assert.equal(status, 200);
  const url = "https://graph.microsoft.com/v1.0/me";
  const me = await send(sandbox, url, { bearer: json.access_token });
  assert.equal(me.json.displayName, "Bob Cratchit");
  assert.ok(sandbox.secrets.has(json.access_token));
});

for (const [what, changes, code] of [
  ["no token at all", () => ({ assertion: "" }), 50027],
  ["another service's token", async () => ({ assertion: await sandbox.mint() }), 500131],
  ["an old token", async () => ({ assertion: await own({ expiresIn: -60 }) }), 500133],
  ["an app's own token", async () => ({ assertion: await own({ appOnly: true }) }), 50013],
  ["another tenant's user", async () => ({ assertion: await own({ user: "fay" }) }), 50013],
  [
    "a token that somebody changed",
    async () => {
      const [head, body, signature] = (await own()).split(".");
      const claims = JSON.parse(Buffer.from(body, "base64url").toString());
      claims.oid = sandbox.world.users.bob.oid;
      const forged = Buffer.from(JSON.stringify(claims)).toString("base64url");
      return { assertion: [head, forged, signature].join(".") };
    },
    50013,
  ],
  ["a wrong secret", () => ({ client_secret: "guessed" }), 7000215],
  ["an app that nobody registered", () => ({ client_id: "x" }), 700016],
  ["no on_behalf_of", () => ({ requested_token_use: "" }), 900144],
]) {
  test(`the exchange refuses ${what}`, async () => {
    const { status, json } = await exchange(await changes());
    assert.ok(status === 400 || status === 401);
    assert.deepEqual(json.error_codes, [code]);
    assert.equal(json.access_token, undefined);
  });
}

test("Graph takes only its own tokens", async () => {
  const url = "https://graph.microsoft.com/v1.0/me";
  assert.equal((await send(sandbox, url, { bearer: await own() })).status, 401);
  assert.equal((await send(sandbox, url)).status, 401);
});

test("the flow answers with the name of whose token it got, and with 401 for any other", async () => {
  const url = sandbox.flow("whoCalled").triggerUrl();
  const bearer = await sandbox.mint({ user: "ada" });
  const by = async (json) => send(sandbox, url, { bearer, json });
  const known = await by({ userToken: await own({ user: "ada" }) });
  assert.deepEqual([known.status, known.json.caller], [200, "Ada Lovelace"]);
  for (const json of [{}, { caller: "Bob Cratchit" }, { userToken: bearer }]) {
    assert.equal((await by(json)).status, 401);
  }
});
