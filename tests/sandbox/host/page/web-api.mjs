/**
 * `Xrm.WebApi` and a PCF control's `context.webAPI`: the same five functions over the org's real
 * Web API, with the session's cookie. They reject as the platform does: `{errorCode, message}`, not
 * an `Error`.
 */
const ROOT = "/api/data/v9.2/";

const HEADERS = {
  Accept: "application/json",
  "Content-Type": "application/json; charset=utf-8",
  "OData-MaxVersion": "4.0",
  "OData-Version": "4.0",
};

export function createWebApi(fetchFn = window.fetch.bind(window)) {
  const send = async (path, { method = "GET", body, prefer = [] } = {}) => {
    const headers = { ...HEADERS };
    if (prefer.length > 0) headers.Prefer = prefer.join(",");
    let response;
    try {
      response = await fetchFn(ROOT + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw { errorCode: 0, message: "The network is unavailable." };
    }
    if (!response.ok) throw await failure(response);
    return response;
  };

  const annotated = 'odata.include-annotations="*"';

  return {
    async retrieveRecord(entityType, id, options = "") {
      const path = `${entitySet(entityType)}(${bare(id)})${options}`;
      return (await send(path, { prefer: [annotated] })).json();
    },

    async retrieveMultipleRecords(entityType, options = "", maxPageSize = 5000) {
      const prefer = [annotated, `odata.maxpagesize=${maxPageSize}`];
      const path = options?.startsWith("http")
        ? options.slice(options.indexOf(ROOT) + ROOT.length)
        : entitySet(entityType) + (options ?? "");
      const answer = await (await send(path, { prefer })).json();
      const result = { entities: answer.value };
      if (answer["@odata.nextLink"]) result.nextLink = answer["@odata.nextLink"];
      return result;
    },

    async createRecord(entityType, data) {
      const response = await send(entitySet(entityType), { method: "POST", body: data });
      const location = response.headers.get("OData-EntityId") ?? "";
      return { id: /\(([^)]+)\)$/.exec(location)?.[1] ?? "", entityType };
    },

    async updateRecord(entityType, id, data) {
      await send(`${entitySet(entityType)}(${bare(id)})`, { method: "PATCH", body: data });
      return { id: bare(id), entityType };
    },

    async deleteRecord(entityType, id) {
      await send(`${entitySet(entityType)}(${bare(id)})`, { method: "DELETE" });
      return { id: bare(id), entityType };
    },
  };
}

const bare = (id) => String(id).replace(/[{}]/g, "");

/** The platform reads set names from metadata; these tables follow English. */
function entitySet(entityType) {
  if (entityType.endsWith("y")) return `${entityType.slice(0, -1)}ies`;
  return entityType.endsWith("s") ? `${entityType}es` : `${entityType}s`;
}

async function failure(response) {
  try {
    const { error } = await response.json();
    return { errorCode: Number.parseInt(error.code, 16) || 0, message: error.message };
  } catch {
    return { errorCode: response.status, message: response.statusText };
  }
}
