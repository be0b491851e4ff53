/**
 * Things that go wrong on demand. A fault waits for requests that match, changes what happens to
 * `times` of them, counts its hits and tells of the first. Preflights are only hit by a fault that names
 * `method: "OPTIONS"` or `kind: "preflight"`, new connections by one of `kind: "connection"` (with `drop` or `hang`).
 *
 * @typedef {object} FaultRule
 * @property {string} [kind]
 * @property {string | RegExp} [host]
 * @property {string | RegExp} [path]
 * @property {string} [method]
 * @property {number} [times]  default 1; Infinity for every one
 * @property {FaultEffect} effect
 *
 * @typedef {object} FaultEffect
 * @property {number} [delayMs]   wait first; goes with each of the others, or alone
 * @property {Promise<unknown>} [until]  the same, until the test says so
 * @property {number} [status]    answer this instead of doing the work
 * @property {string | Buffer} [body]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [json]
 * @property {boolean} [afterWork]  with `status`: the work is done first, its answer is replaced
 * @property {"before" | "after"} [drop]  cut the connection before or after the work is done
 * @property {true | "protocol"} [garbage]  200 and nonsense for JSON; or bytes that are not HTTP
 * @property {{chunkMs: number, chunkBytes: number}} [slowBody]  the true answer in small pieces
 * @property {boolean} [hang]      never answer
 * @property {number} [dropBodyAfter]  cut the connection after so many bytes of the true answer
 * @property {import("./wire.mjs").Cut} [cut]  end the connection at a place in the request or the answer
 * @property {import("./wire.mjs").Raw} [raw]  do the work, then send these bytes in its answer's place
 * @property {true} [unread]       never read the request's body, and never answer
 * @property {boolean} [noCors]    answer without cross-origin headers: a page sees a TypeError
 */
import { setTimeout as sleep } from "node:timers/promises";
import { removeCorsHeaders } from "./cors.mjs";

/** A service's throttling answer, for `effect`. @param {number} [retryAfter] seconds */
export function throttled(retryAfter = 1) {
  return {
    status: 429,
    headers: { "Retry-After": String(retryAfter) },
    json: { error: { code: "429", message: "Rate limit is exceeded. Try again later." } },
  };
}

/** Dataverse's throttling answer, for `effect`. @param {number} [retryAfter] seconds */
export function dataverseThrottled(retryAfter = 1) {
  return {
    status: 429,
    headers: { "Retry-After": String(retryAfter) },
    json: {
      error: {
        code: "0x80072322",
        message:
          "Number of requests exceeded the limit of 6000 over the time window of 300 seconds.",
      },
    },
  };
}

/** @typedef {{rule: FaultRule, left: number, reached: () => void, handle: {hits: number, reached: Promise<void>, remove(): void}}} Armed */

export class Faults {
  /** @type {Armed[]} */
  #armed = [];
  #wire;
  #http2;

  /**
   * @param {import("./wire.mjs").Wire} wire
   * @param {{http2: boolean}} options
   */
  constructor(wire, { http2 }) {
    this.#wire = wire;
    this.#http2 = http2;
  }

  /** @param {FaultRule} rule */
  add(rule) {
    const other = Object.keys(rule.effect).find((name) => !["delayMs", "until"].includes(name));
    if (this.#http2 && other) {
      throw new Error(
        `Over HTTP/2 a fault can only take time (delayMs, until): \`${other}\` is for a sandbox without http2.`,
      );
    }
    let reached = () => {};
    const firstHit = new Promise((resolve) => {
      reached = () => resolve(undefined);
    });
    const fault = {
      rule,
      left: rule.times ?? 1,
      reached,
      handle: {
        hits: 0,
        /** Resolves when the first request has come that the fault is for. */
        reached: firstHit,
        remove: () => {
          this.#armed = this.#armed.filter((other) => other !== fault);
        },
      },
    };
    this.#armed.push(fault);
    return fault.handle;
  }

  reset() {
    this.#armed = [];
  }

  /**
   * The fault that is for a request, by its head, if there is one.
   * @param {import("./recorder.mjs").RecordedRequest} entry
   */
  claim(entry) {
    return this.#take(({ rule }) => matches(rule, entry));
  }

