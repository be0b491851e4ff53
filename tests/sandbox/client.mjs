/**
 * A tiny HTTPS client for Node: connects to the sandbox whatever host the URL names, as Chromium
 * does under `browserArgs()`.
 */
import { request } from "node:https";

/**
 * @param {{port: number}} sandbox
 * @param {string} url
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {Record<string, string>} [options.headers]
 * @param {string} [options.bearer]
 * @param {string} [options.cookie]
 * @param {unknown} [options.json]   sent as application/json
 * @param {string | Buffer} [options.body]
 * @returns {Promise<{status: number, headers: import("node:http").IncomingHttpHeaders, text: string, bytes: Buffer, json: any}>}
 */
export function send({ port }, url, { method, headers = {}, bearer, cookie, json, body } = {}) {
  const { hostname, pathname, search } = new URL(url);
  const content = json === undefined ? body : JSON.stringify(json);
  return new Promise((resolve, reject) => {
    const req = request({
      host: "127.0.0.1",
      port,
      servername: hostname,
      rejectUnauthorized: false,
      agent: false,
      method: method ?? (content === undefined ? "GET" : "POST"),
      path: pathname + search,
      headers: {
        host: hostname,
        ...(json !== undefined && { "content-type": "application/json" }),
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(cookie && { cookie }),
        ...(content !== undefined && { "content-length": Buffer.byteLength(content) }),
        ...headers,
      },
    });
    req.once("error", reject);
    req.once("response", (res) => {
      const chunks = [];
      res.on("data", (chunk) => chunks.push(chunk));
      res.once("error", reject);
      res.once("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        resolve({ status: res.statusCode, headers: res.headers, text, bytes, json: parsed(text) });
      });
    });
    req.end(content);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
