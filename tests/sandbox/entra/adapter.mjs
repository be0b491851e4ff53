/**
 * Where one tenant's sessions, grants, codes and refresh tokens live: a Map, and the two questions
 * that the sandbox asks of it beyond what oidc-provider's adapter interface asks.
 */
export class TenantStore {
  /** @type {Map<string, {model: string, payload: Record<string, any>, expiresAt: number}>} */
  #rows = new Map();

  /** The class that oidc-provider instantiates once per model. */
  get Adapter() {
    const rows = this.#rows;
    return class {
      /** @param {string} model */
      constructor(model) {
        this.model = model;
      }

      key(id) {
        return `${this.model}:${id}`;
      }

      async upsert(id, payload, expiresIn) {
        const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Infinity;
        rows.set(this.key(id), { model: this.model, payload, expiresAt });
      }

      async find(id) {
        const row = rows.get(this.key(id));
        return row && row.expiresAt > Date.now() ? row.payload : undefined;
      }

      async findByUid(uid) {
        return this.#first((payload) => payload.uid === uid);
      }

      async findByUserCode(userCode) {
        return this.#first((payload) => payload.userCode === userCode);
      }

      #first(matches) {
        for (const { model, payload } of rows.values()) {
          if (model === this.model && matches(payload)) return payload;
        }
        return undefined;
      }

      async consume(id) {
        const row = rows.get(this.key(id));
        if (row) row.payload.consumed = Math.floor(Date.now() / 1000);
      }

      async destroy(id) {
        rows.delete(this.key(id));
      }

      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of rows) if (payload.grantId === grantId) rows.delete(key);
      }
    };
  }

  /** The stored refresh token itself, to be changed in place. @param {string} value */
  refreshToken(value) {
    return this.#rows.get(`RefreshToken:${value}`)?.payload;
  }

  /** Ends sessions and grants of one account, or of all. @param {string} [accountId] */
  signOut(accountId) {
    for (const [key, { payload }] of this.#rows) {
      if (!accountId || payload.accountId === accountId) this.#rows.delete(key);
    }
  }
}
