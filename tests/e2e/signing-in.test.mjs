/** Who signs in, how, and what happens where that fails; with unmodified msal-browser 5, 4 and 3. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { msalVersions, openPage, patient } from "./page.mjs";

let e2e;
let users;
const versions = Object.keys(msalVersions);
before(async () => {
  e2e = await openPage({ versions, blocksPopups: true });
  users = e2e.sandbox.world.users;
}, patient);
afterEach(() => e2e.assertTrust());
after(() => e2e?.close());

const flowScope = "https://service.flow.microsoft.com//.default";
const echo = () => e2e.id("echo");
const call = (given) => window.e2e.call(given);
const called = () => e2e.page.evaluate(() => window.e2e.called);
const signedIn = () => e2e.page.evaluate(() => window.e2e.signedIn);
const callers = () => e2e.sent("trigger").map(({ user }) => user);
const entra = () => e2e.sent("entra").map(({ method, path }) => `${method} ${path}`);
const authorizations = () =>
  e2e.sent("entra").filter(({ path }) => path.endsWith("/oauth2/v2.0/authorize"));
const asksForNothing = { code: "interaction_required", stage: "token", mayHaveRun: false };

function assertNoWindow() {
  assert.equal(e2e.context.pages().length, 1, "no window is open");
}

/** Nobody is signed in; the page is open and the sandbox has forgotten how that came. */
async function start(query) {
  for (const left of e2e.context.pages().filter((one) => one !== e2e.page)) await left.close();
  await e2e.forget(query);
  e2e.sandbox.reset();
}

/** A sign-in that the host made for something else. */
async function hostSignsIn(user, request = { scopes: ["User.Read"] }) {
  const [popup] = await Promise.all([
    e2e.page.waitForEvent("popup"),
    e2e.page.evaluate((asked) => {
      window.hostSignedIn = window.e2e.msal().then(async (app) => {
        await app.loginPopup(asked);
      });
    }, request),
  ]);
  await popup.click(`[data-user=${user}]`);
  await e2e.page.evaluate(() => window.hostSignedIn);
}

