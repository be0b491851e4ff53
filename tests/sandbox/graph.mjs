/** As much of Microsoft Graph as a flow needs to ask who its caller is: `GET /v1.0/me`. */
import { bearerOf } from "./recorder.mjs";

export const graphHost = "graph.microsoft.com";

export class Graph {
  #world;
  #tokens;

  /**
   * @param {import("./world.mjs").World} world
   * @param {import("./entra/tokens.mjs").Tokens} tokens
   */
  constructor(world, tokens) {
    this.#world = world;
    this.#tokens = tokens;
  }

  async handle(req, res) {
    const [path] = req.url.split("?");
    const verdict = await this.#tokens.verify(bearerOf(req)?.token ?? "");
    if (!verdict.ok || verdict.claims.aud !== `https://${graphHost}`) {
      return answer(res, 401, {
        error: { code: "InvalidAuthenticationToken", message: "Access token validation failure." },
      });
    }
    const person = Object.values(this.#world.users).find(({ oid }) => oid === verdict.claims.oid);
    if (req.method !== "GET" || path !== "/v1.0/me" || !person) {
      return answer(res, 404, {
        error: { code: "Request_ResourceNotFound", message: "There is no such resource." },
      });
    }
    const { oid: id, name: displayName, upn: userPrincipalName } = person;
    return answer(res, 200, { id, displayName, userPrincipalName });
  }
}

function answer(res, status, body) {
  res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
