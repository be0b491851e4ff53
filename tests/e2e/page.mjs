/**
 * A bare page on an org's origin with the built library, an MSAL of a chosen version and Xrm in it, and
 * what tests need around it. One browser and one sandbox for each test file.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { startSandbox } from "../sandbox/index.mjs";
import { flowsAgent } from "../sandbox/power-automate/who-called.mjs";
// Its hook must be there before a test file's, which may reset what it looks at.
import { watchForSecrets } from "../secrets/watch.mjs";

/**
 * The library's builds that a page may have. With E2E_BUILD=compat, pages have that one unless a test says otherwise,
 * under a policy that lets no WebAssembly compile.
 */
const builds = { global: "entra-flow.global.js", compat: "entra-flow.compat.global.js" };
const usual = process.env.E2E_BUILD ?? "global";
const usualPolicy = usual === "compat" ? "script-src 'self'" : null;
const inDist = (name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const hostFiles = new URL("../sandbox/host/page/", import.meta.url);

/** msal-browser's major versions: their package, and the kind of redirect page that they want. */
export const msalVersions = {
  5: { name: "@azure/msal-browser", redirect: "bridge" },
  4: { name: "msal4", redirect: "blank" },
  3: { name: "msal3", redirect: "blank" },
};

/** For `{ timeout }` of tests and hooks: far above what any of them needs. */
export const patient = { timeout: 30_000 };

/**
 * @param {object} [options]
 * @param {string} [options.org]
 * @param {string[]} [options.versions] of MSAL that will be asked for
 * @param {boolean} [options.blocksPopups] as browsers do outside of tests
 * @param {object} [options.launch] more of how Chromium is started
 * @param {number} [options.preflightSeconds] of the sandbox
 */
export async function openPage({
  org = "contoso",
  versions = ["5"],
  blocksPopups = false,
  launch = {},
  preflightSeconds,
} = {}) {
  if (!Object.values(builds).every((name) => existsSync(inDist(name))))
    throw new Error("dist/ is missing: run `npm run build` first.");
  const sandbox = await startSandbox({ preflightSeconds });
  const secrets = watchForSecrets(sandbox);
  const { host, url: origin } = sandbox.world.orgs[org];
  await serveFiles(sandbox, host, versions);
  sandbox.page(host, "/e2e/page.html", {
    handler: (req, res) => answerPage(sandbox, org, req, res),
  });
  const context = await sandbox.launch({
    ...(blocksPopups && { ignoreDefaultArgs: ["--disable-popup-blocking"] }),
    ...launch,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(10_000);
  const said = listenTo(page);
  const lost = listenForLost(context);
  let signedInAs;

  const opened = {
    sandbox,
    context,
    page,
    /** Finds each secret that has left a page. It fails a test by itself. */
    secrets,
    /** Everything that the page wrote to its console, as text. */
    said,
    /** The requests that came to nothing since the last `as`, with the browser's own reason, which no page is told. */
    lost,

    /** @param {Record<string, string>} [query] msal, client, user, build, csp, nonce; callAtLoad: an `interaction`;
     *   keep: the browser may keep the page to come back to */
    async open(query = {}) {
      await secrets.look();
      const next = `/e2e/page.html?${new URLSearchParams(query)}`;
      await page.goto(
        `${origin}/login?${new URLSearchParams({ user: query.user ?? "ada", next })}`,
      );
    },

    /** Nobody is signed in any more, and the page has forgotten that anybody was. */
    async forget(query = {}) {
      await sandbox.signOut();
      await context.clearCookies();
      signedInAs = undefined;
      await opened.open(query);
      await page.evaluate(() => sessionStorage.clear());
      await opened.open(query);
    },

    /** A click on a button of the page, and one in the window that it opens. */
    async clickThrough(button, selectors) {
      const [popup] = await Promise.all([page.waitForEvent("popup"), page.click(button)]);
      for (const selector of selectors) await popup.click(selector);
      return popup;
    },

    /** Signed in as the user, in the org and at Entra; at no cost where that is so already. */
    async as(user, query = {}) {
      const wanted = JSON.stringify([user, query]);
      if (signedInAs !== wanted) {
        await opened.forget({ ...query, user });
        const steps = [`[data-user=${user}]`];
        if (sandbox.world.users[user].mfa) steps.push("[data-action=approve]");
        await opened.clickThrough("#sign-in", steps);
        const outcome = await page.evaluate(() => window.e2e.signedIn);
        assert.equal(outcome.error, undefined);
        signedInAs = wanted;
      }
      sandbox.reset();
      lost.length = 0;
    },

    /**
     * Runs a function in the page. Its outcome is `{ value }` or `{ error }`; neither may hold a secret.
     * @param {(argument: any) => unknown} work
     */
    async run(work, argument) {
      const outcome = await page.evaluate(
        `window.e2e.settle(${work}, ${JSON.stringify(argument) ?? "undefined"})`,
      );
      return outcome;
    },

    /** `run` for what must succeed. */
    async get(work, argument) {
      const { value, error } = await opened.run(work, argument);
      // The browser tells of a request's end a little after the page knows.
      if (error) await sleep(200);
      assert.equal(error, undefined, JSON.stringify({ ...error, lost }, null, 2));
      return value;
    },

    /** `run` for what must fail, with what the error must be. */
    async fail(expected, work, argument) {
      const { error, value, ms } = await opened.run(work, argument);
      assert.ok(error, `it succeeded: ${JSON.stringify(value)}`);
      const { isFlowError, ...found } = error;
      assert.ok(isFlowError, `no FlowError: ${JSON.stringify(error)}`);
      const compared = Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]));
      assert.deepEqual(compared, expected, `${found.message} (${found.serviceCode})`);
      assert.ok(found.message.length > 0 && found.hint.length > 0, "it has a message and a hint");
      return { ...found, ms };
    },

    /** The requests of some kinds, without preflights. @param {...string} kinds */
    sent: (...kinds) => sandbox.requests.filter(({ kind }) => kinds.includes(kind)),

    /** How many requests there were of each kind that a call makes. */
    counts() {
      const count = (kind) => opened.sent(kind).length;
      return {
        dataverse: count("dataverse"),
        flowApi: count("flowApi"),
        trigger: count("trigger"),
      };
    },

    id: (key) => sandbox.world.flows[key].workflowId,

    /** What a call came to that the page made while it loaded, before anybody could click. */
    async outcomeAtLoad(query = {}) {
      const mark = "at load: ";
      const [message] = await Promise.all([
        page.waitForEvent("console", (one) => one.text().startsWith(mark)),
        opened.open({ callAtLoad: "auto", ...query }),
      ]);
      return JSON.parse(message.text().slice(mark.length));
    },

    /** @param {string[]} written */
    assertKeepsSecrets(written) {
      for (const secret of sandbox.secrets) {
        const leak = written.find((text) => text?.includes(secret));
        assert.equal(leak, undefined, "a secret was written");
      }
    },

    /** A bearer goes to the flow API and to triggers, and nothing goes to a host that nobody knows. */
    assertTrust() {
      const strangers = sandbox.requests.filter(({ kind }) => kind === "unknown");
      assert.deepEqual(
        strangers.map((request) => request.host + request.path),
        [],
      );
      const bearers = sandbox.requests.filter(
        ({ headers }) =>
          headers.authorization !== undefined && headers["user-agent"] !== flowsAgent,
      );
      const elsewhere = bearers.filter(({ kind }) => !["flowApi", "trigger"].includes(kind));
      assert.deepEqual(
        elsewhere.map((request) => request.host + request.path),
        [],
      );
      const both = bearers.filter(({ query }) => query.sig !== undefined);
      assert.equal(both.length, 0, "a token went with a signature");
    },

    close: () => sandbox.close(),
  };
  return opened;
}

