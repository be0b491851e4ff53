/** The org's own session: a cookie, set by `GET /login?user=ada&next=/…` on the org's host. */
import { randomUUID } from "node:crypto";
import { ServerResponse } from "node:http";
import Koa from "koa";

const cookieName = "CrmOwinAuth";
const koa = new Koa();

export class Sessions {
  #world;
  /** @type {Map<string, string>} */
  #users = new Map();

  /** @param {import("./world.mjs").World} world */
  constructor(world) {
    this.#world = world;
  }

  /** Answers `/login`. */
  login(req, res) {
    const url = new URL(req.url, `https://${req.headers.host}`);
    const name = url.searchParams.get("user") ?? "";
    if (!this.#world.users[name]) {
      res.statusCode = 404;
      res.end(`There is no user '${name}' in this world.`);
      return;
    }
    const id = this.open(name);
    const next = url.searchParams.get("next") ?? "/";
    res.statusCode = 302;
    res.setHeader("Set-Cookie", `${cookieName}=${id}; Path=/; Secure; HttpOnly; SameSite=None`);
    res.setHeader("Location", next.startsWith("/") && !next.startsWith("//") ? next : "/");
    res.end();
  }

  /** A session without a browser. @param {string} userName @returns {string} the cookie's value */
  open(userName) {
    const id = randomUUID();
    this.#users.set(id, userName);
    return id;
  }

  /** The world's name of the session's user. */
  nameOf(req) {
    const { cookies } = koa.createContext(req, new ServerResponse(req));
    const id = cookies.get(cookieName, { signed: false });
    return this.#users.get(id ?? "") ?? null;
  }

  userOf(req) {
    const name = this.nameOf(req);
    return name && this.#world.users[name];
  }

  /** @param {string} [userName] */
  end(userName) {
    for (const [id, name] of this.#users) {
      if (!userName || name === userName) this.#users.delete(id);
    }
  }
}
