/**
 * A Power Platform on this machine: one process, one TLS port, answering by host name as
 * production does. README.md says what is in it.
 */
import { constants } from "node:crypto";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import { browserArgs, launch } from "./browser.mjs";
import { isPreflight, setCorsHeaders } from "./cors.mjs";
import { Dataverse } from "./dataverse/index.mjs";
import { operationWorker } from "./dataverse/operations.mjs";
import { dispatcher } from "./dispatch.mjs";
import { Entra } from "./entra/index.mjs";
import { Tokens } from "./entra/tokens.mjs";
import { Faults } from "./faults.mjs";
import { flowHandle, giveSignature } from "./flow-handle.mjs";
import { Graph } from "./graph.mjs";
import { addRedirectPages, Pages } from "./pages.mjs";
import { FlowApi } from "./power-automate/flow-api.mjs";
import { FlowRuntime } from "./power-automate/runtime.mjs";
import { whoCalled } from "./power-automate/who-called.mjs";
import { Recorder } from "./recorder.mjs";
import { Sessions } from "./sessions.mjs";
import { selfSignedCertificate } from "./tls.mjs";
import { Wire } from "./wire.mjs";
import { defaultWorld } from "./world.mjs";

export { dataverseThrottled, throttled } from "./faults.mjs";
export { defaultWorld } from "./world.mjs";

/**
 * Where sources differ or say nothing, a test may choose. Set them on `sandbox.settings`.
 * @typedef {ReturnType<typeof defaultSettings>} Settings
 */
function defaultSettings() {
  return {
    /** @type {"wrapped" | "bare" | "content" | "parts"} of listCallbackUrl's answer */
    answerShape: "wrapped",
    /** Logic Apps shows the relative path's template inside `value`; Power Automate is not known to. */
    templateInValue: false,
    /** Does listCallbackUrl take a workflowid for a resourceid? */
    acceptWorkflowId: false,
    /** MisMatchingOAuthClaims comes as 401 or as 403. */
    mismatchStatus: 401,
    /** @type {"service" | "bare"} does the refusal of an expired token have a body? */
    expired: "service",
    /** Do tokens that `expireTokens()` ended also end for listCallbackUrl? */
    expiryReachesFlowApi: false,
    /** How long a flow may take to reach its Response action: 120 s in production. */
    noResponseMs: 2000,
    /** Off: each connection is for one request, so that Chromium repeats none by itself. */
    keepAlive: true,
  };
}

/**
 * What a browser may send over HTTP/2 before it is given leave to go on. Node's own 64 kB would make ten megabytes ask for it 160
 * times, and then they take a quarter or two thirds of a second, as chance will have it.
 */
const WINDOW_BYTES = 16 * 1024 * 1024;
const wideWindow = { settings: { initialWindowSize: WINDOW_BYTES } };

/**
 * @param {object} [options]
 * @param {"strict" | "open"} [options.cors]
 * @param {import("./world.mjs").World} [options.world]
 * @param {number} [options.port]  0 takes a free one
 * @param {number} [options.preflightSeconds]  how long a browser may keep a preflight's answer; by its own
 *   default, 5 s in Chromium, where it is not given
 * @param {boolean} [options.http2]  HTTP/2 as production speaks it. Of the faults, only those of time are taken: the
 *   others are of HTTP/1.1's connections
 */
