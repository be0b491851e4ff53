/**
 * The on-behalf-of grant at the token endpoint: a service swaps a token that it got for one of the next
 * service, as the same user. It is what validates the token that it got.
 */
const graph = "https://graph.microsoft.com";
export const grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/**
 * @param {object} parts
 * @param {import("../world.mjs").World} parts.world
 * @param {import("./tokens.mjs").Tokens} parts.tokens
 * @param {{tenantId: string}} parts.tenant
 * @param {URLSearchParams} parts.form
 * @returns {Promise<{status: number, body: Record<string, unknown>}>}
 */
export async function onBehalfOf({ world, tokens, tenant, form }) {
  const { clientId, clientSecret } = world.ownApiApp;
  if (form.get("client_id") !== clientId) {
    return refusal(
      "unauthorized_client",
      `AADSTS700016: Application with identifier '${form.get("client_id")}' was not found.`,
    );
  }
  if (form.get("client_secret") !== clientSecret) {
    return refusal("invalid_client", "AADSTS7000215: Invalid client secret provided.");
  }
  if (form.get("requested_token_use") !== "on_behalf_of") {
    return refusal(
      "invalid_request",
      "AADSTS900144: The request body must contain the parameter 'requested_token_use'.",
    );
  }
  if (form.get("scope") !== `${graph}/.default` && form.get("scope") !== `${graph}/User.Read`) {
    return refusal(
      "invalid_scope",
      `AADSTS70011: The scope '${form.get("scope") ?? ""}' is not valid.`,
    );
  }
  const verdict = await tokens.verify(form.get("assertion") ?? "");
  if (verdict.ok === false) {
    const why = {
      malformed: "AADSTS50027: JWT token is invalid or malformed.",
      signature: "AADSTS50013: Assertion failed signature validation.",
      expired: "AADSTS500133: Assertion is not within its valid time range.",
    };
    return refusal("invalid_grant", why[verdict.reason]);
  }
  const { claims } = verdict;
  if (![world.ownApi, clientId].includes(claims.aud)) {
    return refusal(
      "invalid_grant",
      `AADSTS500131: Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '${claims.aud}'.`,
    );
  }
  const user = Object.keys(world.users).find((name) => world.users[name].oid === claims.oid);
  if (!claims.scp || !user || claims.tid !== tenant.tenantId) {
    return refusal("invalid_grant", "AADSTS50013: Assertion contains an invalid user.");
  }
  const token = await tokens.mint({
    user,
    audience: graph,
    scp: "User.Read",
    claims: { appid: clientId, appidacr: "1" },
  });
  const expires = world.tokenLifetimeSeconds;
  return {
    status: 200,
    body: {
      token_type: "Bearer",
      scope: `${graph}/User.Read`,
      expires_in: expires,
      ext_expires_in: expires,
      access_token: token,
    },
  };
}

/** @param {string} error @param {string} error_description */
function refusal(error, error_description) {
  return { status: error === "invalid_client" ? 401 : 400, body: { error, error_description } };
}
