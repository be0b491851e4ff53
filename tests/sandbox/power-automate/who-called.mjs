/**
 * The flow that knows its caller: it exchanges the token that came with its input on behalf of the user, asks
 * Graph who that is, and answers with the name. What Power Automate's HTTP action does, over the wire.
 */
import { send } from "../client.mjs";
import { grantType } from "../entra/on-behalf-of.mjs";
import { graphHost } from "../graph.mjs";

/** What Microsoft's connectors call themselves; by it tests tell a flow's requests from a page's. */
export const flowsAgent = "azure-logic-apps/1.0";

/**
 * @param {import("../world.mjs").World} world
 * @param {() => number} port
 * @returns {import("./behaviours.mjs").Behaviour}
 */
export function whoCalled(world, port) {
  return async ({ body, headers: given }, flow) => {
    const assertion = body?.userToken ?? given["x-user-token"];
    const { loginHost, tenantId } = world.tenants[world.orgs[flow.org].tenant];
    const { clientId, clientSecret } = world.ownApiApp;
    const form = new URLSearchParams({
      grant_type: grantType,
      client_id: clientId,
      client_secret: clientSecret,
      assertion: String(assertion ?? ""),
      scope: `https://${graphHost}/.default`,
      requested_token_use: "on_behalf_of",
    });
    const headers = { "user-agent": flowsAgent };
    const exchanged = await send(
      { port: port() },
      `https://${loginHost}/${tenantId}/oauth2/v2.0/token`,
      {
        method: "POST",
        headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      },
    );
    if (exchanged.status !== 200) {
      const { error, error_description } = exchanged.json;
      return {
        status: 401,
        body: { message: "I do not know who you are.", error, error_description },
      };
    }
    const me = await send({ port: port() }, `https://${graphHost}/v1.0/me`, {
      bearer: exchanged.json.access_token,
      headers,
    });
    return { body: { caller: me.json.displayName, upn: me.json.userPrincipalName } };
  };
}