for (const msal of versions) {
  describe(`with msal-browser ${msal}`, () => {
    test("a click opens a window, and calls after it are silent", patient, async () => {
      await start({ msal });
      await e2e.clickThrough("#call", ["[data-user=ada]"]);
      const first = await called();
      assert.deepEqual(first.value?.data.youSent, { clicked: true }, first.error?.message);

      const before = entra().length;
      await e2e.get(call, { flow: echo() });
      assert.equal(entra().length, before, "MSAL answers from its cache");
      assert.deepEqual(callers(), ["ada", "ada"]);
    });

    test("signIn() in a click is silence later", patient, async () => {
      await start({ msal });
      await e2e.clickThrough("#sign-in", ["[data-user=ada]"]);
      assert.equal((await signedIn()).error, undefined);
      assert.deepEqual(e2e.counts(), { dataverse: 0, flowApi: 0, trigger: 0 });
      await e2e.get(call, { flow: echo() });
      assert.deepEqual(callers(), ["ada"]);
      assertNoWindow();
    });

    test("a page that forgot the user finds them by Entra's session", patient, async () => {
      const query = { msal };
      await e2e.as("ada", query);
      await e2e.page.evaluate(() => sessionStorage.clear());
      await e2e.open(query);
      await e2e.get(call, { flow: echo(), client: { loginHint: users.ada.upn } });
      assert.deepEqual(callers(), ["ada"]);
      const [{ query: asked }] = authorizations();
      assert.deepEqual([asked.prompt, asked.login_hint], ["none", users.ada.upn]);
      assert.equal(asked.scope.split(" ")[0], flowScope);
      assertNoWindow();
    });

    test("without a hint a session is not guessed at", patient, async () => {
      const query = { msal };
      await e2e.as("ada", query);
      await e2e.page.evaluate(() => sessionStorage.clear());
      await e2e.open(query);
      await e2e.fail(asksForNothing, call, { flow: echo() });
      assert.deepEqual(authorizations(), []);
      // The account is back for the tests that follow.
      await e2e.get(call, { flow: echo(), client: { loginHint: users.ada.upn } });
    });

    test("interaction none asks nobody and says what to do", patient, async () => {
      await start({ msal });
      const error = await e2e.fail(asksForNothing, call, {
        flow: echo(),
        client: { interaction: "none", loginHint: users.ada.upn },
      });
      assert.equal(error.serviceCode, "login_required");
      assert.match(error.hint, /signIn\(\)/);
      assertNoWindow();
      assert.equal(e2e.counts().trigger, 0);
    });

    test("a call at load opens no window by itself", patient, async () => {
      await start({ msal });
      const { error } = await e2e.outcomeAtLoad({ msal });
      assert.equal(error?.code, "interaction_required");
      assert.equal(error.stage, "token");
      assertNoWindow();
      assert.deepEqual(authorizations(), []);
    });

    test("a window that the browser blocks is popup_blocked", patient, async () => {
      await start({ msal });
      const { error } = await e2e.outcomeAtLoad({ msal, callAtLoad: "popup" });
      assert.equal(error?.code, "popup_blocked");
      assert.deepEqual([error.stage, error.mayHaveRun], ["token", false]);
      assertNoWindow();
    });

    test(
      "cancelling in the window is sign_in_cancelled, and another try works",
      patient,
      async () => {
        await start({ msal });
        await e2e.clickThrough("#call", ["[data-action=cancel]"]);
        const { error } = await called();
        assert.equal(error?.code, "sign_in_cancelled");
        assert.deepEqual([error.stage, error.mayHaveRun, error.retryable], ["token", false, true]);
        await e2e.clickThrough("#call", ["[data-user=ada]"]);
        assert.deepEqual((await called()).value?.data.youSent, { clicked: true });
      },
    );

    // Version 5 does not look at its window: it hears from the redirect page or of the time's end.
    if (msal !== "5") {
      test("closing the window is sign_in_cancelled", patient, async () => {
        await start({ msal });
        const popup = await e2e.clickThrough("#call", []);
        await popup.waitForSelector("[data-user=ada]");
        await popup.close();
        const { error } = await called();
        assert.deepEqual(
          [error?.code, error?.serviceCode],
          ["sign_in_cancelled", "user_cancelled"],
        );
      });
    }

    test("a missing second factor is asked for in the window", patient, async () => {
      await start({ msal, user: "mia" });
      await hostSignsIn("mia");
      const error = await e2e.fail(asksForNothing, call, { flow: echo() });
      assert.match(error.serviceCode, /^(interaction_required|basic_action)$/);
      assert.equal(e2e.counts().trigger, 0);
      await e2e.clickThrough("#call", ["[data-action=approve]"]);
      assert.deepEqual((await called()).value?.data.youSent, { clicked: true });
      await e2e.get(call, { flow: echo() });
      assert.deepEqual(callers(), ["mia", "mia"]);
    });

    test("a missing consent is asked for in the window", patient, async () => {
      await start({ msal, user: "cora" });
      await hostSignsIn("cora", { scopes: ["openid"] });
      await e2e.fail(asksForNothing, call, { flow: echo() });
      await e2e.clickThrough("#call", ["[data-action=accept]"]);
      assert.deepEqual((await called()).value?.data.youSent, { clicked: true });
    });

    test("a claims challenge that the page can read gets the token it wants", patient, async () => {
      await e2e.as("ada", { msal });
      e2e.sandbox.setCors("open");
      e2e.sandbox.challenge('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}');
      const { attempts } = await e2e.get(call, { flow: echo() });
      assert.equal(attempts, 2);
      assert.equal(e2e.sandbox.runs.length, 1);
      e2e.sandbox.setCors("strict");
    });

    test("a claims challenge that the page can't read is unauthorized", patient, async () => {
      await e2e.as("ada", { msal });
      e2e.sandbox.challenge('{"access_token":{"acrs":{"essential":true,"value":"c2"}}}');
      const expected = { code: "unauthorized", stage: "invoke", status: 401, mayHaveRun: false };
      await e2e.fail(expected, call, { flow: echo() });
      assert.equal(e2e.counts().trigger, 2);
    });

    test(
      "the host's MSAL is asked for tokens and accounts, and for nothing else",
      patient,
      async () => {
        await start({ msal });
        await e2e.page.evaluate(async () => {
          const app = await window.e2e.msal();
          window.asked = new Set();
          const watched = new Proxy(app, {
            get(target, name) {
              window.asked.add(name);
              const value = target[name];
              return typeof value === "function" ? value.bind(target) : value;
            },
          });
          window.e2e.msal = async () => watched;
        });
        await e2e.clickThrough("#call", ["[data-user=ada]"]);
        assert.equal((await called()).error, undefined);
        const hinted = { flow: echo(), client: { loginHint: users.ada.upn } };
        await e2e.get(call, hinted);
        await e2e.sandbox.signOut();
        e2e.sandbox.expireTokens();
        await e2e.fail(asksForNothing, call, hinted);
        const asked = await e2e.page.evaluate(() => [...window.asked]);
        const ways = ["acquireTokenPopup", "acquireTokenSilent", "getAllAccounts", "ssoSilent"];
        const mayBeLookedFor = ["then", "getToken"];
        assert.deepEqual(asked.filter((name) => !mayBeLookedFor.includes(name)).sort(), ways);
        const active = await e2e.page.evaluate(async () =>
          (await window.e2e.msal()).getActiveAccount(),
        );
        assert.equal(active, null, "setActiveAccount is the host's");
      },
    );
  });
}

