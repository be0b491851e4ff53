/**
 * What can go wrong on a connection itself, below HTTP: it ends at a place in a request or an answer, its
 * handshake never ends, or the bytes of an answer are not what a server of HTTP would write.
 *
 * @typedef {object} Cut   the connection ends
 * @property {"unread" | "read" | "done" | "head" | "body" | "last" | number} at  after the request's head, with
 *   its body unread; after the whole request; after the work, with nothing of the answer sent; in the middle of
 *   the answer's head; after its head; before its last byte; after this part of its body, from 0 to 1
 * @property {"reset" | "close"} [by]  a TCP reset, or a polite end (which is the default)
 * @property {"length" | "chunked" | "none"} [framing]  how the answer says where it ends; by its length
 *
 * @typedef {object} Raw   the true answer's place is taken by this
 * @property {number} status
 * @property {Record<string, string>} [headers]  as they are: nothing is added but the cross-origin headers
 * @property {string | Buffer} [body]
 * @property {boolean} [open]  the connection is kept; else it ends behind the body
 */
import { STATUS_CODES } from "node:http";

export class Wire {
  /** The sockets below TLS, by their remote port: only they can be reset. @type {Map<number | undefined, import("node:net").Socket>} */
  #sockets = new Map();
  /** Those whose handshake is done. @type {Set<import("node:net").Socket>} */
  #secure = new Set();

  /** @param {import("node:net").Socket} socket */
  add(socket) {
    const { remotePort } = socket;
    this.#sockets.set(remotePort, socket);
    socket.once("close", () => {
      if (this.#sockets.get(remotePort) === socket) this.#sockets.delete(remotePort);
    });
  }

  /** @param {import("node:net").Socket} socket */
  addSecure(socket) {
    this.#secure.add(socket);
    socket.once("close", () => this.#secure.delete(socket));
  }

  /** Ends every connection, also one that was opened ahead of its first request. */
  closeAll() {
    for (const socket of this.#secure) socket.destroy();
  }

  /**
   * @param {import("node:net").Socket | null | undefined} secure
   * @param {"reset" | "close"} [by]
   */
  cut(secure, by = "close") {
    if (by === "reset") this.#sockets.get(secure?.remotePort)?.resetAndDestroy();
    secure?.destroy();
  }

  /**
   * Sends as much of an answer as the cut leaves.
   * @param {import("node:http").ServerResponse} res
   * @param {Buffer} body the true one
   * @param {Cut} cut
   */
  sendUpTo(res, body, { at, by, framing = "length" }) {
    const { head, content, end } = framed(res, body, framing);
    const start = head.length;
    const whole = Buffer.concat([head, content, end]);
    const places = {
      head: Math.floor(start / 2),
      body: start,
      last: whole.length - (end.length || 1),
    };
    const length = typeof at === "number" ? start + Math.floor(content.length * at) : places[at];
    const { socket } = res;
    socket?.write(whole.subarray(0, length), () => this.cut(socket, by));
  }

  /**
   * @param {import("node:http").ServerResponse} res with the headers to add
   * @param {Raw} raw
   */
  sendRaw(res, { status, headers = {}, body = "", open = false }) {
    const allowed = Object.entries(res.getHeaders()).filter(([name]) =>
      name.startsWith("access-control-"),
    );
    const bytes = Buffer.concat([
      headOf(status, { ...Object.fromEntries(allowed), ...headers }),
      Buffer.from(body),
    ]);
    const { socket } = res;
    if (open) socket?.write(bytes);
    else socket?.end(bytes);
  }
}

/**
 * @param {import("node:http").ServerResponse} res
 * @param {Buffer} body
 * @param {Cut["framing"]} framing
 */
function framed(res, body, framing) {
  const headers = { ...res.getHeaders() };
  for (const name of ["content-length", "transfer-encoding"]) delete headers[name];
  if (framing === "length") headers["content-length"] = String(body.length);
  if (framing === "chunked") headers["transfer-encoding"] = "chunked";
  if (framing === "none") headers.connection = "close";
  const head = headOf(res.statusCode, headers);
  if (framing !== "chunked") return { head, content: body, end: Buffer.alloc(0) };
  const size = Buffer.from(`${body.length.toString(16)}\r\n`);
  const content = Buffer.concat([size, body, Buffer.from("\r\n")]);
  return { head, content, end: Buffer.from("0\r\n\r\n") };
}

/**
 * @param {number} status
 * @param {import("node:http").OutgoingHttpHeaders} headers
 */
function headOf(status, headers) {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`),
  );
  const first = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`;
  return Buffer.from(`${[first, ...lines].join("\r\n")}\r\n\r\n`, "latin1");
}
