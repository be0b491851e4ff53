/**
 * What the tests of the sandbox share: one sandbox a file, reset before each test, and requests as somebody.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach } from "node:test";
import { send } from "../client.mjs";
import { startSandbox } from "../index.mjs";

/** The sandbox of this file's tests, from their `before` on. */
export let sandbox;
export let world;

before(async () => {
  sandbox = await startSandbox();
  world = sandbox.world;
});
after(() => sandbox?.close());
beforeEach(() => {
  sandbox.reset();
  sandbox.setCors("strict");
});

/** The Power Automate API and its audience in each cloud. */
export const clouds = {
  public: ["api.flow.microsoft.com", "https://service.flow.microsoft.com/"],
  gcc: ["gov.api.flow.microsoft.us", "https://gov.service.flow.microsoft.us/"],
  gccHigh: ["high.api.flow.microsoft.us", "https://high.service.flow.microsoft.us/"],
  dod: ["api.flow.appsplatform.us", "https://service.flow.appsplatform.us/"],
  china: ["api.powerautomate.cn", "https://service.powerautomate.cn/"],
};

/** The address of a flow's listCallbackUrl. */
export function discoveryUrl(flow, { environment, trigger = "manual", id } = {}) {
  const org = world.orgs[flow.org];
  const [host] = clouds[org.cloud];
  return `https://${host}/providers/Microsoft.ProcessSimple/environments/${environment ?? org.environmentId}/flows/${id ?? flow.resourceId}/triggers/${trigger}/listCallbackUrl?api-version=2016-11-01`;
}

/** Asks for a flow's callback URL as somebody. */
export async function discover(key, { as = "ada", mint = {}, ...options } = {}) {
  const bearer = await sandbox.mint({ user: as, ...mint });
  return send(sandbox, discoveryUrl(world.flows[key], options), { method: "POST", bearer });
}

/** Calls a flow as somebody. */
export async function invoke(key, { as = "ada", mint = {}, path = "", url, ...request } = {}) {
  const bearer = await sandbox.mint({ user: as, ...mint });
  const target = (url ?? sandbox.flow(key).triggerUrl()).replace("/invoke?", `/invoke${path}?`);
  return send(sandbox, target, { json: {}, bearer, ...request });
}

/** Status and code of a service's error, and that nothing ran. */
export function assertRefused(answer, status, code) {
  assert.equal(answer.json?.error?.code, code, answer.text);
  assert.equal(answer.status, status);
  assert.equal(typeof answer.json.error.message, "string");
  assert.equal(sandbox.runs.length, 0, "a refused request must not start a run");
}

/** A promise, and what settles it. */
export function deferred() {
  let resolve = () => {};
  const promise = new Promise((settle) => {
    resolve = () => settle(undefined);
  });
  return { promise, resolve };
}
