/**
 * The four functions of `Xrm.WebApi` that are used here, over the org's Web API with the session's cookie: an admin may open
 * the console as a browser tab, where there is no Xrm. It rejects as Xrm does: `{errorCode, message}`.
 */
import type { ConsoleWebApi } from "./host.js";

const sets: Record<string, string> = {
  workflow: "workflows",
  environmentvariabledefinition: "environmentvariabledefinitions",
  environmentvariablevalue: "environmentvariablevalues",
};

export function sameOriginWebApi(root = `${location.origin}/api/data/v9.2/`): ConsoleWebApi {
  const setOf = (table: string) => sets[table] ?? `${table}s`;
  return {
    retrieveRecord: async (table, id, options = "") =>
      (await send(`${root}${setOf(table)}(${id})${options}`)).json(),

    async retrieveMultipleRecords(table, options = "", maxPageSize = 5000) {
      const url = options.startsWith(root) ? options : root + setOf(table) + options;
      const answer = await (await send(url, { Prefer: `odata.maxpagesize=${maxPageSize}` })).json();
      const nextLink = answer["@odata.nextLink"];
      return { entities: answer.value, ...(nextLink && { nextLink }) };
    },

    async createRecord(table, data) {
      const answer = await send(root + setOf(table), {}, "POST", data);
      const id = /\(([^)]+)\)$/.exec(answer.headers.get("OData-EntityId") ?? "")?.[1] ?? "";
      return { id, entityType: table };
    },

    async updateRecord(table, id, data) {
      // If-Match: an update must not create what was deleted meanwhile.
      await send(`${root}${setOf(table)}(${id})`, { "If-Match": "*" }, "PATCH", data);
      return { id, entityType: table };
    },
  };
}

async function send(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
  body?: unknown,
): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json; charset=utf-8",
      "OData-MaxVersion": "4.0",
      "OData-Version": "4.0",
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({ error: undefined }));
  throw {
    errorCode: Number.parseInt(error?.code, 16) || answer.status,
    message: error?.message ?? answer.statusText,
  };
}
