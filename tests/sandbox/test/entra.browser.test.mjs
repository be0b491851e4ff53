/**
 * Unmodified msal-browser 5, 4.30 and 3.30 sign in at this Entra, in Chromium, with production's
 * host names: the ground that all end-to-end tests stand on.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { startSandbox } from "../index.mjs";

const modules = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const versions = {
  5: { file: `${modules}@azure/msal-browser/lib/msal-browser.min.js`, redirect: "bridge" },
  4: { file: `${modules}msal4/lib/msal-browser.min.js`, redirect: "blank" },
  3: { file: `${modules}msal3/lib/msal-browser.min.js`, redirect: "blank" },
};
const flowScope = "https://service.flow.microsoft.com//.default";
const slow = { timeout: 60_000 };

let sandbox;
let page;

before(async () => {
  sandbox = await startSandbox();
  for (const org of Object.values(sandbox.world.orgs)) {
    for (const [version, { file }] of Object.entries(versions)) {
      sandbox.page(org.host, `/msal${version}.js`, { file });
      sandbox.page(org.host, `/form${version}`, {
        body: `<!doctype html><title>Form</title><script src="/msal${version}.js"></script><body>A form`,
      });
    }
  }
}, slow);

after(() => sandbox.close());

/** Nobody signed in, a fresh form page, an initialized MSAL instance as `window.app`. */
async function openForm(context, version, { org = "contoso", client = "formApp" } = {}) {
  await sandbox.signOut();
  await context.clearCookies();
  page = await context.newPage();
  await reopenForm(version, { org, client });
}

async function reopenForm(version, { org = "contoso", client = "formApp" } = {}) {
  const { url, tenant } = sandbox.world.orgs[org];
  await page.goto(`${url}/form${version}`);
  await page.evaluate(
    async ({ clientId, authority, redirectUri }) => {
      window.app = new msal.PublicClientApplication({
        auth: { clientId, authority, redirectUri },
        cache: { cacheLocation: "sessionStorage" },
      });
      await window.app.initialize();
      // Functions of MSAL by name, so that Node can ask for them; errors as plain data.
      window.ask = async (method, request) => {
        try {
          const account = window.app.getAllAccounts()[0];
          const result = await window.app[method]({ ...(account && { account }), ...request });
          return {
            accessToken: result.accessToken,
            fromCache: result.fromCache,
            username: result.account.username,
            homeAccountId: result.account.homeAccountId,
            scopes: result.scopes,
          };
        } catch (error) {
          const { name, errorCode, subError, claims, errorMessage } = error;
          return { error: { name, errorCode, subError, claims, errorMessage } };
        }
      };
    },
    {
      clientId: sandbox.world.clients[client].clientId,
      authority: sandbox.world.tenants[tenant].authority,
      redirectUri: url + sandbox.world.redirectPaths[versions[version].redirect],
    },
  );
}

const ask = (method, request) =>
  page.evaluate(([name, what]) => window.ask(name, what), [method, request]);

/** Calls an interactive function and clicks through its popup. */
async function askInPopup(method, request, clicks) {
  const opened = page.waitForEvent("popup");
  const answer = ask(method, request);
  const popup = await opened;
  for (const selector of clicks) await popup.click(selector);
  return answer;
}

