/** For files whose tests all call by one client: it is warm after its first call. */
import { after, afterEach, before, beforeEach } from "node:test";
import { openPage, patient } from "./page.mjs";

export let e2e;
export let sandbox;

export function oneClient() {
  before(async () => {
    e2e = await openPage();
    ({ sandbox } = e2e);
    await e2e.as("ada");
    await e2e.page.evaluate(async () => {
      window.client = await window.e2e.client();
    });
  }, patient);
  beforeEach(() => sandbox.reset());
  afterEach(() => {
    sandbox.setCors("strict");
    e2e.assertTrust();
  });
  after(() => e2e?.close());
}

const call = ({ flow, body, options }) => window.client.flow(flow).invoke(body, options);

export const invoke = (key, { body, options } = {}) =>
  e2e.get(call, { flow: e2e.id(key), body, options });

export const fails = (expected, key, { body, options } = {}) =>
  e2e.fail(expected, call, { flow: e2e.id(key), body, options });

/** `invoke` with a body or options that only JavaScript can say. @param {string} given */
export const invokeIn = (key, given) =>
  e2e.get(
    `async (flow) => {
      const { body, options } = await (${given})();
      return window.client.flow(flow).invoke(body, options);
    }`,
    e2e.id(key),
  );