  /** @param {(fault: Armed) => boolean} fits */
  #take(fits) {
    const fault = this.#armed.find((one) => one.left > 0 && fits(one));
    if (fault) fault.left -= 1;
    return fault;
  }

  /**
   * What happens before the body is read. @returns {boolean} whether that was all
   * @param {Armed | undefined} fault
   * @param {import("node:http").ServerResponse} res
   */
  beforeBody(fault, res) {
    const { cut, unread } = fault?.rule.effect ?? {};
    if (cut?.at !== "unread" && !unread) return false;
    hit(fault);
    if (cut) this.#wire.cut(res.socket, cut.by);
    return true;
  }

  /**
   * Lets `work` answer, or spoils it.
   * @param {Armed | undefined} fault
   * @param {import("node:http").ServerResponse} res
   * @param {() => unknown} work
   */
  async around(fault, res, work) {
    if (!fault) return work();
    hit(fault);
    await spoil(fault.rule.effect, { res, work, wire: this.#wire });
  }

  /**
   * A new connection, told by the name that its handshake is for. @returns {boolean} whether it goes on
   * @param {string} host
   * @param {import("node:net").Socket} socket
   */
  connection(host, socket) {
    const fault = this.#take(({ rule }) => rule.kind === "connection" && fits(rule.host, host));
    if (!fault) return true;
    hit(fault);
    // Not within the handshake: Node's TLS does not survive that.
    if (!fault.rule.effect.hang) setImmediate(() => this.#wire.cut(socket, "reset"));
    return false;
  }
}

/** @param {Armed | undefined} fault */
function hit(fault) {
  if (!fault) return;
  fault.handle.hits += 1;
  fault.reached();
}

/**
 * @param {FaultRule} rule
 * @param {import("./recorder.mjs").RecordedRequest} entry
 */
function matches(rule, entry) {
  const asksForPreflights = rule.method === "OPTIONS" || rule.kind === "preflight";
  if (entry.kind === "preflight" && !asksForPreflights) return false;
  return (
    (rule.kind === undefined || rule.kind === entry.kind) &&
    (rule.method === undefined || rule.method === entry.method) &&
    fits(rule.host, entry.host) &&
    fits(rule.path, entry.path)
  );
}

/**
 * A string matches as a part of the text, a RegExp as it does.
 * @param {string | RegExp | undefined} pattern
 * @param {string} text
 */
function fits(pattern, text) {
  if (pattern === undefined) return true;
  return typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
}

/**
 * @param {FaultEffect} effect
 * @param {object} request
 * @param {import("node:http").ServerResponse} request.res
 * @param {() => unknown} request.work
 * @param {import("./wire.mjs").Wire} request.wire
 */
async function spoil(effect, { res, work, wire }) {
  if (effect.delayMs) await sleep(effect.delayMs, undefined, { ref: false });
  if (effect.until) await effect.until;
  if (res.destroyed) return;
  if (effect.noCors) removeCorsHeaders(res);

  if (effect.hang) return;
  if (effect.cut) return cutAt(effect.cut, { res, work, wire });
  if (effect.raw) {
    await holdBody(res, work);
    return wire.sendRaw(res, effect.raw);
  }
  if (effect.drop === "before") return void res.socket?.destroy();
  if (effect.garbage === "protocol")
    return void res.socket?.end("\0\x01 this is not HTTP \xff\r\n");
  if (effect.garbage) return answer(res, { status: 200, body: "<<{ not json \u0000" });
  if (effect.status !== undefined && !effect.afterWork) return answer(res, effect);

  if (effect.drop === "after") {
    await holdBody(res, work);
    return void res.socket?.destroy();
  }
  if (effect.status !== undefined) {
    await holdBody(res, work);
    for (const name of ["content-type", "content-length"]) res.removeHeader(name);
    return answer(res, effect);
  }
  if (effect.slowBody) return trickle(res, await holdBody(res, work), effect.slowBody);
  if (effect.dropBodyAfter !== undefined) {
    const body = await holdBody(res, work);
    res.write(body.subarray(0, effect.dropBodyAfter), () => res.socket?.destroy());
    return;
  }
  return work();
}

/**
 * @param {import("./wire.mjs").Cut} cut
 * @param {Parameters<typeof spoil>[1]} request
 */
async function cutAt(cut, { res, work, wire }) {
  if (cut.at === "read") return wire.cut(res.socket, cut.by);
  const body = await holdBody(res, work);
  if (cut.at === "done") return wire.cut(res.socket, cut.by);
  wire.sendUpTo(res, body, cut);
}

/**
 * @param {import("node:http").ServerResponse} res
 * @param {FaultEffect} effect
 */
function answer(res, { status = 500, body, headers = {}, json }) {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  const isJson = json !== undefined || (body !== undefined && !res.hasHeader("content-type"));
  if (isJson && !res.hasHeader("content-type")) {
    res.setHeader("content-type", "application/json; charset=utf-8");
  }
  res.end(json === undefined ? body : JSON.stringify(json));
}

/**
 * Lets `work` answer, but keeps the body (and so the whole answer) from the wire.
 * @param {import("node:http").ServerResponse} res
 * @param {() => unknown} work
 * @returns {Promise<Buffer>}
 */
function holdBody(res, work) {
  const { write, end } = res;
  /** @type {Buffer[]} */
  const chunks = [];
  return new Promise((resolve, reject) => {
    res.write = /** @type {any} */ (
      (chunk) => {
        chunks.push(Buffer.from(chunk));
        return true;
      }
    );
    res.end = /** @type {any} */ (
      (chunk) => {
        if (chunk && typeof chunk !== "function") chunks.push(Buffer.from(chunk));
        Object.assign(res, { write, end });
        resolve(Buffer.concat(chunks));
        return res;
      }
    );
    Promise.resolve(work()).catch(reject);
  });
}

/**
 * @param {import("node:http").ServerResponse} res
 * @param {Buffer} body
 * @param {{chunkMs: number, chunkBytes: number}} pace
 */
async function trickle(res, body, { chunkMs, chunkBytes }) {
  for (let from = 0; from < body.length && !res.destroyed; from += chunkBytes) {
    res.write(body.subarray(from, from + chunkBytes));
    await sleep(chunkMs, undefined, { ref: false });
  }
  res.end();
}
