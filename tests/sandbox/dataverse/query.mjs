/** Query options: which rows, in which order, how many, and which columns of them. */
import { badQuery, unknownProperty } from "./errors.mjs";
import { parseFilter } from "./filter.mjs";
import { tableByName } from "./tables.mjs";

const known = new Set([
  "$select",
  "$filter",
  "$expand",
  "$orderby",
  "$top",
  "$count",
  "$skiptoken",
]);
const serviceLimit = 5000;

/**
 * @param {URLSearchParams} params
 * @param {import("./tables.mjs").Table} table
 */
export function parseQuery(params, table) {
  for (const name of params.keys()) {
    if (name.startsWith("$") && !known.has(name)) {
      throw badQuery(`The query parameter ${name} is not supported.`);
    }
  }
  return {
    select: parseSelect(params.get("$select"), table),
    expand: parseExpand(params.get("$expand"), table),
    filter: params.has("$filter") ? parseFilter(params.get("$filter") ?? "", table) : () => true,
    order: parseOrder(params.get("$orderby"), table),
    top: parseCount(params.get("$top"), "$top"),
    count: params.get("$count") === "true",
    skip: parseSkipToken(params.get("$skiptoken")),
  };
}

/** @typedef {ReturnType<typeof parseQuery>} Query */

function parseSelect(text, table) {
  if (text === null) {
    return Object.keys(table.columns).filter((name) => !table.onlyWhenSelected.includes(name));
  }
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) if (!table.columns[name]) throw unknownProperty(name, table.name);
  return names;
}

/** `nav($select=a,b),other` */
function parseExpand(text, table) {
  if (text === null) return [];
  const parts = [...text.matchAll(/([A-Za-z_]\w*)(?:\(\$select=([^)]*)\))?(?:,|$)/g)];
  if (parts.map(([whole]) => whole).join("") !== text) throw badQuery(`Syntax error in '${text}'.`);
  return parts.map(([, name, select]) => {
    const child = table.children[name];
    if (!child) throw unknownProperty(name, table.name);
    const childTable = tableByName(child.table);
    return { name, child, childTable, select: parseSelect(select ?? null, childTable) };
  });
}

function parseOrder(text, table) {
  if (text === null) return [];
  return text.split(",").map((part) => {
    const [name, direction = "asc"] = part.trim().split(/\s+/);
    if (!table.columns[name]) throw unknownProperty(name, table.name);
    if (!["asc", "desc"].includes(direction)) throw badQuery(`Syntax error in '${text}'.`);
    return { name, sign: direction === "asc" ? 1 : -1 };
  });
}

function parseCount(text, name) {
  if (text === null) return Infinity;
  if (!/^\d+$/.test(text)) throw badQuery(`Invalid value '${text}' for ${name}.`);
  return Number(text);
}

/** Dataverse's token is a cookie in XML, opaque to the caller. */
function parseSkipToken(text) {
  return Number(/pagenumber="(\d+)"/.exec(decodeURIComponent(text ?? ""))?.[1] ?? 1) - 1;
}

export function skipToken(page) {
  return `<cookie pagenumber="${page + 1}" istracking="False" />`;
}

/**
 * @param {Record<string, any>[]} rows
 * @param {Query} query
 * @param {number} pageSize from `Prefer: odata.maxpagesize`
 */
export function runQuery(rows, query, pageSize) {
  const found = rows
    .filter(query.filter)
    .sort((left, right) => compareBy(query.order, left, right));
  const limited = found.slice(0, query.top);
  const size = Math.min(pageSize, serviceLimit);
  const from = query.skip * size;
  return {
    total: found.length,
    page: limited.slice(from, from + size),
    more: limited.length > from + size,
  };
}

function compareBy(order, left, right) {
  for (const { name, sign } of order) {
    const [a, b] = [left[name] ?? "", right[name] ?? ""];
    if (a !== b) return a < b ? -sign : sign;
  }
  return 0;
}