describe("of several accounts", () => {
  const pick = (client) => e2e.get(call, { flow: echo(), client });

  before(async () => {
    await start();
    await hostSignsIn("ada", { scopes: [flowScope] });
    // Somebody else at the same machine: their session takes the place of the first.
    await e2e.sandbox.signOut();
    await hostSignsIn("eve", { scopes: [flowScope] });
    e2e.sandbox.reset();
  }, patient);

  test("none is guessed", patient, async () => {
    const error = await e2e.fail(asksForNothing, call, { flow: echo() });
    assert.match(error.hint, /account or loginHint/);
    assert.deepEqual(authorizations(), []);
    assert.equal(e2e.counts().trigger, 0);
  });

  test("loginHint picks one, in any case of letters", patient, async () => {
    await pick({ loginHint: users.eve.upn.toUpperCase() });
    await pick({ loginHint: users.ada.upn });
    assert.deepEqual(callers(), ["eve", "ada"]);
  });

  test("account picks one", patient, async () => {
    e2e.sandbox.reset();
    for (const name of ["ada", "eve"]) {
      await e2e.get(
        async ({ flow, upn }) => {
          const accounts = (await window.e2e.msal()).getAllAccounts();
          const account = accounts.find(({ username }) => username === upn);
          return window.e2e.call({ flow, client: { account } });
        },
        { flow: echo(), upn: users[name].upn },
      );
    }
    assert.deepEqual(callers(), ["ada", "eve"]);
  });

  test("another tenant's is not taken", patient, async () => {
    e2e.sandbox.reset();
    const { tenantId } = e2e.sandbox.world.tenants.fabrikam;
    await e2e.fail(asksForNothing, call, { flow: echo(), client: { tenantId } });
    assert.equal(e2e.counts().trigger, 0);
  });

  test("the user chooses one in a click", patient, async () => {
    e2e.sandbox.reset();
    const popup = await e2e.clickThrough("#call", []);
    await popup.click("[data-user=eve]");
    assert.deepEqual((await called()).value?.data.youSent, { clicked: true });
    assert.equal(authorizations()[0].query.prompt, "select_account");
    assert.deepEqual(callers(), ["eve"]);
  });
});

