/**
 * Writes down every request that reached the sandbox, from its first byte to its last.
 *
 * @typedef {object} RecordedRequest
 * @property {number} id
 * @property {number} startedAt       milliseconds since the epoch
 * @property {number | null} durationMs  null while it runs
 * @property {string} host
 * @property {string} method
 * @property {string} path            percent-encoded, as sent
 * @property {Record<string, string>} query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {{token: string, claims: Record<string, any> | null} | null} bearer
 * @property {string} body            as text, at most 64 kB of it
 * @property {number | null} status   null while it runs, and where no answer was sent
 * @property {boolean} aborted        the connection ended before the answer did
 * @property {Kind} kind
 * @property {string | null} user     the world's name of who asked, by token or by session
 *
 * @typedef {"entra" | "dataverse" | "flowApi" | "trigger" | "poll" | "graph" | "page" | "preflight" | "chromium" | "unknown"} Kind
 */
import { decodeJwt } from "jose";

const bodyLimit = 64 * 1024;

export class Recorder {
  #nextId = 1;
  /** @type {RecordedRequest[]} */
  requests = [];
  /** Told of each request, before its body came: `reset()` makes nobody forget. @type {Set<(entry: RecordedRequest) => void>} */
  watchers = new Set();

  /**
   * @param {import("node:http").IncomingMessage} req
   * @param {import("node:http").ServerResponse} res
   * @returns {RecordedRequest}
   */
  start(req, res) {
    const host = hostOf(req);
    const url = new URL(req.url ?? "/", `https://${host || "nowhere.invalid"}`);
    /** @type {RecordedRequest} */
    const entry = {
      id: this.#nextId++,
      startedAt: Date.now(),
      durationMs: null,
      host,
      method: req.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...req.headers },
      bearer: bearerOf(req),
      body: "",
      status: null,
      aborted: false,
      kind: "unknown",
      user: null,
    };
    this.requests.push(entry);
    for (const tell of this.watchers) tell(entry);
    // As early as the client can know it: a test reads the record right after its answer.
    const { writeHead } = res;
    res.writeHead = /** @type {any} */ (
      (/** @type {[any]} */ ...head) => {
        entry.status = head[0];
        return writeHead.apply(res, head);
      }
    );
    const end = () => {
      entry.durationMs ??= Date.now() - entry.startedAt;
      entry.aborted = !res.writableFinished;
    };
    res.once("finish", end).once("close", end);
    return entry;
  }

  /**
   * @param {RecordedRequest} entry
   * @param {Buffer} body
   */
  keepBody(entry, body) {
    entry.body = body.subarray(0, bodyLimit).toString("utf8");
  }

  reset() {
    this.requests.length = 0;
  }
}

/** @param {import("node:http").IncomingMessage} req */
function hostOf(req) {
  return (req.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
}

/** @param {import("node:http").IncomingMessage} req */
export function bearerOf(req) {
  const [scheme, token] = (req.headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer" || !token) return null;
  return { token, claims: claimsOf(token) };
}

/** @param {string} token */
function claimsOf(token) {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
