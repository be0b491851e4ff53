/**
 * A request as oidc-provider should see it: the one that came, with another URL and another body.
 * It is a fresh stream, because the recorder has read the first one to its end.
 */
import { Readable } from "node:stream";

/**
 * @param {import("node:http").IncomingMessage} req
 * @param {{url: string, originalUrl: string, body?: string, claimsRequest?: string | null}} changes
 */
export function replay(req, { url, originalUrl, body = "", claimsRequest = null }) {
  const bytes = Buffer.from(body);
  return Object.assign(Readable.from(bytes.length ? [bytes] : []), {
    method: req.method,
    headers: { ...req.headers, "content-length": String(bytes.length) },
    httpVersion: req.httpVersion,
    socket: req.socket,
    url,
    originalUrl,
    /** What the token is asked to contain; see provider.mjs. */
    claimsRequest,
  });
}
