/** What the tests on the form page share: one sandbox a file, with the form page in it, and one browser a test. */
import { after, afterEach, before, beforeEach } from "node:test";
import { mountFormPage } from "../../sandbox/host/index.mjs";
import { startSandbox } from "../../sandbox/index.mjs";
// Its hook must be there before others, which may close or reset what it looks at.
import { watchForSecrets } from "../../secrets/watch.mjs";

/** The sandbox and its form page, from `before` on. */
export let sandbox;
export let form;
/** The test's browser, from `launch` on. */
export let browser;

before(async () => {
  sandbox = await startSandbox();
  watchForSecrets(sandbox);
  form = await mountFormPage(sandbox);
});
after(() => sandbox?.close());

beforeEach(async () => {
  sandbox.reset();
  await sandbox.signOut();
});
afterEach(() => browser?.close());

/** A browser in which nobody is signed in. */
export async function launch(options = {}) {
  browser = await sandbox.launch({ viewport: { width: 1280, height: 760 }, ...options });
  browser.setDefaultTimeout(15_000);
}

/** How many requests of a kind the services got. */
export const count = (kind) => sandbox.requests.filter((request) => request.kind === kind).length;
