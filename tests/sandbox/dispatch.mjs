/** Which service answers a host and a path, as DNS and the front doors decide it in production. */
import { clouds } from "./clouds.mjs";
import { graphHost } from "./graph.mjs";

/** Chromium's own errands, should a flag fail to keep it from them. */
const chromiumsOwn =
  /(^|\.)(google|googleapis|gvt1|gstatic|googleusercontent|google-analytics)\.com$/;

/**
 * @param {object} services
 * @param {import("./world.mjs").World} services.world
 * @param {import("./pages.mjs").Pages} services.pages
 * @param {Record<"entra" | "dataverse" | "flowApi" | "runtime" | "graph", {handle: Function}>} services.handlers
 * @param {import("./sessions.mjs").Sessions} services.sessions
 */
export function dispatcher({ world, pages, handlers, sessions }) {
  const orgHosts = new Set(Object.values(world.orgs).map(({ host }) => host));
  const environmentHosts = new Set(Object.values(world.orgs).map((org) => org.environmentHost));
  const loginHosts = new Set(Object.values(clouds).flatMap((cloud) => cloud.loginHosts));
  const flowApiHosts = new Set(Object.values(clouds).map((cloud) => cloud.flowApiHost));
  const logicSuffixes = Object.values(clouds).map((cloud) => `.${cloud.logicSuffix}`);

  /**
   * @param {string} host
   * @param {string} path
   * @returns {{kind: import("./recorder.mjs").Kind, crossOrigin: boolean, handle: Function}}
   */
  return (host, path) => {
    const page = pages.find(host, path);
    if (page) return service("page", (req, res) => pages.serve(page, req, res));
    if (loginHosts.has(host)) return service("entra", bound(handlers.entra));
    if (host === graphHost) return service("graph", bound(handlers.graph));
    if (flowApiHosts.has(host)) return crossOrigin("flowApi", bound(handlers.flowApi));
    if (environmentHosts.has(host) || logicSuffixes.some((suffix) => host.endsWith(suffix))) {
      if (path.startsWith("/powerautomate/flows/")) {
        return crossOrigin("flowApi", bound(handlers.flowApi));
      }
      const isPoll = /\/runs\/[^/]+\/operations\//.test(path);
      return crossOrigin(isPoll ? "poll" : "trigger", bound(handlers.runtime));
    }
    if (orgHosts.has(host)) {
      if (path.startsWith("/api/")) return service("dataverse", bound(handlers.dataverse));
      if (path === "/login") return service("page", (req, res) => sessions.login(req, res));
      return service("page", missingPage);
    }
    if (pages.hasHost(host)) return service("page", missingPage);
    return service(chromiumsOwn.test(host) ? "chromium" : "unknown", misdirected);
  };
}

const service = (kind, handle) => ({ kind, handle, crossOrigin: false });
const crossOrigin = (kind, handle) => ({ kind, handle, crossOrigin: true });
const bound = (handler) => (req, res) => handler.handle(req, res);

function missingPage(_req, res) {
  res.statusCode = 404;
  res.end("There is no such page.");
}

function misdirected(req, res) {
  res.statusCode = 421;
  res.end(`Nobody of the name ${req.headers.host} lives in this sandbox.`);
}
