/** What the fault tests share: a page with a client in it, and calls of it as somebody would make them. */
import { openPage, patient } from "../../e2e/page.mjs";

export { patient };

/** For `{ timeout }` of a test that moves a lot. */
export const veryPatient = { timeout: 90_000 };

/** @param {Parameters<typeof openPage>[0]} [options] */
export async function openStage(options) {
  const e2e = await openPage({ preflightSeconds: 600, ...options });
  const { sandbox, page } = e2e;

  const stage = {
    ...e2e,

    /** Ada is signed in, and nothing is between the tests. */
    async ready(query) {
      await e2e.as("ada", query);
      await page.evaluate(() => {
        // No backoff: how long one is, the core's tests say.
        Math.random = () => 0;
      });
    },

    /** From now on no connection is used twice: Chromium repeats what gets no answer on one that was. */
    freshConnections() {
      sandbox.settings.keepAlive = false;
      sandbox.closeConnections();
    },

    /** `window.client`: one that knows nothing yet. @param {object} [options] of the client */
    client: (options) =>
      e2e.get(async (given) => {
        window.client = await window.e2e.client(given);
      }, options),

    /** MSAL has to ask Entra for the next token. */
    forgetTokens: () =>
      page.evaluate(() => {
        for (const key of Object.keys(sessionStorage)) {
          if (/accesstoken/i.test(key)) sessionStorage.removeItem(key);
        }
      }),

    /** A call that must succeed. @param {object} [given] flow, body, options */
    call: (given) => e2e.get(calling, target(given)),

    /** A call that must fail, as `e2e.fail`. */
    failing: (expected, given) => e2e.fail(expected, calling, target(given)),

    /** Starts a call that `settled` waits for. @param {object} [given] */
    start: (given) =>
      page.evaluate((one) => {
        const controller = new AbortController();
        const options = { signal: controller.signal, ...one.options };
        const work = () => window.client.flow(one.flow).invoke(one.body, options);
        window.under = { controller, outcome: window.e2e.settle(work) };
      }, target(given)),

    /** The outcome of the call that was started. */
    async settled() {
      const outcome = await page.evaluate(() => window.under.outcome);
      if (outcome.error) e2e.assertKeepsSecrets(outcome.error.leaks);
      return outcome;
    },
  };

  const target = ({ flow = "echo", body = {}, options } = {}) => ({
    flow: e2e.id(flow),
    body,
    options,
  });
  return stage;
}

const calling = ({ flow, body, options }) => window.client.flow(flow).invoke(body, options);

/** The requests of a cold call: how a fault finds each, and what an error says that ends the call there. */
export const road = {
  row: {
    match: { kind: "dataverse", path: "/workflows(" },
    host: "contoso.crm4.dynamics.com",
    says: { stage: "workflow", mayHaveRun: false },
  },
  token: {
    match: { kind: "entra", path: "/oauth2/v2.0/token" },
    host: "login.microsoftonline.com",
    says: { stage: "token", mayHaveRun: false },
  },
  discovery: {
    match: { kind: "flowApi" },
    host: "api.flow.microsoft.com",
    says: { stage: "discovery", mayHaveRun: false },
  },
  invoke: {
    match: { kind: "trigger" },
    host: "environment.api.powerplatform.com",
    says: { stage: "invoke", mayHaveRun: true },
  },
};
