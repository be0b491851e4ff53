/** What the tests on a hostile page share: one sandbox and one page a file, which each test gets anew. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { openPage, patient } from "../e2e/page.mjs";

/** The page of ../e2e/page.mjs, from `before` on. */
export let e2e;
export let sandbox;
/** The echo flow's trigger URL. */
export let triggerUrl;

/** @param {Parameters<typeof openPage>[0]} [options] */
export function stage(options) {
  before(async () => {
    e2e = await openPage(options);
    ({ sandbox } = e2e);
  }, patient);
  beforeEach(async () => {
    await e2e.as("ada");
    await e2e.open();
    await e2e.page.waitForFunction(() => window.e2e);
    await e2e.page.evaluate(prepare, {
      token: await sandbox.mint(),
      flow: sandbox.world.flows.echo,
      environmentId: sandbox.world.orgs.contoso.environmentId,
    });
    triggerUrl = sandbox.flow("echo").triggerUrl();
    sandbox.reset();
  }, patient);
  afterEach(async () => {
    sandbox.setCors("strict");
    e2e.assertTrust();
    assert.deepEqual(await e2e.page.evaluate(() => window.hostile.changes()), []);
  });
  after(() => e2e?.close());
}

/** In the page, while it is still a good one. */
function prepare({ token, flow, environmentId }) {
  const before = everybodys();
  function everybodys() {
    const members = [Object.prototype, Array.prototype, Function.prototype, Promise.prototype];
    return members.flatMap((one, index) =>
      Reflect.ownKeys(one).map((name) => {
        const { value, get, set } = Object.getOwnPropertyDescriptor(one, name);
        return [`${index} ${String(name)}`, value ?? get ?? set];
      }),
    );
  }
  window.hostile = {
    /** Host objects that take nothing from the page, so that what is tried is the library alone. */
    parts: {
      auth: { getToken: async () => token },
      webApi: {
        retrieveRecord: async () => ({ resourceid: flow.resourceId, statecode: 1, category: 5 }),
        retrieveMultipleRecords: async () => ({ entities: [] }),
      },
      environmentId,
    },
    token,
    client: (options) =>
      window.EntraFlow.FlowClient.create({ ...window.hostile.parts, cache: "client", ...options }),
    flow: flow.workflowId,
    /** What the page's own classes have got, lost or changed. */
    changes() {
      const now = new Map(everybodys());
      const then = new Map(before);
      const names = new Set([...now.keys(), ...then.keys()]);
      return [...names].filter((name) => now.get(name) !== then.get(name));
    },
  };
}

export { patient };
