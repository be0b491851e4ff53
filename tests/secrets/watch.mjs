/**
 * Watches all that leaves a sandbox's browsers, and fails the test after which a secret was found in it. Whoever starts
 * browsers imports this before it registers hooks of its own: `watchForSecrets(sandbox)` is all there is to do.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach } from "node:test";
import { Needles } from "./needles.mjs";
import { partsOf } from "./requests.mjs";

/** @type {Set<ReturnType<typeof watchForSecrets>>} */
const watches = new Set();
afterEach(async () => {
  for (const watch of watches) await watch.assertNone();
});

const collector = readFileSync(new URL("collect.mjs", import.meta.url), "utf8").replaceAll(
  /^export /gm,
  "",
);

/**
 * MSAL's own entries are where tokens are kept. Keys of version 3 and 4: `<account>-<host>-<tenant>` and
 * `<account>-<host>-accesstoken-…`; of 5: `msal.2|<account>|<host>|accesstoken|…`.
 */
const msalsOwn =
  /^(?:local|session)Storage: (?:msal\.|[0-9a-f-]{36}\.[0-9a-f-]{36}-login\.|.*[-|](?:accesstoken|idtoken|refreshtoken|AccessToken|IdToken|RefreshToken)[-|])|^indexedDB: msal\.db/;

/** @param {import("../sandbox/index.mjs").Sandbox} sandbox */
export function watchForSecrets(sandbox) {
  const needles = new Needles();
  /** What was seen and not yet searched. @type {[string, string][]} */
  let texts = [];
  /** @type {Parameters<typeof partsOf>[0][]} */
  let requests = [];
  /** @type {Promise<unknown>[]} */
  let pending = [];
  const contexts = new Set();
  /** @type {RegExp | undefined} */
  let meant;
  const write = (place, text) => texts.push([place, text]);

  sandbox.watchRequests((entry) => {
    // The search comes later, when kind and body are known.
    requests.push(entry);
  });
  const { launch } = sandbox;
  sandbox.launch = async (options) => {
    const context = await launch(options);
    contexts.add(context);
    context.once("close", () => contexts.delete(context));
    context.on("request", (request) => requests.push(asRecorded(sandbox, request)));
    context.on("console", (message) => {
      write("console", message.text());
      for (const handle of message.args())
        pending.push(told(handle, (text) => write("console", text)));
    });
    context.on("weberror", (error) =>
      write("uncaught", String(error.error().stack ?? error.error())),
    );
    return context;
  };

  const watch = {
    /** Something that a test saw. @param {string} place @param {string} text */
    write,

    /** Until the test's end, places that are meant to get a whole secret of the caller's choice. @param {RegExp} places */
    allow(places) {
      meant = places;
    },

    /** Notes what is in the pages now: before they are left, and at a test's end. */
    async look() {
      for (const context of contexts) {
        for (const page of context.pages()) {
          for (const frame of page.frames()) await lookInto(sandbox, frame, texts);
        }
      }
    },

    /**
     * What leaked since the last time.
     * @returns {Promise<string[]>} each leak in words, without the secret
     */
    async leaks() {
      await watch.look();
      await Promise.all(pending);
      needles.add(sandbox.secrets);
      const searched = [
        ...texts.filter(([place]) => !msalsOwn.test(place)).flatMap((one) => masked(sandbox, one)),
        ...requests.flatMap((request) => partsOf(request, sandbox)),
      ];
      texts = [];
      requests = [];
      pending = [];
      const found = new Set();
      const clean = new Set();
      for (const [place, text] of searched) {
        if (clean.has(text)) continue;
        const hit = needles.find(meant?.test(place) ? without(text, sandbox.secrets) : text);
        if (hit) found.add(`${place}: ${kindOf(hit.secret)}, ${hit.form}`);
        else clean.add(text);
      }
      return [...found];
    },

    async assertNone() {
      const found = await watch.leaks();
      meant = undefined;
      assert.deepEqual(found, [], "a secret has left the page");
    },

    end: () => watches.delete(watch),
  };
  watches.add(watch);
  const { close } = sandbox;
  sandbox.close = async () => {
    watch.end();
    try {
      await watch.assertNone();
    } finally {
      await close();
    }
  };
  return watch;
}

const kindOf = (secret) =>
  secret.split(".").length === 3 ? "a token" : "a signature or a refresh token";

const without = (text, secrets) =>
  [...secrets].reduce((rest, secret) => rest.replaceAll(secret, ""), text);

async function lookInto(sandbox, frame, texts) {
  if (!/^https:/.test(frame.url()) || sandbox.kindOf(frame.url()) === "entra") return;
  try {
    texts.push(...(await frame.evaluate(`(async () => { ${collector}; return collect(); })()`)));
  } catch (error) {
    // What it is now is looked at next time.
    if (!isGone(error)) throw error;
  }
}

/** Whether a page or frame was closed or left. */
const isGone = (error) => /context was destroyed|closed|detached|navigat/i.test(String(error));

/** Not text, which playwright would not call. */
const textsInPage = new Function("value", `${collector}; return textsOf(value);`);

/** What a console shows of something that was logged. */
async function told(handle, write) {
  try {
    const texts = await handle.evaluate(textsInPage);
    for (const text of texts) write(text);
  } catch (error) {
    // The message's text was noted.
    if (!isGone(error)) throw error;
  }
}

/** A request as the browser tells of it, also of one that a policy kept from leaving. */
function asRecorded(sandbox, request) {
  const url = new URL(request.url());
  const isHttp = /^(?:https?|wss?):$/.test(url.protocol);
  return {
    kind: isHttp ? sandbox.kindOf(url) : "page",
    url: url.protocol === "data:" ? "data:" : url.href,
    headers: request.headers(),
    body: request.postData() ?? "",
  };
}

/** The browser's own timeline names each request by its URL: there, a signature is in its place. */
function masked(sandbox, [place, text]) {
  if (place !== "resource timing" || !/^https:/.test(text)) return [[place, text]];
  const request = { kind: sandbox.kindOf(text), url: text, headers: {}, body: "" };
  return partsOf(request, sandbox).map(([, url]) => [place, url]);
}
