/**
 * The sign-in hosts: instance discovery, OpenID configuration, the pages a person sees, and the
 * tenants' providers behind them. Where Entra's dialect differs from the standard that
 * oidc-provider speaks, the translation stands here.
 */
import Router from "@koa/router";
import Koa from "koa";
import { clouds } from "../clouds.mjs";
import { TenantStore } from "./adapter.mjs";
import { grantType, onBehalfOf } from "./on-behalf-of.mjs";
import { createProvider, notListed, traceOf } from "./provider.mjs";
import { replay } from "./replay.mjs";
import { requestedResource, resourcesOf } from "./resources.mjs";
import { consentPage, errorPage, pickAccountPage, secondFactorPage } from "./sign-in-page.mjs";
import { SignIns } from "./sign-ins.mjs";

export class Entra {
  #world;
  #tokens;
  /** @type {Map<string, Promise<TenantService>>} */
  #services = new Map();
  #callback;

  /**
   * @param {import("../world.mjs").World} world
   * @param {import("./tokens.mjs").Tokens} tokens
   */
  constructor(world, tokens) {
    this.#world = world;
    this.#tokens = tokens;
    const app = new Koa();
    app.on("error", (error) => {
      if (!error.expose) console.error("sandbox, entra:", error);
    });
    app.use(this.#routes().routes());
    this.#callback = app.callback();
  }

  handle(req, res) {
    return this.#callback(req, res);
  }

  /** Ends the sessions of one user (by the world's name), or of all. @param {string} [userName] */
  async signOut(userName) {
    const oid = userName && this.#world.users[userName].oid;
    for (const { store, signIns } of await Promise.all(this.#services.values())) {
      store.signOut(oid);
      signIns.forget(oid);
    }
  }

  #routes() {
    const router = new Router();
    router.get("/common/discovery/instance", (ctx) => this.#instanceDiscovery(ctx));
    router.get("/:tenant/v2.0/.well-known/openid-configuration", (ctx) => this.#configuration(ctx));
    router.get("/:tenant/interaction/:uid", (ctx) => this.#showInteraction(ctx));
    router.post("/:tenant/interaction/:uid", (ctx) => this.#finishInteraction(ctx));
    router.get("/:tenant/oauth2/v2.0/logout", (ctx) => this.#logout(ctx));
    router.all("/:tenant/oauth2/v2.0/authorize{/*rest}", (ctx) => this.#authorize(ctx));
    router.all("/:tenant/oauth2/v2.0/token", (ctx) => this.#token(ctx));
    router.all("/:tenant/discovery/v2.0/keys", (ctx) => this.#pass(ctx, {}));
    return router;
  }

  /** By id, by domain, or by one of the names for "whichever". @param {import("koa").Context} ctx */
  #tenantOf(ctx) {
    const segment = ctx.params.tenant.toLowerCase();
    const here = Object.values(this.#world.tenants).filter((tenant) =>
      clouds[tenant.cloud].loginHosts.includes(ctx.hostname),
    );
    const tenant = ["common", "organizations"].includes(segment)
      ? here[0]
      : here.find(({ tenantId, domain }) => [tenantId, domain].includes(segment));
    if (!tenant) {
      const description = `AADSTS90002: Tenant '${segment}' not found.`;
      ctx.throw(400, description, { expose: true });
    }
    return tenant;
  }

  /** @param {import("../world.mjs").World["tenants"]["contoso"]} tenant */
  #serviceOf(tenant) {
    let service = this.#services.get(tenant.tenantId);
    if (!service) {
      service = openTenant(this.#world, tenant, this.#tokens);
      this.#services.set(tenant.tenantId, service);
    }
    return service;
  }

  #instanceDiscovery(ctx) {
    ctx.set("Access-Control-Allow-Origin", "*");
    const asked = new URL(String(ctx.query.authorization_endpoint));
    const segment = asked.pathname.split("/")[1];
    ctx.body = {
      tenant_discovery_endpoint: `https://${asked.host}/${segment}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [
        alias(
          "login.microsoftonline.com",
          "login.windows.net",
          "login.microsoft.com",
          "sts.windows.net",
        ),
        alias("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
        alias("login.microsoftonline.us", "login.usgovcloudapi.net"),
      ],
    };
  }

  #configuration(ctx) {
    ctx.set("Access-Control-Allow-Origin", "*");
    const { tenantId } = this.#tenantOf(ctx);
    const root = `https://${ctx.hostname}/${tenantId}`;
    ctx.body = {
      issuer: `${root}/v2.0`,
      authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
      token_endpoint: `${root}/oauth2/v2.0/token`,
      end_session_endpoint: `${root}/oauth2/v2.0/logout`,
      jwks_uri: `${root}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ["none"],
      response_modes_supported: ["query", "fragment", "form_post"],
      response_types_supported: ["code"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "profile", "email", "offline_access"],
      tenant_region_scope: "EU",
      cloud_instance_name: "microsoftonline.com",
    };
  }

  /** Entra reads the claims parameter for access tokens; oidc-provider never needs to see it. */
  async #authorize(ctx) {
    const query = new URLSearchParams(ctx.querystring);
    query.delete("claims");
    await this.#pass(ctx, { query });
  }

  /** On a refresh, MSAL names the resource in `scope`, oidc-provider wants it in `resource`. */
  async #token(ctx) {
    const form = new URLSearchParams(ctx.req.rawBody.toString());
    if (form.get("grant_type") === grantType) return this.#onBehalfOf(ctx, form);
    const claimsRequest = form.get("claims");
    form.delete("claims");
    if (form.get("grant_type") === "refresh_token") {
      const resource = requestedResource(form.get("scope") ?? "");
      const { store, provider, signIns, tenant } = await this.#serviceOf(this.#tenantOf(ctx));
      const stored = store.refreshToken(form.get("refresh_token") ?? "");
      const person = Object.values(this.#world.users).find(({ oid }) => oid === stored?.accountId);
      if (resource && signIns.needsMfa(person, [resource])) {
        return refuse(ctx, { error: "invalid_grant", ...mfaError(signIns.mfaMessage) });
      }
      if (resource && stored) {
        const known = mayUse(this.#world, tenant, stored.clientId, resource);
        if (!known) return refuse(ctx, notListed(stored.clientId, resource));
        if (!signIns.hasConsented(person)) {
          const suberror = "consent_required";
          return refuse(ctx, {
            error: "invalid_grant",
            error_description: signIns.consentMessage,
            suberror,
          });
        }
        await widen(stored, known, provider);
      }
      form.delete("scope");
      if (resource) form.set("resource", resource);
    }
    await this.#pass(ctx, { body: form.toString(), claimsRequest });
  }

  /** No browser sends this grant, so no page may read its answer. */
  async #onBehalfOf(ctx, form) {
    const [world, tokens] = [this.#world, this.#tokens];
    const { status, body } = await onBehalfOf({ world, tokens, tenant: this.#tenantOf(ctx), form });
    ctx.status = status;
    ctx.body = body.error ? { ...body, ...traceOf(String(body.error_description)) } : body;
  }

  /**
   * Hands a request to the tenant's provider, which sits under the tenant's segment.
   * @param {import("koa").Context} ctx
   * @param {{query?: URLSearchParams, body?: string, claimsRequest?: string | null}} changes
   */
  async #pass(ctx, { query, body, claimsRequest }) {
    const { handle } = await this.#serviceOf(this.#tenantOf(ctx));
    const search = query ? `?${query}` : ctx.search;
    const path = ctx.path.slice(ctx.params.tenant.length + 1);
    const text = body ?? ctx.req.rawBody.toString();
    ctx.respond = false;
    await handle(
      replay(ctx.req, {
        url: path + search,
        originalUrl: `/${ctx.params.tenant}${path}${search}`,
        body: text,
        claimsRequest,
      }),
      ctx.res,
    );
  }

  async #showInteraction(ctx) {
    const { provider, tenant, people } = await this.#serviceOf(this.#tenantOf(ctx));
    const details = await this.#detailsOf(ctx, provider);
    if (!details) return;
    const person = Object.values(people).find(({ oid }) => oid === details.session?.accountId);
    const client = Object.values(this.#world.clients).find(
      ({ clientId }) => clientId === details.params.client_id,
    );
    ctx.type = "html";
    ctx.set("Cache-Control", "no-store");
    if (details.prompt.name === "mfa") ctx.body = secondFactorPage(tenant, person);
    else if (details.prompt.name === "consent") ctx.body = consentPage(tenant, client);
    else ctx.body = pickAccountPage(tenant, people, String(details.params.login_hint ?? ""));
  }

  async #finishInteraction(ctx) {
    const { provider, people, signIns } = await this.#serviceOf(this.#tenantOf(ctx));
    const details = await this.#detailsOf(ctx, provider);
    if (!details) return;
    const form = new URLSearchParams(ctx.req.rawBody.toString());
    const accountId = details.session?.accountId;
    /** @type {Record<string, unknown>} */
    let result = { error: "access_denied", error_description: "AADSTS65004: User declined." };
    if (form.get("user") && people[form.get("user")]) {
      result = { login: { accountId: people[form.get("user")].oid }, select_account: {} };
    } else if (form.get("action") === "approve") {
      signIns.proveMfa(accountId);
      result = { mfa: {} };
    } else if (form.get("action") === "accept") {
      signIns.consent(accountId);
      result = { consent: {} };
    }
    ctx.respond = false;
    await provider.interactionFinished(ctx.req, ctx.res, result, {
      mergeWithLastSubmission: true,
    });
  }

  async #detailsOf(ctx, provider) {
    try {
      return await provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      ctx.status = 400;
      ctx.type = "html";
      ctx.body = errorPage(error.error ?? "server_error", error.error_description);
      return null;
    }
  }

  async #logout(ctx) {
    const tenant = this.#tenantOf(ctx);
    const { store, provider, signIns } = await this.#serviceOf(tenant);
    const session = await provider.Session.get(provider.createContext(ctx.req, ctx.res));
    if (session.accountId) {
      store.signOut(session.accountId);
      signIns.forget(session.accountId);
    }
    const next = String(ctx.query.post_logout_redirect_uri ?? "");
    if (Object.values(this.#world.orgs).some(({ url }) => next.startsWith(`${url}/`))) {
      const target = new URL(next);
      if (ctx.query.state) target.searchParams.set("state", String(ctx.query.state));
      return ctx.redirect(target.href);
    }
    ctx.type = "html";
    ctx.body = errorPage("signed_out", "You signed out of your account.");
  }
}

/**
 * @typedef {Awaited<ReturnType<typeof openTenant>>} TenantService
 * @param {import("../world.mjs").World} world
 * @param {import("../world.mjs").World["tenants"]["contoso"]} tenant
 * @param {import("./tokens.mjs").Tokens} tokens
 */
async function openTenant(world, tenant, tokens) {
  const store = new TenantStore();
  const signIns = new SignIns();
  const provider = await createProvider({ world, tenant, store, tokens, signIns });
  const people = Object.fromEntries(
    Object.entries(world.users).filter(([, { tenantId }]) => tenantId === tenant.tenantId),
  );
  provider.on("error", (error) => console.error("sandbox, oidc-provider:", error));
  provider.on("server_error", (_ctx, error) => console.error("sandbox, oidc-provider:", error));
  return { tenant, store, signIns, provider, people, handle: provider.callback() };
}

/** The resource, if the client's registration lists it. */
function mayUse(world, tenant, clientId, identifier) {
  const client = Object.values(world.clients).find((one) => one.clientId === clientId);
  return resourcesOf(tenant, world.ownApi).find(
    (one) => one.identifier === identifier && client?.permissions.includes(one.permission),
  );
}

/** A refresh token of Entra's is good for every resource that the app may use. */
async function widen(stored, { identifier, scopes }, provider) {
  stored.resource = [...new Set([stored.resource ?? [], identifier].flat())];
  stored.scope = [...new Set([...stored.scope.split(" "), ...scopes])].join(" ");
  const grant = await provider.Grant.find(stored.grantId);
  if (!grant) return;
  grant.addOIDCScope(scopes.join(" "));
  grant.addResourceScope(identifier, scopes.join(" "));
  await grant.save();
}

/** @param {string} message */
function mfaError(message) {
  const values = ["c1a0d2f4-77b3-4f0e-9d55-2b8e6a7c9f31"];
  return {
    error_description: message,
    suberror: "basic_action",
    claims: JSON.stringify({ access_token: { capolids: { essential: true, values } } }),
  };
}

/** The token endpoint's refusals, as a page of any origin may read them. */
function refuse(ctx, error) {
  ctx.status = 400;
  ctx.set("Access-Control-Allow-Origin", ctx.get("Origin") || "*");
  ctx.body = { ...error, ...traceOf(error.error_description) };
}

/** @param {...string} aliases the first is the preferred one */
function alias(...aliases) {
  return {
    preferred_network: aliases[0],
    preferred_cache: aliases.at(-1) === "sts.windows.net" ? "login.windows.net" : aliases[0],
    aliases,
  };
}
