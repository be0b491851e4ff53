/** The org's page of tests/e2e with users' programs in it. */
import assert from "node:assert/strict";
import path from "node:path";
import { filesUnder } from "../../../scripts/lib/stamp.mjs";
import { openPage } from "../../e2e/page.mjs";
import { base } from "./bundlers.mjs";

/** A page on which ada is signed in, and which has none of our own builds on it when a program starts. */
export async function openUsersPage() {
  const e2e = await openPage();
  await e2e.as("ada");
  const { host } = e2e.sandbox.world.orgs.contoso;
  const users = {
    ...e2e,
    e2e,

    /** Serves each file of a folder, and opens the page anew. @param {Record<string, string>} [query] as of `open` */
    async serve(folder, query = {}) {
      for (const file of filesUnder(folder)) {
        const name = path.relative(folder, file).split(path.sep).join("/");
        e2e.sandbox.page(host, base + name, { file });
      }
      await users.open(query);
    },

    /** The page anew, with what was served already. */
    async open(query) {
      await e2e.open(query);
      await e2e.page.waitForFunction(() => window.e2e);
      await e2e.page.evaluate(() => {
        window.EntraFlow = undefined;
      });
      e2e.sandbox.reset();
    },

    /** One call by the program that the page has loaded: it ran the flow once, and kept its secrets. */
    async calls(name) {
      const body = { from: name };
      const answer = await e2e.page.evaluate(
        async ([flow, sent]) => window.program(await window.e2e.msal(), flow, sent),
        [e2e.id("echo"), body],
      );
      assert.deepEqual([answer.status, answer.data.youSent, answer.pure], [200, body, false]);
      assert.deepEqual(
        e2e.sandbox.runs.map(({ body: got }) => got),
        [body],
      );
      e2e.assertTrust();
    },
  };
  return users;
}
