/**
 * The org's Web API under /api/data/v9.2, for the session that the org's cookie names. Same-origin
 * only: it never sends a cross-origin header.
 */
import { randomUUID } from "node:crypto";
import Koa from "koa";
import {
  badQuery,
  DataverseError,
  duplicateKey,
  invalidInput,
  missingPrivilege,
  notFound,
  requiredField,
  unknownProperty,
  unknownSegment,
} from "./errors.mjs";
import { parseQuery, runQuery, skipToken } from "./query.mjs";
import { bookkeeping, initialRows } from "./rows.mjs";
import { tableByName, tableBySet } from "./tables.mjs";

const root = "/api/data/v9.2";
/** @type {("off" | "on" | "suspended")[]} by statecode */
const flowStates = ["off", "on", "suspended"];
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class Dataverse {
  #world;
  #sessions;
  #onCreate;
  /** @type {Record<string, Record<string, Record<string, any>[]>>} */
  #rows = {};
  #version = 1_000_000;
  #callback;

  /**
   * @param {import("../world.mjs").World} world
   * @param {import("../sessions.mjs").Sessions} sessions
   * @param {(event: {org: string, table: string, row: Record<string, any>, user: any}) => void} onCreate
   */
  constructor(world, sessions, onCreate) {
    this.#world = world;
    this.#sessions = sessions;
    this.#onCreate = onCreate;
    this.reset();
    const app = new Koa();
    app.use((ctx) => this.#answer(ctx));
    app.on("error", (error) => {
      if (!error.expose) console.error("sandbox, dataverse:", error);
    });
    this.#callback = app.callback();
  }

  handle(req, res) {
    return this.#callback(req, res);
  }

  reset() {
    for (const org of Object.keys(this.#world.orgs))
      this.#rows[org] = initialRows(this.#world, org);
  }

  /** The rows themselves, for tests to read and to change. */
  rows(org, table) {
    return this.#rows[org][table];
  }

  async #answer(ctx) {
    ctx.set("OData-Version", "4.0");
    ctx.set("Cache-Control", "no-cache");
    ctx.set("x-ms-service-request-id", randomUUID());
    try {
      await this.#route(ctx);
    } catch (error) {
      if (!(error instanceof DataverseError)) throw error;
      ctx.status = error.status;
      ctx.body = error.body;
    }
    if (ctx.body) ctx.set("Content-Type", "application/json; odata.metadata=minimal");
  }

  async #route(ctx) {
    const [orgName, org] = Object.entries(this.#world.orgs).find(
      ([, one]) => one.host === ctx.hostname,
    );
    const user = this.#sessions.userOf(ctx.req);
    if (!user || user.tenantId !== org.tenantId) {
      ctx.set(
        "WWW-Authenticate",
        `Bearer authorization_uri=https://login.microsoftonline.com/${org.tenantId}/oauth2/authorize, resource_id=${org.url}/`,
      );
      throw new DataverseError(401, "0x80040220", "The user is not authenticated.");
    }
    if (!ctx.path.startsWith(`${root}/`)) throw unknownSegment(ctx.path);
    const call = {
      ctx,
      org,
      orgName,
      user,
      params: new URLSearchParams(ctx.querystring),
      prefer: preferences(ctx.get("Prefer")),
    };
    const segment = decodeURIComponent(ctx.path.slice(root.length + 1));
    if (segment === "WhoAmI" || segment === "WhoAmI()") return this.#whoAmI(call);
    if (segment.startsWith("RetrieveCurrentOrganization")) return this.#organization(call, segment);

    const [, set, key] = /^(\w+)(?:\((.*)\))?$/.exec(segment) ?? [];
    const table = tableBySet(set);
    if (!table) throw unknownSegment(set ?? segment);
    if (key === undefined) {
      if (ctx.method === "GET") return this.#list(call, table);
      if (ctx.method === "POST") return this.#create(call, table);
    } else {
      if (ctx.method === "GET") return this.#read(call, table, key);
      if (ctx.method === "PATCH") return this.#update(call, table, key);
      if (ctx.method === "DELETE") return this.#delete(call, table, key);
    }
    throw new DataverseError(
      405,
      "0x80060891",
      `The requested resource does not support http method '${ctx.method}'.`,
    );
  }

  #whoAmI({ ctx, org, user }) {
    ctx.body = {
      "@odata.context": `${org.url}${root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
      BusinessUnitId: org.organizationId.replace(/^.{8}/, "b051e55a"),
      UserId: user.systemUserId,
      OrganizationId: org.organizationId,
    };
  }

  #organization({ ctx, org, orgName, params }, segment) {
    const [, alias] = /^RetrieveCurrentOrganization\(AccessType=(@\w+)\)$/.exec(segment) ?? [];
    const access = params.get(alias ?? "");
    if (access !== "Microsoft.Dynamics.CRM.EndpointAccessType'Default'") {
      throw badQuery("The parameter AccessType is missing or is not an EndpointAccessType.");
    }
    ctx.body = {
      "@odata.context": `${org.url}${root}/$metadata#Microsoft.Dynamics.CRM.RetrieveCurrentOrganizationResponse`,
      Detail: {
        OrganizationId: org.organizationId,
        FriendlyName: orgName,
        OrganizationVersion: "9.2.26104.00184",
        EnvironmentId: org.environmentId,
        Geo: "EMEA",
        TenantId: org.tenantId,
        UrlName: org.host.split(".")[0],
        UniqueName: `unq${org.organizationId.replaceAll("-", "").slice(0, 21)}`,
        State: "Enabled",
        OrganizationType: "Customer",
        Endpoints: {
          Count: 3,
          IsReadOnly: false,
          Keys: ["WebApplication", "OrganizationService", "OrganizationDataService"],
          Values: [
            `${org.url}/`,
            `${org.url}/XRMServices/2011/Organization.svc`,
            `${org.url}/XRMServices/2011/OrganizationData.svc`,
          ],
        },
      },
    };
  }

  #list(call, table) {
    const { ctx, org, orgName, params, prefer } = call;
    const query = parseQuery(params, table);
    this.#demand(call, table, "Read");
    for (const { childTable } of query.expand) this.#demand(call, childTable, "Read");
    const size = Number(prefer["odata.maxpagesize"] ?? Infinity);
    const { page, more, total } = runQuery(this.#rows[orgName][table.name], query, size);
    ctx.body = {
      "@odata.context": `${org.url}${root}/$metadata#${table.set}(${query.select})`,
      ...(query.count && { "@odata.count": total }),
      value: page.map((row) => this.#shape(row, table, query, orgName)),
      ...(more && { "@odata.nextLink": nextLink(org, ctx, params, query.skip + 1) }),
    };
  }

  #read(call, table, key) {
    const { ctx, org, orgName, params } = call;
    const query = parseQuery(params, table);
    this.#demand(call, table, "Read");
    for (const { childTable } of query.expand) this.#demand(call, childTable, "Read");
    const row = this.#find(orgName, table, key);
    ctx.body = {
      "@odata.context": `${org.url}${root}/$metadata#${table.set}(${query.select})/$entity`,
      ...this.#shape(row, table, query, orgName),
    };
  }

  #create(call, table) {
    const { ctx, org, orgName, user, prefer } = call;
    this.#demand(call, table, "Create");
    const given = this.#content(ctx, orgName, table);
    for (const name of table.required) {
      if (given[name] === undefined || given[name] === null) {
        throw requiredField(name.replace(/^_(.*)_value$/, "$1"));
      }
    }
    const rows = this.#rows[orgName][table.name];
    const unique = table.uniqueKey;
    if (unique && rows.some((row) => row[unique.column] === given[unique.column])) {
      throw duplicateKey(unique.name);
    }
    const row = {
      ...Object.fromEntries(Object.keys(table.columns).map((name) => [name, null])),
      ...bookkeeping(user.systemUserId),
      ...given,
      [table.key]: given[table.key] ?? randomUUID(),
    };
    rows.push(row);
    this.#onCreate({ org: orgName, table: table.name, row, user });
    ctx.set("OData-EntityId", `${org.url}${root}/${table.set}(${row[table.key]})`);
    this.#afterWrite(ctx, prefer, 201, { row, table, orgName, org });
  }

  #update(call, table, key) {
    const { ctx, org, orgName, user, prefer } = call;
    this.#demand(call, table, "Write");
    const given = this.#content(ctx, orgName, table);
    const row = this.#find(orgName, table, key);
    this.#switchFlow(table, row, given);
    Object.assign(row, given, {
      modifiedon: bookkeeping("").modifiedon,
      _modifiedby_value: user.systemUserId,
    });
    ctx.set("OData-EntityId", `${org.url}${root}/${table.set}(${row[table.key]})`);
    this.#afterWrite(ctx, prefer, 200, { row, table, orgName, org });
  }

  /** `statecode` of a workflow is the switch of its flow. */
  #switchFlow(table, row, given) {
    if (table.name !== "workflow" || given.statecode === undefined) return;
    const flow = Object.values(this.#world.flows).find((one) => one.resourceId === row.resourceid);
    if (flow) flow.state = flowStates[given.statecode] ?? flow.state;
  }

  #delete(call, table, key) {
    const { ctx, orgName } = call;
    this.#demand(call, table, "Delete");
    const row = this.#find(orgName, table, key);
    const rows = this.#rows[orgName][table.name];
    rows.splice(rows.indexOf(row), 1);
    for (const { table: child, column } of Object.values(table.children)) {
      const left = this.#rows[orgName][child].filter((one) => one[column] !== row[table.key]);
      this.#rows[orgName][child] = left;
    }
    ctx.status = 204;
  }

  #afterWrite(ctx, prefer, status, { row, table, orgName, org }) {
    if (prefer.return !== "representation") {
      ctx.status = 204;
      return;
    }
    const query = parseQuery(new URLSearchParams(ctx.querystring), table);
    ctx.status = status;
    ctx.body = {
      "@odata.context": `${org.url}${root}/$metadata#${table.set}/$entity`,
      ...this.#shape(row, table, query, orgName),
    };
  }

  /** The body's columns, each known, each lookup bound. */
  #content(ctx, orgName, table) {
    const body = parseBody(ctx.req.rawBody);
    const content = {};
    for (const [name, value] of Object.entries(body)) {
      if (name.startsWith("@")) continue;
      const [navigation, annotation] = name.split("@");
      if (annotation === "odata.bind") {
        const lookup = table.lookups[navigation];
        if (!lookup) throw unknownProperty(navigation, table.name);
        content[lookup.column] = this.#bind(orgName, lookup.table, value);
      } else if (!table.columns[name] || table.readOnly.includes(name)) {
        throw unknownProperty(name, table.name);
      } else {
        content[name] = typed(name, value, table.columns[name]);
      }
    }
    return content;
  }

  /** `/environmentvariabledefinitions(<guid>)` */
  #bind(orgName, tableName, reference) {
    const table = tableByName(tableName);
    const [, set, key] = /^\/?(\w+)\(([^)]*)\)$/.exec(String(reference)) ?? [];
    if (set !== table.set) throw badQuery(`Invalid reference '${reference}'.`);
    return this.#find(orgName, table, key)[table.key];
  }

  #find(orgName, table, key) {
    if (!guid.test(key)) throw badQuery("Bad Request - Error in query syntax.");
    const id = key.toLowerCase();
    const row = this.#rows[orgName][table.name].find((one) => one[table.key] === id);
    if (!row) throw notFound(table.name, key);
    return row;
  }

  #demand({ user }, table, right) {
    if (!this.#world.roles[user.role][table.name]?.includes(right)) {
      throw missingPrivilege(user.systemUserId, `prv${right}${table.privilege}`, table.name);
    }
  }

  #shape(row, table, query, orgName) {
    const shaped = { "@odata.etag": `W/"${this.#version++}"` };
    for (const name of new Set([...query.select, table.key])) shaped[name] = row[name] ?? null;
    for (const { name, child, childTable, select } of query.expand) {
      shaped[name] = this.#rows[orgName][child.table]
        .filter((one) => one[child.column] === row[table.key])
        .map((one) => this.#shape(one, childTable, { select, expand: [] }, orgName));
    }
    return shaped;
  }
}

function typed(name, value, type) {
  const wanted = { Int32: "number", Boolean: "boolean" }[type] ?? "string";
  if (value === null || typeof value === wanted) return value;
  throw invalidInput(
    `Error identified in Payload provided by the user for Entity :'', For more information on this error please follow this help link: Cannot convert a value to target type 'Edm.${type}' (column '${name}').`,
  );
}

/** @param {Buffer} bytes */
function parseBody(bytes) {
  try {
    const body = JSON.parse(bytes.toString());
    if (body && typeof body === "object" && !Array.isArray(body)) return body;
  } catch {
    // falls through
  }
  throw invalidInput("Error identified in Payload provided by the user: not a JSON object.");
}

/** `Prefer: odata.maxpagesize=2, return=representation` @param {string} header */
function preferences(header) {
  const pairs = header.split(/[,;]/).map((part) => part.trim().replaceAll('"', "").split("="));
  return Object.fromEntries(pairs);
}

function nextLink(org, ctx, params, page) {
  const next = new URLSearchParams(params);
  next.set("$skiptoken", encodeURIComponent(skipToken(page)));
  const query = [...next].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${org.url}${ctx.path}?${query}`;
}
