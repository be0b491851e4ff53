/**
 * One tenant of Entra: the certified oidc-provider, set up as shared/toolchain.md found it to work
 * with an unmodified msal-browser.
 */
import { randomUUID } from "node:crypto";
import { resourcesOf } from "./resources.mjs";
import { delegatedClaims } from "./tokens.mjs";

const {
  default: Provider,
  errors,
  interactionPolicy,
} = await withoutRuntimeWarning(() => import("oidc-provider"));

/** oidc-provider 9 warns of Node 20, on which it works; nobody needs to read that each time. */
async function withoutRuntimeWarning(load) {
  const { warn } = console;
  console.warn = (text, ...rest) => {
    if (!String(text).includes("oidc-provider WARNING: Unsupported runtime")) warn(text, ...rest);
  };
  try {
    return await load();
  } finally {
    console.warn = warn;
  }
}

/**
 * @param {object} needs
 * @param {import("../world.mjs").World} needs.world
 * @param {import("../world.mjs").World["tenants"]["contoso"]} needs.tenant
 * @param {import("./adapter.mjs").TenantStore} needs.store
 * @param {import("./tokens.mjs").Tokens} needs.tokens
 * @param {import("./sign-ins.mjs").SignIns} needs.signIns
 */
export async function createProvider({ world, tenant, store, tokens, signIns }) {
  const { jwk } = await tokens.keyOf(tenant.tenantId);
  const resources = resourcesOf(tenant, world.ownApi);
  const origins = new Set(Object.values(world.orgs).map((org) => org.url));
  const people = Object.values(world.users).filter((user) => user.tenantId === tenant.tenantId);
  const personOf = (oid) => people.find((user) => user.oid === oid);
  const oidcScopes = ["openid", "profile", "email", "offline_access"];
  const allScopes = [...oidcScopes, ...resources.flatMap(({ scopes }) => scopes)];

  const provider = new Provider(`https://${tenant.loginHost}/${tenant.tenantId}/v2.0`, {
    adapter: store.Adapter,
    jwks: { keys: [jwk] },
    clients: Object.values(world.clients).map((client) => registration(world, client)),
    clientBasedCORS: (_ctx, origin) => origins.has(origin),
    conformIdTokenClaims: false,
    claims: {
      openid: ["sub", "oid", "tid", "preferred_username", "name", "upn", "ver", "login_hint"],
    },
    cookies: {
      keys: [randomUUID()],
      long: { sameSite: "none", secure: true, signed: true, httpOnly: true },
      // Tenants share one host, so each has cookies of its own.
      names: {
        session: `ESTSAUTH_${tenant.name}`,
        interaction: `buid_${tenant.name}`,
        resume: `esctx_${tenant.name}`,
      },
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, _client, oneOf) => oneOf?.[0] ?? signIns.resourceOf(ctx),
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, identifier, client) => resourceServer(identifier, client),
      },
    },
    routes: {
      authorization: "/oauth2/v2.0/authorize",
      token: "/oauth2/v2.0/token",
      jwks: "/discovery/v2.0/keys",
      userinfo: "/openid/userinfo",
    },
    scopes: allScopes,
    issueRefreshToken: () => true,
    rotateRefreshToken: false,
    ttl: {
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3600,
      AuthorizationCode: 600,
      Grant: 86400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 86400,
      Session: 86400,
    },
    findAccount: (_ctx, oid) => account(personOf(oid)),
    loadExistingGrant,
    extraTokenClaims: (_ctx, token) => extraClaims(token),
    formats: { customizers: { jwt: asEntraWritesIt } },
    interactions: {
      policy: policy(),
      url: (_ctx, interaction) => `/${tenant.tenantId}/interaction/${interaction.uid}`,
    },
    renderError: signIns.renderError,
  });

  provider.on("authorization.success", (ctx, out) => {
    delete out.iss; // Entra sends none
    out.client_info = clientInfo(ctx.oidc.session.accountId);
  });
  provider.use(finishTokenAnswer);
  return provider;

  /** @param {string} identifier */
  function resourceServer(identifier, client) {
    const resource = resources.find((one) => one.identifier === identifier);
    const listed = Object.values(world.clients).find((one) => one.clientId === client.clientId);
    if (!resource || !listed?.permissions.includes(resource.permission)) {
      const { error, error_description: description } = notListed(client.clientId, identifier);
      throw new errors.CustomOIDCProviderError(error, description);
    }
    return {
      scope: resource.scopes.join(" "),
      audience: identifier,
      accessTokenTTL: world.tokenLifetimeSeconds,
      accessTokenFormat: "jwt",
      jwt: { sign: { alg: "RS256" } },
    };
  }

  /** Everything is granted at once, but for users who have yet to consent. */
  async function loadExistingGrant(ctx) {
    const { client, session, resourceServers } = ctx.oidc;
    const known = ctx.oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
    const grant =
      (known && (await provider.Grant.find(known))) ||
      new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope(oidcScopes.join(" "));
    if (signIns.hasConsented(personOf(session.accountId))) {
      grant.addOIDCScope(allScopes.join(" "));
      for (const [identifier, { scope }] of Object.entries(resourceServers)) {
        grant.addResourceScope(identifier, scope);
      }
    }
    await grant.save();
    return grant;
  }

  function account(person) {
    if (!person) return undefined;
    return {
      accountId: person.oid,
      claims: () => ({
        sub: person.oid,
        oid: person.oid,
        tid: person.tenantId,
        preferred_username: person.upn,
        upn: person.upn,
        login_hint: person.upn,
        name: person.name,
        ver: "2.0",
      }),
    };
  }

  function extraClaims(token) {
    const person = personOf(token.accountId);
    const resource = resources.find(({ identifier }) => identifier === token.aud);
    if (!person || !resource) return undefined;
    return { ...delegatedClaims(person, token.clientId), scp: resource.delegatedScope };
  }

  /** A v1 token: another issuer, no `scope`, no `client_id`. */
  function asEntraWritesIt(_ctx, _token, jwt) {
    jwt.payload.iss = tokens.issuersOf(tenant.tenantId)[0];
    jwt.payload.nbf = jwt.payload.iat;
    delete jwt.payload.scope;
    delete jwt.payload.client_id;
  }

  /** Adds what Entra adds to the token endpoint's answers, and notes the secrets in them. */
  async function finishTokenAnswer(ctx, next) {
    await next();
    if (ctx.path !== "/oauth2/v2.0/token" || ctx.method !== "POST" || !ctx.body) return;
    if (ctx.body.error) {
      Object.assign(ctx.body, traceOf(ctx.body.error_description));
      return;
    }
    ctx.body.ext_expires_in = ctx.body.expires_in;
    ctx.body.client_info = clientInfo(ctx.oidc.entities.Account?.accountId);
    tokens.remember(ctx.body.access_token, ctx.req.claimsRequest);
    for (const other of [ctx.body.refresh_token, ctx.body.id_token]) {
      if (other) tokens.secrets.add(other);
    }
  }

  function clientInfo(oid) {
    const info = JSON.stringify({ uid: oid, utid: tenant.tenantId });
    return Buffer.from(info).toString("base64url");
  }

  /** Login, then the second factor, then consent; each silent request that needs one is refused. */
  function policy() {
    const { base, Check, Prompt } = interactionPolicy;
    const prompts = base();
    const login = prompts.get("login");
    login.checks.get("no_session").description =
      "AADSTS50058: A silent sign-in request was sent but no user is signed in.";
    login.checks.add(
      new Check(
        "other_user",
        "AADSTS50058: A silent sign-in request was sent but the user of login_hint is not signed in.",
        "login_required",
        ({ oidc }) =>
          Boolean(oidc.params.login_hint && oidc.session.accountId && !oidc.result?.login) &&
          personOf(oidc.session.accountId)?.upn !== oidc.params.login_hint,
      ),
    );
    prompts.get("consent").checks.get("op_scopes_missing").description = signIns.consentMessage;
    const secondFactor = new Prompt(
      { name: "mfa", requestable: false },
      new Check("mfa_required", signIns.mfaMessage, "interaction_required", ({ oidc }) =>
        signIns.needsMfa(personOf(oidc.session.accountId), Object.keys(oidc.resourceServers)),
      ),
    );
    prompts.add(new Prompt({ name: "select_account", requestable: true }), 0);
    prompts.add(secondFactor, prompts.indexOf(login) + 1);
    return prompts;
  }
}

/**
 * What a registration without the permission is told.
 * @param {string} clientId
 * @param {string} identifier
 */
export function notListed(clientId, identifier) {
  return {
    error: "invalid_resource",
    error_description: `AADSTS650057: Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: ${clientId}. Resource value from request: ${identifier}.`,
  };
}

/** The ids that Entra puts under each error. @param {string} [description] */
export function traceOf(description = "") {
  const code = /AADSTS(\d+)/.exec(description)?.[1];
  return {
    error_codes: code ? [Number(code)] : [],
    timestamp: new Date().toISOString().replace("T", " "),
    trace_id: randomUUID(),
    correlation_id: randomUUID(),
  };
}

/**
 * @param {import("../world.mjs").World} world
 * @param {{clientId: string, name: string}} client
 */
function registration(world, { clientId, name }) {
  return {
    client_id: clientId,
    client_name: name,
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: Object.values(world.orgs).flatMap(({ url }) =>
      Object.values(world.redirectPaths).map((path) => url + path),
    ),
  };
}
