/** The URL of a flow's trigger, in each of the forms that platform.md section 3 knows. */
import { clouds } from "../clouds.mjs";

/** Signatures by flow, so that a world stays plain data without secrets in it. @type {WeakMap<object, string>} */
const signatures = new WeakMap();

/** @param {import("../world-flows.mjs").WorldFlow} flow @param {string} signature */
export function setSignature(flow, signature) {
  signatures.set(flow, signature);
}

/** @param {import("../world-flows.mjs").WorldFlow} flow */
export function signatureOf(flow) {
  return signatures.get(flow) ?? "";
}

/**
 * @param {import("../world.mjs").World} world
 * @param {import("../world-flows.mjs").WorldFlow} flow
 */
export function triggerHost(world, flow) {
  const org = world.orgs[flow.org];
  if (flow.urlForm !== "logic") return org.environmentHost;
  return `prod-42.westeurope.${clouds[org.cloud].logicSuffix}`;
}

/**
 * @param {import("../world.mjs").World} world
 * @param {import("../world-flows.mjs").WorldFlow} flow
 */
export function triggerParts(world, flow) {
  const { trigger, pathId, urlForm } = flow;
  const prefix = {
    environment: "/powerautomate/automations/direct/workflows",
    unit: "/powerautomate/automations/direct/cu/07/workflows",
    logic: "/workflows",
  }[urlForm];
  const path = `${prefix}/${pathId}/triggers/${encodeURIComponent(trigger.name)}/paths/invoke`;
  const queries = { "api-version": urlForm === "logic" ? "2016-06-01" : "1" };
  if (trigger.auth === "All") {
    queries.sp = `/triggers/${trigger.name}/run`;
    queries.sv = "1.0";
    queries.sig = signatureOf(flow);
  }
  return { basePath: `https://${triggerHost(world, flow)}:443${path}`, queries };
}

/**
 * @param {import("../world.mjs").World} world
 * @param {import("../world-flows.mjs").WorldFlow} flow
 */
export function triggerUrl(world, flow) {
  const { basePath, queries } = triggerParts(world, flow);
  return `${basePath}?${new URLSearchParams(queries)}`;
}
