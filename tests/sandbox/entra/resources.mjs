/**
 * Entra names a resource inside a scope, oidc-provider wants it beside the scope: this file reads
 * one out of the other, and knows which resources exist.
 */
import { clouds } from "../clouds.mjs";

const openIdScopes = new Set(["openid", "profile", "email", "offline_access"]);
const graph = "https://graph.microsoft.com";

/**
 * All before the last slash is the resource; that is why `…com//.default` keeps its slash and
 * `…com/.default` loses it. A bare word is a permission of Microsoft Graph.
 * @param {string} scope one scope
 */
export function resourceOf(scope) {
  if (openIdScopes.has(scope)) return null;
  const slash = scope.lastIndexOf("/");
  return slash === -1 ? graph : scope.slice(0, slash);
}

/** @param {string | undefined} scopes separated by spaces */
export function requestedResource(scopes = "") {
  return scopes.split(" ").filter(Boolean).map(resourceOf).find(Boolean) ?? undefined;
}

/**
 * @typedef {object} Resource
 * @property {string} identifier  as a scope names it, and so the token's audience
 * @property {string} permission  what an app registration must list
 * @property {string} delegatedScope  what `scp` says after `.default`
 * @property {string[]} scopes    as clients ask for them
 */

/**
 * Every resource of a tenant's cloud.
 * @param {{cloud: keyof typeof clouds}} tenant
 * @param {string} ownApi
 * @returns {Resource[]}
 */
export function resourcesOf(tenant, ownApi) {
  const { flowAudience } = clouds[tenant.cloud];
  return [
    resource(flowAudience, "flow", "User"),
    resource(flowAudience.slice(0, -1), "flow", "User"),
    resource(graph, "graph", "User.Read", ["User.Read"]),
    resource(ownApi, ownApi, "access_as_user"),
  ];
}

/**
 * @param {string} identifier
 * @param {string} permission
 * @param {string} delegatedScope
 * @param {string[]} [shortScopes]
 */
function resource(identifier, permission, delegatedScope, shortScopes = []) {
  const scopes = [`${identifier}/.default`, `${identifier}/${delegatedScope}`, ...shortScopes];
  return { identifier, permission, delegatedScope, scopes };
}