for (const version of Object.keys(versions)) {
  describe(`msal-browser ${version}`, () => {
    let context;
    before(async () => {
      context = await sandbox.launch();
    }, slow);
    after(() => context.close());
    afterEach(() => page.close());

    test("signs in by popup, then silently, by refresh and by single sign-on", slow, async () => {
      sandbox.reset();
      await openForm(context, version);
      const { ada, tenantId = sandbox.world.tenants.contoso.tenantId } = sandbox.world.users;

      const popup = await askInPopup("acquireTokenPopup", { scopes: [flowScope] }, [
        "[data-user=ada]",
      ]);
      assert.equal(popup.error, undefined);
      assert.equal(popup.username, ada.upn);
      assert.equal(popup.homeAccountId, `${ada.oid}.${tenantId}`);
      assert.ok(popup.scopes.includes(flowScope));
      const claims = decodeJwt(popup.accessToken);
      assert.equal(claims.aud, "https://service.flow.microsoft.com/");
      assert.equal(claims.iss, `https://sts.windows.net/${tenantId}/`);
      assert.equal(claims.tid, tenantId);
      assert.equal(claims.oid, ada.oid);
      assert.equal(claims.upn, ada.upn);
      assert.equal(claims.scp, "User");
      assert.ok(claims.exp > Date.now() / 1000 + 3000);

      const silent = await ask("acquireTokenSilent", { scopes: [flowScope] });
      assert.equal(silent.fromCache, true);
      assert.equal(silent.accessToken, popup.accessToken);

      const forced = await ask("acquireTokenSilent", { scopes: [flowScope], forceRefresh: true });
      assert.equal(forced.error, undefined);
      assert.notEqual(forced.accessToken, popup.accessToken);
      assert.equal(decodeJwt(forced.accessToken).aud, "https://service.flow.microsoft.com/");

      await page.evaluate(() => sessionStorage.clear());
      await reopenForm(version);
      const sso = await ask("ssoSilent", { scopes: [flowScope], loginHint: ada.upn });
      assert.equal(sso.error, undefined);
      assert.equal(sso.username, ada.upn);

      assertNothingUnknown();
    });

    test("gets a flow token silently after a sign-in for something else", slow, async () => {
      await openForm(context, version);
      const login = await askInPopup("loginPopup", { scopes: ["User.Read"] }, ["[data-user=ada]"]);
      assert.equal(login.error, undefined);
      const silent = await ask("acquireTokenSilent", { scopes: [flowScope] });
      assert.equal(silent.error, undefined);
      assert.equal(decodeJwt(silent.accessToken).aud, "https://service.flow.microsoft.com/");
      const own = await ask("acquireTokenSilent", {
        scopes: [`${sandbox.world.ownApi}/access_as_user`],
      });
      assert.equal(decodeJwt(own.accessToken).aud, sandbox.world.ownApi);
      assert.equal(decodeJwt(own.accessToken).scp, "access_as_user");
    });

    test("is told that a second factor is missing, until a popup brings it", slow, async () => {
      await openForm(context, version);
      await askInPopup("loginPopup", { scopes: ["User.Read"] }, ["[data-user=mia]"]);
      const silent = await ask("acquireTokenSilent", { scopes: [flowScope] });
      assert.equal(silent.error?.name, "InteractionRequiredAuthError");
      assert.match(silent.error.claims, /capolids/);
      const sso = await ask("ssoSilent", {
        scopes: [flowScope],
        loginHint: sandbox.world.users.mia.upn,
      });
      assert.equal(sso.error?.errorCode, "interaction_required");
      const popup = await askInPopup("acquireTokenPopup", { scopes: [flowScope] }, [
        "[data-action=approve]",
      ]);
      assert.equal(popup.error, undefined);
      assert.equal(popup.username, sandbox.world.users.mia.upn);
      const again = await ask("acquireTokenSilent", { scopes: [flowScope], forceRefresh: true });
      assert.equal(again.error, undefined);
    });

    test(
      "is told login_required without a session and where cookies are blocked",
      slow,
      async () => {
        const { ada } = sandbox.world.users;
        await openForm(context, version);
        let sso = await ask("ssoSilent", { scopes: [flowScope], loginHint: ada.upn });
        assert.equal(sso.error?.errorCode, "login_required");
        await page.close();

        const strict = await sandbox.launch({ thirdPartyCookies: false });
        await openForm(strict, version);
        await askInPopup("acquireTokenPopup", { scopes: [flowScope] }, ["[data-user=ada]"]);
        await page.evaluate(() => sessionStorage.clear());
        await reopenForm(version);
        sso = await ask("ssoSilent", { scopes: [flowScope], loginHint: ada.upn });
        assert.equal(sso.error?.errorCode, "login_required");
        await strict.close();
      },
    );

    test("hears of cancelling, missing consent and a missing permission", slow, async () => {
      await openForm(context, version);
      const cancelled = await askInPopup("loginPopup", { scopes: [flowScope] }, [
        "[data-action=cancel]",
      ]);
      assert.equal(cancelled.error?.errorCode, "access_denied");
      await askInPopup("loginPopup", { scopes: ["openid"] }, ["[data-user=cora]"]);
      const refresh = await ask("acquireTokenSilent", { scopes: [flowScope] });
      assert.equal(refresh.error?.name, "InteractionRequiredAuthError");
      assert.equal(refresh.error.subError, "consent_required");
      const silent = await ask("ssoSilent", {
        scopes: [flowScope],
        loginHint: sandbox.world.users.cora.upn,
      });
      assert.equal(silent.error?.errorCode, "consent_required");
      const accepted = await askInPopup("acquireTokenPopup", { scopes: [flowScope] }, [
        "[data-action=accept]",
      ]);
      assert.equal(accepted.error, undefined);
      await page.close();

      await openForm(context, version, { client: "withoutPermission" });
      await askInPopup("loginPopup", { scopes: ["User.Read"] }, ["[data-user=ada]"]);
      for (const method of ["acquireTokenSilent", "ssoSilent"]) {
        const refused = await ask(method, { scopes: [flowScope] });
        assert.equal(refused.error?.errorCode, "invalid_resource", method);
        assert.match(refused.error.errorMessage, /AADSTS650057/);
      }
    });

    test("signs in to the other clouds and tenants", slow, async () => {
      const elsewhere = {
        fabrikam: ["fay", "https://service.flow.microsoft.com/"],
        gcc: ["gil", "https://gov.service.flow.microsoft.us/"],
        gccHigh: ["hana", "https://high.service.flow.microsoft.us/"],
        dod: ["dom", "https://service.flow.appsplatform.us/"],
        china: ["chen", "https://service.powerautomate.cn/"],
      };
      for (const [org, [user, audience]] of Object.entries(elsewhere)) {
        await openForm(context, version, { org });
        const scopes = [`${audience}/.default`];
        const popup = await askInPopup("acquireTokenPopup", { scopes }, [`[data-user=${user}]`]);
        assert.equal(popup.error, undefined, org);
        assert.equal(decodeJwt(popup.accessToken).aud, audience);
        assert.equal(decodeJwt(popup.accessToken).tid, sandbox.world.orgs[org].tenantId);
        const forced = await ask("acquireTokenSilent", { scopes, forceRefresh: true });
        assert.equal(forced.error, undefined, org);
        if (org !== "china") await page.close();
      }
      assertNothingUnknown();
    });
  });
}

