/**
 * Access tokens: the tenants' keys, what was issued, and the check that services make.
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { clouds } from "../clouds.mjs";

/**
 * @typedef {{ok: true, claims: Record<string, any>} | {ok: false, reason: "malformed" | "signature" | "expired", claims: Record<string, any> | null}} Verdict
 */

export class Tokens {
  #world;
  /** @type {Map<string, Promise<TenantKey>>} */
  #keys = new Map();
  /** Every access token issued, with the claims request that it answers. @type {Map<string, {claims: string | null}>} */
  #issued = new Map();
  /** @type {Set<string>} */
  #expired = new Set();
  /** Every token and signature that must not leak. @type {Set<string>} */
  secrets = new Set();
  /** What tokens must have been asked for with. @type {string | null} */
  challenge = null;

  /** @param {import("../world.mjs").World} world */
  constructor(world) {
    this.#world = world;
  }

  /** @param {string} tenantId */
  async keyOf(tenantId) {
    let key = this.#keys.get(tenantId);
    if (!key) {
      key = newTenantKey();
      this.#keys.set(tenantId, key);
    }
    return key;
  }

  /**
   * @param {string} token
   * @param {string | null} claims the claims request it was issued for
   */
  remember(token, claims = null) {
    this.secrets.add(token);
    this.#issued.set(token, { claims });
  }

  /** From now on services refuse every token issued so far. */
  expireAll() {
    for (const token of this.#issued.keys()) this.#expired.add(token);
  }

  reset() {
    this.#expired.clear();
    this.challenge = null;
  }

  /** @param {string} token */
  isExpiredByOrder(token) {
    return this.#expired.has(token);
  }

  /** Was this token asked for with the claims that the current challenge wants? @param {string} token */
  meetsChallenge(token) {
    return this.challenge === null || contains(this.#issued.get(token)?.claims, this.challenge);
  }

  /**
   * Signature and life time; audience and issuer are each service's own business.
   * @param {string} token
   * @returns {Promise<Verdict>}
   */
  async verify(token) {
    const key = await this.#keyFor(token);
    if (!key) return { ok: false, reason: "malformed", claims: null };
    try {
      const { payload } = await jwtVerify(token, key.publicKey, { algorithms: ["RS256"] });
      return { ok: true, claims: payload };
    } catch (error) {
      if (error.code === "ERR_JWT_EXPIRED") {
        return { ok: false, reason: "expired", claims: error.payload };
      }
      return { ok: false, reason: "signature", claims: null };
    }
  }

  /** @param {string} token */
  async #keyFor(token) {
    try {
      const { kid } = decodeProtectedHeader(token);
      for (const key of await Promise.all(this.#keys.values())) if (key.kid === kid) return key;
    } catch {
      // not a JWT at all
    }
    return null;
  }

  /** @param {string} tenantId */
  issuersOf(tenantId) {
    const tenant = Object.values(this.#world.tenants).find((one) => one.tenantId === tenantId);
    if (!tenant) return [];
    const v1 = `${clouds[tenant.cloud].tokenService}${tenantId}/`;
    return [v1, `https://${tenant.loginHost}/${tenantId}/v2.0`];
  }

  /**
   * A token without a sign-in, for tests that want a particular one.
   * @param {object} [wishes]
   * @param {string} [wishes.user]       the world's name
   * @param {string} [wishes.audience]   default: the flow service of the user's cloud
   * @param {string | null} [wishes.scp] null leaves it out
   * @param {string} [wishes.tenantId]   the tenant that signs
   * @param {string} [wishes.issuer]
   * @param {number} [wishes.expiresIn]  seconds, may be negative
   * @param {boolean} [wishes.appOnly]   no user: `idtyp` app, roles, no scp
   * @param {Record<string, unknown>} [wishes.claims]  overrides
   * @param {string} [wishes.claimsRequest]
   */
  async mint({ user = "ada", appOnly = false, claimsRequest, ...wishes } = {}) {
    const person = this.#world.users[user];
    const tenantId = wishes.tenantId ?? person.tenantId;
    const tenant = Object.values(this.#world.tenants).find((one) => one.tenantId === tenantId);
    const { kid, privateKey } = await this.keyOf(tenantId);
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({
      ...delegatedClaims(person, this.#world.clients.formApp.clientId),
      ...(appOnly ? { idtyp: "app", roles: ["Flows.Read"], upn: undefined, name: undefined } : {}),
      scp: appOnly || wishes.scp === null ? undefined : (wishes.scp ?? "User"),
      tid: tenantId,
      aud: wishes.audience ?? clouds[tenant.cloud].flowAudience,
      iss: wishes.issuer ?? this.issuersOf(tenantId)[0],
      iat: now,
      nbf: now,
      exp: now + (wishes.expiresIn ?? this.#world.tokenLifetimeSeconds),
      jti: randomUUID(),
      ...wishes.claims,
    })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
      .sign(privateKey);
    this.remember(token, claimsRequest ?? null);
    return token;
  }
}

/**
 * What Entra says of the user in a delegated v1 access token.
 * @param {import("../world.mjs").World["users"]["ada"]} person
 * @param {string} clientId
 */
export function delegatedClaims(person, clientId) {
  return {
    oid: person.oid,
    sub: person.oid,
    tid: person.tenantId,
    upn: person.upn,
    unique_name: person.upn,
    name: person.name,
    appid: clientId,
    appidacr: "0",
    idtyp: "user",
    ver: "1.0",
  };
}

/** @typedef {Awaited<ReturnType<typeof newTenantKey>>} TenantKey */
async function newTenantKey() {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
  return { kid, publicKey, privateKey, jwk };
}

/**
 * Does a claims request contain what a challenge wants? MSAL adds wishes of its own to it.
 * @param {string | null | undefined} request
 * @param {string} challenge
 */
function contains(request, challenge) {
  if (!request) return false;
  try {
    const asked = JSON.parse(request);
    const wanted = Object.entries(JSON.parse(challenge));
    return wanted.every(([part, claims]) => isDeepStrictEqual(asked[part], claims));
  } catch {
    return false;
  }
}