describe("a getToken function", () => {
  /** A client whose getToken notes what it was asked in `window.asked`, and answers as `answer` says. */
  const ask = (given) =>
    e2e.run(
      `async ({ flow, client, answer }) => {
        window.asked = [];
        const tokens = async (request) => {
          const app = await window.e2e.msal();
          const [account] = app.getAllAccounts();
          return (await app.acquireTokenSilent({ ...request, account })).accessToken;
        };
        const say = ${given.answer ?? "(request, tokens) => tokens(request)"};
        const getToken = (request) => {
          window.asked.push(structuredClone(request));
          return say(request, tokens);
        };
        return window.e2e.call({ flow, client: { ...client, auth: { getToken } } });
      }`,
      { flow: echo(), client: given.client },
    );
  const asked = () => e2e.page.evaluate(() => window.asked);
  const wantsUser = `async (request, tokens) => {
    if (request.interactive) return tokens(request);
    throw Object.assign(new Error("who?"), { name: "InteractionRequiredAuthError", errorCode: "login_required" });
  }`;

  before(() => e2e.as("ada"), patient);

  test("is asked once, for the flow service's scope", patient, async () => {
    const { value } = await ask({});
    assert.equal(value?.attempts, 1);
    const [request, ...others] = await asked();
    assert.deepEqual(others, []);
    assert.deepEqual(request.scopes, [flowScope]);
    assert.equal(request.interactive, false);
    assert.ok(!request.forceRefresh && !request.claims, "nothing was refused yet");
    assert.deepEqual(callers(), ["ada"]);
  });

  test("is asked for a fresh token where one was refused", patient, async () => {
    e2e.sandbox.reset();
    e2e.sandbox.setCors("open");
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c3"}}}';
    e2e.sandbox.challenge(claims);
    const { value, error } = await ask({});
    e2e.sandbox.setCors("strict");
    assert.equal(value?.attempts, 2, error?.message);
    const [, again, ...others] = await asked();
    assert.deepEqual(others, []);
    assert.deepEqual(again, {
      scopes: [flowScope],
      claims,
      forceRefresh: true,
      interactive: false,
    });
  });

  test("may show a window where the client may", patient, async () => {
    e2e.sandbox.reset();
    const { value, error } = await ask({ answer: wantsUser, client: { interaction: "popup" } });
    assert.equal(value?.status, 200, error?.message);
    const ways = (await asked()).map(({ interactive }) => interactive);
    assert.deepEqual(ways, [false, true]);
  });

  test("is not asked to where the client may not", patient, async () => {
    const { error } = await ask({ answer: wantsUser, client: { interaction: "none" } });
    assert.equal(error?.code, "interaction_required");
    assert.equal(error.serviceCode, "login_required");
    assert.deepEqual(
      (await asked()).map(({ interactive }) => interactive),
      [false],
    );
  });

  for (const [what, answer] of [
    ["rejects", "() => Promise.reject(new Error('no token today'))"],
    ["throws", "() => { throw new Error('no token today'); }"],
    ["answers nothing", "() => undefined"],
    ["answers an empty text", "async () => ''"],
    ["answers what is no header value", "async () => 'two words'"],
  ]) {
    test(`that ${what} is token_failed`, patient, async () => {
      e2e.sandbox.reset();
      const { error } = await ask({ answer });
      assert.equal(error?.code, "token_failed", JSON.stringify(error));
      assert.deepEqual([error.stage, error.mayHaveRun, error.retryable], ["token", false, false]);
      assert.deepEqual([e2e.counts().flowApi, e2e.counts().trigger], [0, 0]);
    });
  }
});

describe("a sign-in fails", () => {
  test("as token_failed where the registration lacks the permission", patient, async () => {
    await start({ client: "withoutPermission" });
    await hostSignsIn("ada");
    const expected = { code: "token_failed", stage: "token", serviceCode: "invalid_resource" };
    const error = await e2e.fail(expected, call, { flow: echo() });
    assert.match(error.message, /AADSTS650057/);
    assert.match(error.hint, /Power Automate → User/);
  });

  test("as token_failed where MSAL was not initialized", patient, async () => {
    await e2e.as("ada");
    const expected = { code: "token_failed", stage: "token", mayHaveRun: false };
    const error = await e2e.fail(
      expected,
      ({ flow }) => {
        const { clientId, authority } = window.e2e.config;
        const auth = new window.msal.PublicClientApplication({ auth: { clientId, authority } });
        return window.e2e.call({
          flow,
          client: { auth, loginHint: "ada@contoso.onmicrosoft.com" },
        });
      },
      { flow: echo() },
    );
    assert.match(error.hint, /initialize\(\)/);
  });

  test("as network where Entra can't be reached, but not for a moment of it", patient, async () => {
    await e2e.as("ada");
    const renew = { flow: echo(), client: { maxAttempts: 2 } };
    const tokens = { kind: "entra", path: "/oauth2/v2.0/token", times: Infinity };
    const fault = e2e.sandbox.fault({ ...tokens, effect: { drop: "before" } });
    await e2e.page.evaluate(() => {
      for (const key of Object.keys(sessionStorage)) {
        if (/accesstoken/i.test(key)) sessionStorage.removeItem(key);
      }
    });
    const expected = { code: "network", stage: "token", mayHaveRun: false, retryable: true };
    await e2e.fail(expected, call, renew);
    assert.ok(fault.hits >= 2, "it was tried again");
    assert.equal(e2e.counts().trigger, 0);
    fault.remove();
    await e2e.get(call, renew);
  });

  test("as interaction_required where another window is open", patient, async () => {
    await start();
    const popup = await e2e.clickThrough("#sign-in", []);
    await popup.waitForSelector("[data-user=ada]");
    await e2e.page.evaluate(() => {
      window.first = window.e2e.signedIn;
    });
    await e2e.page.click("#call");
    const { error } = await called();
    assert.equal(error?.code, "interaction_required");
    assert.match(error.hint, /Another sign-in is open/);
    await popup.click("[data-user=ada]");
    assert.equal((await e2e.page.evaluate(() => window.first)).error, undefined);
  });
});