describe("a signed-in browser", () => {
  let context;
  beforeEach(() => sandbox.reset());
  before(async () => {
    context = await sandbox.launch();
    await openForm(context, 5);
    await askInPopup("acquireTokenPopup", { scopes: [flowScope] }, ["[data-user=ada]"]);
  }, slow);
  after(() => context.close());

  test("accepts a claims challenge and gets a token that meets it", slow, async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    sandbox.challenge(claims);
    const url = sandbox.flow("echo").triggerUrl();
    const plain = await ask("acquireTokenSilent", { scopes: [flowScope] });
    assert.equal(await invoke(url, plain.accessToken), 401);
    const challenged = await ask("acquireTokenSilent", { scopes: [flowScope], claims });
    assert.equal(challenged.error, undefined);
    assert.equal(await invoke(url, challenged.accessToken), 200);
  });

  test("fetches through a strict preflight, and is refused another header", slow, async () => {
    const url = sandbox.flow("echo").triggerUrl();
    const { accessToken } = await ask("acquireTokenSilent", { scopes: [flowScope] });
    const seen = await fetchInPage(url, accessToken, {});
    assert.deepEqual(seen, { status: 200, runId: null });
    assert.equal(
      await fetchInPage(url, accessToken, { "x-ms-client-request-id": "1" }),
      "TypeError",
    );
    assert.equal(sandbox.runs.length, 1);
    sandbox.setCors("open");
    const open = await fetchInPage(url, accessToken, { "x-other": "1" });
    assert.equal(open.runId, sandbox.runs[1].runId);
    sandbox.setCors("strict");
  });

  test("loses its session and its refresh token by signOut", slow, async () => {
    await sandbox.signOut("ada");
    const forced = await ask("acquireTokenSilent", { scopes: [flowScope], forceRefresh: true });
    assert.equal(forced.error?.errorCode, "login_required");
  });

  const invoke = async (url, token) => (await fetchInPage(url, token, {})).status;

  function fetchInPage(url, token, headers) {
    return page.evaluate(
      async ([where, bearer, more]) => {
        try {
          const answer = await fetch(where, {
            method: "POST",
            headers: {
              authorization: `Bearer ${bearer}`,
              "content-type": "application/json",
              ...more,
            },
            body: "{}",
          });
          return { status: answer.status, runId: answer.headers.get("x-ms-workflow-run-id") };
        } catch (error) {
          return error.name;
        }
      },
      [url, token, headers],
    );
  }
});

function assertNothingUnknown() {
  const strangers = sandbox.requests.filter(({ kind }) => kind === "unknown");
  assert.deepEqual(
    strangers.map(({ host, path }) => host + path),
    [],
  );
}
