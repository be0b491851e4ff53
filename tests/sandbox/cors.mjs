/**
 * Cross-origin rules of the flow hosts. `strict` is platform.md's worst case: pages may send
 * `authorization` and `content-type`, and may read no header beyond the safe-listed ones.
 */
const methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const exposedWhenOpen = [
  "Location",
  "Retry-After",
  "WWW-Authenticate",
  "x-ms-workflow-run-id",
  "x-ms-client-tracking-id",
  "x-ms-correlation-id",
  "x-ms-tracking-id",
  "x-ms-request-id",
  "x-ms-workflow-id",
  "x-ms-workflow-name",
  "x-ms-workflow-version",
];

/** @param {import("node:http").IncomingMessage} req */
export function isPreflight(req) {
  return req.method === "OPTIONS" && Boolean(req.headers["access-control-request-method"]);
}

/**
 * Puts the cross-origin headers on an answer, before anything else is known about it.
 * @param {import("node:http").IncomingMessage} req
 * @param {import("node:http").ServerResponse} res
 * @param {{mode: "strict" | "open", origins: Set<string>, preflightSeconds?: number}} rules
 */
export function setCorsHeaders(req, res, { mode, origins, preflightSeconds }) {
  res.setHeader("Vary", "Origin");
  const { origin } = req.headers;
  if (!origin || !origins.has(origin)) return;
  res.setHeader("Access-Control-Allow-Origin", origin);
  if (isPreflight(req)) {
    const asked = req.headers["access-control-request-headers"] ?? "";
    res.setHeader("Access-Control-Allow-Methods", methods);
    res.setHeader(
      "Access-Control-Allow-Headers",
      mode === "open" ? asked : "authorization, content-type",
    );
    if (preflightSeconds) res.setHeader("Access-Control-Max-Age", String(preflightSeconds));
  } else if (mode === "open") {
    res.setHeader("Access-Control-Expose-Headers", exposedWhenOpen.join(", "));
  }
}

/** @param {import("node:http").ServerResponse} res */
export function removeCorsHeaders(res) {
  for (const name of res.getHeaderNames()) {
    if (name.startsWith("access-control-")) res.removeHeader(name);
  }
}