export async function startSandbox({
  cors = "strict",
  world = defaultWorld(),
  port = 0,
  preflightSeconds,
  http2 = false,
} = {}) {
  const corsRules = {
    mode: cors,
    preflightSeconds,
    origins: new Set(Object.values(world.orgs).map(({ url }) => url)),
  };
  const settings = defaultSettings();
  const recorder = new Recorder();
  const wire = new Wire();
  const faults = new Faults(wire, { http2 });
  const pages = new Pages();
  const sessions = new Sessions(world);
  const tokens = new Tokens(world);
  for (const flow of Object.values(world.flows)) giveSignature(flow, tokens);
  const flowsAtStart = structuredClone(world.flows);
  const runtime = new FlowRuntime(world, tokens, settings, {
    whoCalled: whoCalled(world, () => actualPort),
  });
  const entra = new Entra(world, tokens);
  const dataverse = new Dataverse(world, sessions, operationWorker(world, runtime.runs));
  const flowApi = new FlowApi(world, tokens, settings);
  const graph = new Graph(world, tokens);
  const find = dispatcher({
    world,
    pages,
    sessions,
    handlers: { entra, dataverse, flowApi, runtime, graph },
  });
  await addRedirectPages(world, pages);
  await Promise.all(Object.values(world.tenants).map(({ tenantId }) => tokens.keyOf(tenantId)));

  const tls = await selfSignedCertificate();
  // A handshake that resumes a session does not ask for the name.
  const options = {
    ...tls,
    maxHeaderSize: 64 * 1024,
    SNICallback: nameGiven,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  const server = http2 ? createSecureServer({ ...options, ...wideWindow }) : createServer(options);
  server.on("session", (session) => session.setLocalWindowSize(WINDOW_BYTES));
  server.on("request", (req, res) => {
    // HTTP/2 has the host in the request's line.
    req.headers.host ??= req.authority;
    handle(req, res).catch((error) => {
      if (!res.destroyed) console.error("sandbox:", error);
      res.destroy();
    });
  });
  server.on("connection", (socket) => wire.add(socket));
  server.on("secureConnection", (socket) => wire.addSecure(socket));
  server.keepAliveTimeout = 60_000;

  /**
   * In the handshake of a connection. (Node calls it on the connection.)
   * @this {import("node:tls").TLSSocket}
   * @param {string} host
   * @param {(error: null) => void} goOn
   */
  function nameGiven(host, goOn) {
    if (faults.connection(host, this)) goOn(null);
  }

  /** The life of one request: recorded, found its service, spoiled or not, answered. */
  async function handle(req, res) {
    const entry = recorder.start(req, res);
    const service = find(entry.host, entry.path);
    entry.kind = isPreflight(req) && service.kind !== "unknown" ? "preflight" : service.kind;
    entry.user = userNameOf(entry, req);
    if (!settings.keepAlive) res.shouldKeepAlive = false;
    const fault = faults.claim(entry);
    if (faults.beforeBody(fault, res)) return;
    const body = await readBody(req);
    if (!body) return;
    req.rawBody = body;
    recorder.keepBody(entry, body);
    if (service.crossOrigin) setCorsHeaders(req, res, corsRules);
    await faults.around(fault, res, () => {
      if (service.crossOrigin && isPreflight(req)) return res.writeHead(200).end();
      return service.handle(req, res);
    });
  }

  /** By the token's oid, else by the org's session. */
  function userNameOf({ bearer }, req) {
    const oid = bearer?.claims?.oid;
    if (!oid) return sessions.nameOf(req);
    return Object.keys(world.users).find((name) => world.users[name].oid === oid) ?? null;
  }

  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(undefined));
  });
  const { port: actualPort } = /** @type {import("node:net").AddressInfo} */ (server.address());
  /** @type {Set<import("playwright-core").BrowserContext>} */
  const browsers = new Set();

  return {
    port: actualPort,
    world,
    settings,
    /** Short for `settings.answerShape`. */
    get answerShape() {
      return settings.answerShape;
    },
    set answerShape(shape) {
      settings.answerShape = shape;
    },
    requests: recorder.requests,
    runs: runtime.runs,
    /** Every access, second, id and refresh token and every SAS signature that was ever issued. */
    secrets: tokens.secrets,
    /** @param {(entry: import("./recorder.mjs").RecordedRequest) => void} tell */
    watchRequests: (tell) => recorder.watchers.add(tell),
    /** Who answers a URL. @param {string | URL} url */
    kindOf(url) {
      const { hostname, pathname } = new URL(url);
      return find(hostname, pathname).kind;
    },

    browserArgs: () => browserArgs(actualPort),
    /** @param {Parameters<typeof launch>[1]} [options] */
    async launch(options = {}) {
      const context = await launch(actualPort, options);
      browsers.add(context);
      context.once("close", () => browsers.delete(context));
      return context;
    },

    /** @param {import("./faults.mjs").FaultRule} rule */
    fault: (rule) => faults.add(rule),
    /** @param {string} key */
    flow: (key) => flowHandle({ world, tokens, runtime, key }),
    /** The rows of a table, to read and to change. @param {string} org @param {string} table */
    rows: (org, table) => dataverse.rows(org, table),
    /** @param {string} host @param {string} path @param {import("./pages.mjs").Page} page */
    page: (host, path, page) => pages.add(host, path, page),
    /** A cookie header for a session of the org's. @param {string} userName */
    sessionCookie: (userName) => `CrmOwinAuth=${sessions.open(userName)}`,
    /** @param {Parameters<Tokens["mint"]>[0]} [wishes] */
    mint: (wishes) => tokens.mint(wishes),

    /** @param {"strict" | "open"} mode */
    setCors(mode) {
      corsRules.mode = mode;
    },
    /** Ends Entra's sessions and refresh tokens, of one user or of all. @param {string} [userName] */
    signOut: (userName) => entra.signOut(userName),
    /** Ends the org's own sessions. @param {string} [userName] */
    endSessions: (userName) => sessions.end(userName),
    /** The flow runtime refuses every token issued so far as expired. */
    expireTokens: () => tokens.expireAll(),
    /** From now on the runtime wants tokens that were asked for with these claims; null ends it. @param {string | null} claimsJson */
    challenge(claimsJson) {
      tokens.challenge = claimsJson;
    },

    /** Ends every connection, at once. */
    closeConnections: () => wire.closeAll(),

    /** As new, but for pages, sessions and sign-ins. */
    reset() {
      recorder.reset();
      faults.reset();
      tokens.reset();
      runtime.reset();
      Object.assign(settings, defaultSettings());
      for (const [key, flow] of Object.entries(flowsAtStart)) restore(world.flows[key], flow);
      dataverse.reset();
    },

    async close() {
      await Promise.all([...browsers].map((context) => context.close().catch(() => {})));
      wire.closeAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startSandbox>>} Sandbox */

/** Puts a flow back in place, so that references to it stay good. */
function restore(flow, before) {
  for (const name of Object.keys(flow)) if (!(name in before)) delete flow[name];
  Object.assign(flow, structuredClone(before));
}

/** The whole body, or null where the client went away. */
async function readBody(req) {
  try {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}
