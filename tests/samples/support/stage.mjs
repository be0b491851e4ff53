/** What the tests of the console share: one sandbox and one browser a file, a page a test, and no secret in any of it. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import axe from "axe-core";
import { signIn, startConsole } from "./console.mjs";

export const wide = { width: 1280, height: 860 };
export const narrow = { width: 400, height: 860 };
export const patient = { timeout: 180_000 };

export let app;
export let sandbox;
export let page;
let browser;

before(async () => {
  app = await startConsole();
  sandbox = app.sandbox;
  browser = await sandbox.launch({
    viewport: wide,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  browser.setDefaultTimeout(15_000);
}, patient);
after(() => app?.close());

beforeEach(async () => {
  sandbox.reset();
  await sandbox.signOut();
  await browser.clearCookies();
  page = await browser.newPage();
  await page.setViewportSize(wide);
});
afterEach(async () => {
  // Tokens stay in memory: MSAL's own entries, which the watch leaves out, hold none either.
  if (page.url() !== "about:blank") {
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    );
    for (const secret of sandbox.secrets) assert.ok(!stored.includes(secret), "a secret is stored");
  }
  await page.close();
});

/** The console, signed in. */
export async function openSignedIn(user) {
  const view = await app.open(page, { user });
  await signIn(page, view, user);
  return view;
}

export const triggerRequests = () => sandbox.requests.filter(({ kind }) => kind === "trigger");
export const values = () => sandbox.rows("contoso", "environmentvariablevalue");
export const storedIn = (name) => values().find(({ schemaname }) => schemaname === name)?.value;

/** The document that the console is in. */
export const frame = () => page.frames().at(-1);
/** The text of what has the focus; of a field, its label. */
export const focused = () =>
  frame().evaluate(() => {
    const { activeElement: one } = document;
    const label = one?.labels?.[0]?.textContent ?? one?.getAttribute("aria-label");
    return label ?? one?.textContent ?? "";
  });

/** Holds that what is called so has the focus, or soon has: a heading takes it once it is drawn. */
export async function hasFocus(name, why) {
  const until = performance.now() + 5000;
  while (!matches(await focused(), name) && performance.now() < until) await sleep(20);
  if (typeof name === "string") assert.equal(await focused(), name, why);
  else assert.match(await focused(), name, why);
}
const matches = (text, name) => (typeof name === "string" ? text === name : name.test(text));

/** The violations that axe finds, as lines; none is the aim. */
export async function violations() {
  await frame().evaluate(axe.source);
  const found = await frame().evaluate(() =>
    window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
}

export const tooWide = () =>
  frame().evaluate(() => document.documentElement.scrollWidth - innerWidth);