function listenTo(page) {
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error.stack ?? error)));
  return said;
}

/** @param {import("playwright-core").BrowserContext} context */
function listenForLost(context) {
  /** @type {string[]} */
  const lost = [];
  context.on("requestfailed", (request) => {
    const { host, pathname } = new URL(request.url());
    lost.push(`${request.method()} ${host}${pathname}: ${request.failure()?.errorText}`);
  });
  return lost;
}

async function serveFiles(sandbox, host, versions) {
  for (const version of versions) {
    sandbox.page(host, `/e2e/msal${version}.js`, { body: await msalBundle(version) });
  }
  for (const name of ["web-api.mjs", "xrm.mjs", "dialogs.mjs"]) {
    sandbox.page(host, `/e2e/host/${name}`, { file: fileURLToPath(new URL(name, hostFiles)) });
  }
  for (const name of Object.values(builds)) {
    sandbox.page(host, `/e2e/${name}`, { file: inDist(name) });
  }
  sandbox.page(host, "/e2e/in-page.mjs", { file: `${here}in-page.mjs` });
  sandbox.page(host, "/e2e/collect.mjs", { file: `${here}../secrets/collect.mjs` });
}

/** MSAL as a host's bundler makes it, with one global. */
async function msalBundle(version) {
  const { outputFiles } = await bundle({
    stdin: {
      contents: `export { PublicClientApplication } from "${msalVersions[version].name}";`,
      resolveDir: here,
    },
    bundle: true,
    format: "iife",
    globalName: "msal",
    platform: "browser",
    write: false,
  });
  return outputFiles[0].text;
}

function answerPage(sandbox, orgKey, req, res) {
  const { world } = sandbox;
  const org = world.orgs[orgKey];
  const query = new URL(req.url, org.url).searchParams;
  const version = query.get("msal") ?? "5";
  const user = world.users[query.get("user") ?? "ada"];
  const config = {
    clientUrl: org.url,
    environmentId: org.environmentId,
    tenantId: org.tenantId,
    organizationId: org.organizationId,
    organizationName: orgKey,
    user: { name: user.name, systemUserId: user.systemUserId },
    languageId: 1033,
    undocumented: query.get("undocumented") !== "off",
    record: { id: org.organizationId, table: "account", title: "A record" },
    clientId: world.clients[query.get("client") ?? "formApp"].clientId,
    authority: world.tenants[org.tenant].authority,
    redirectUri: org.url + world.redirectPaths[msalVersions[version].redirect],
    callAtLoad: query.get("callAtLoad"),
    echo: world.flows.echo.workflowId,
  };
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
  if (query.has("keep")) headers["cache-control"] = "no-cache";
  const policy = query.get("csp") ?? usualPolicy;
  if (policy) headers["content-security-policy"] = policy;
  const nonce = query.has("nonce") ? ` nonce="${query.get("nonce")}"` : "";
  res.writeHead(200, headers).end(`<!doctype html>
<title>A page of the org</title>
<link rel="icon" href="data:,">
<script type="application/json" id="config">${JSON.stringify(config)}</script>
<script src="/e2e/msal${version}.js"${nonce}></script>
<script src="/e2e/${builds[query.get("build") ?? usual]}"${nonce}></script>
<script type="module" src="/e2e/in-page.mjs"${nonce}></script>
<body><button id="sign-in">Sign in</button> <button id="call">Call the flow</button>`);
}
