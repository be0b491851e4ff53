/**
 * What everything is measured on: the sandbox, and a page of the org's in Chromium with the built library,
 * a real MSAL that is signed in, and the peers.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { at } from "../scripts/lib/paths.mjs";
import { defaultWorld, startSandbox } from "../tests/sandbox/index.mjs";

export const legMs = 50;
const extraFlows = 50;

// Timers of 5 µs need an isolated page; the sign-in, whose popup needs its opener, comes before it.
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** @typedef {Awaited<ReturnType<typeof openStage>>} Stage */

/** @param {{ quick?: boolean, record?: boolean }} [options] */
export async function openStage({ quick = false, record = false } = {}) {
  const world = defaultWorld();
  const manyFlows = addFlows(world);
  // So long that no measured call pays for a preflight: whom it would hit is chance.
  const sandbox = await startSandbox({ world, preflightSeconds: 7200, http2: true });
  const { host, url: origin } = world.orgs.contoso;
  try {
    await servePages(sandbox, host);
    const context = await sandbox.launch({ args: ["--enable-features=SharedArrayBuffer"] });
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("pageerror", (error) => console.error("in the page:", error.message));
    await page.addInitScript(watchMemory);
    await page.goto(`${origin}/login?user=ada&next=/bench/sign-in.html`);
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.click("#sign-in")]);
    await popup.click("[data-user=ada]");
    await page.evaluate(() => window.bench.signedIn);
    const cdp = await context.newCDPSession(page);

    const stage = {
      sandbox,
      page,
      cdp,
      record,
      browserVersion: await browserVersion(cdp),
      echo: world.flows.echo.workflowId,
      manyFlows,

      /** How often to do something: fewer times where the run is to be quick. */
      times: (often, whenQuick) => (quick ? whenQuick : often),

      /** A fresh page with the library in it. @param {string} [name] */
      async open(name = "page.html") {
        stage.forget();
        await page.goto(`${origin}/bench/${name}`);
      },

      /** Runs a function of `window.bench` in the page. */
      call: (name, ...args) =>
        page.evaluate(([name, args]) => window.bench[name](...args), [name, args]),

      /** Each request of the three legs takes so long on its way; so does a preflight, where one is sent. */
      latency(ms) {
        for (const kind of ["dataverse", "flowApi", "trigger", "preflight"]) {
          sandbox.fault({ kind, times: Number.POSITIVE_INFINITY, effect: { delayMs: ms } });
        }
      },

      /** What the sandbox wrote down would only fill its memory. */
      forget() {
        sandbox.requests.length = 0;
        sandbox.runs.length = 0;
      },

      /** How many requests of each kind came since `forget`. */
      counts() {
        const count = (kind, path = "") =>
          sandbox.requests.filter((sent) => sent.kind === kind && sent.path.endsWith(path)).length;
        return {
          rows: count("dataverse"),
          discoveries: count("flowApi"),
          tokens: count("entra", "/token"),
          invokes: count("trigger"),
          preflights: count("preflight"),
        };
      },

      /** As at the start: no latency, nothing written down. */
      reset() {
        sandbox.reset();
      },

      close: () => sandbox.close(),
    };
    return stage;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function browserVersion(cdp) {
  return (await cdp.send("Browser.getVersion")).product;
}

/** The environment variable that has the trigger URL of one of the fifty. */
export const variableOf = (index) => `ef_Bench${index}Url`;

/** Fifty more like echo, for what is done to many flows. */
function addFlows(world) {
  const { echo } = world.flows;
  return Array.from({ length: extraFlows }, (_, index) => {
    const key = `bench${index}`;
    const hex = createHash("sha256").update(key).digest("hex");
    const guid = (from) =>
      `${hex.slice(from, from + 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    world.flows[key] = {
      ...structuredClone(echo),
      key,
      name: `One of fifty: ${index}`,
      workflowId: guid(0),
      resourceId: guid(32),
      pathId: hex.slice(32),
      answer: "echo",
    };
    world.environmentVariables.contoso.push({
      schemaName: variableOf(index),
      displayName: `Trigger URL of one of fifty: ${index}`,
      flow: key,
    });
    return world.flows[key].workflowId;
  });
}

async function servePages(sandbox, host) {
  const { world } = sandbox;
  const { environmentId, tenantId, url: origin } = world.orgs.contoso;
  const config = {
    environmentId,
    tenantId,
    origin,
    clientId: world.clients.formApp.clientId,
    authority: world.tenants.contoso.authority,
    redirectUri: origin + world.redirectPaths.bridge,
  };
  const scripts = {
    "in-page.js": await bundle({ entryPoints: [at("bench", "page", "in-page.ts")] }),
    "start.js": await bundle({ entryPoints: [at("bench", "page", "start.ts")] }),
    "msal.js": await bundleOf(peers.msal, "msal"),
  };
  for (const name of ["entra-flow.global.js", "entra-flow.compat.global.js"]) {
    scripts[name] = readFileSync(at("dist", name), "utf8");
  }
  for (const [name, body] of Object.entries(scripts)) {
    sandbox.page(host, `/bench/${name}`, { body: marked(body) });
  }
  const tag = (name) => `<script src="/bench/${name}"></script>`;
  const all = tag("entra-flow.global.js") + tag("in-page.js");
  const pages = {
    "sign-in.html": [`<button id="sign-in">Sign in</button>${all}`, {}],
    "page.html": [all, isolated],
    "page-compat.html": [tag("entra-flow.compat.global.js") + tag("in-page.js"), isolated],
    "start.html": [tag("start.js"), isolated],
  };
  for (const [name, [body, headers]] of Object.entries(pages)) {
    sandbox.page(host, `/bench/${name}`, {
      headers,
      body: `<!doctype html><title>Benchmark</title><link rel="icon" href="data:,"><script type="application/json" id="config">${JSON.stringify(config)}</script>${body}`,
    });
  }
}

/** A script that says when its first and its last line ran, and tells who waits for it. */
export const marked = (script) =>
  `"use strict";performance.mark("script-start");${script}\nperformance.mark("script-end");window.evaluated?.();`;

/** What a page of each peer imports: as little of it as the job needs. */
export const peers = {
  msal: `export { PublicClientApplication } from "@azure/msal-browser";`,
  ky: `export { default } from "ky";`,
  pipeline: `export { createPipelineFromOptions, createDefaultHttpClient, createPipelineRequest, createHttpHeaders, bearerTokenAuthenticationPolicy } from "@azure/core-rest-pipeline";`,
  dynamicsWebApi: `export { DynamicsWebApi } from "dynamics-web-api";`,
  handWritten: `export { HandWrittenFlow } from "./hand-written.ts";`,
};

/** A peer as a host's bundler makes it. */
export const bundleOf = (contents, globalName) =>
  bundle({ stdin: { contents, resolveDir: at("bench") }, globalName });

async function bundle(options) {
  const { outputFiles } = await build({
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
    ...options,
  });
  return outputFiles[0].text;
}

/** In the page, before any script: the library hands out no handle to its memory. */
function watchMemory() {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const made = await instantiate(...args);
    window.wasmMemory = (made.instance ?? made).exports.memory;
    return made;
  };
}
