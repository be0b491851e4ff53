/**
 * What the console shows of a flow's definition: the schemas of its trigger and its Response actions, and nothing else.
 * A definition holds whatever its maker wrote into it, keys and passwords too, so only what is listed here leaves this file.
 */
export type JsonSchema = { [keyword: string]: unknown };

export interface FlowShape {
  /** The one method that the trigger's maker wrote down; without it the trigger takes POST, and perhaps others. */
  method?: string;
  /** The schema of the trigger's body, where it has one. */
  body?: JsonSchema;
  /** The maker pasted a sample payload where a schema belongs; the schema is made from its shape. */
  bodyIsSample: boolean;
  responses: ResponseShape[];
}

export interface ResponseShape {
  /** The status, where it is a number and not an expression. */
  status?: number;
  schema?: JsonSchema;
}

type Thing = Record<string, unknown>;
const isThing = (value: unknown): value is Thing =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param clientdata the column of the workflow row, JSON text */
export function readShape(clientdata: unknown, trigger: string): FlowShape {
  const definition = at(parse(clientdata), "properties", "definition");
  const written = at(definition, "triggers", trigger, "inputs", "schema");
  const isSample = isThing(written) && Object.keys(written).length > 0 && !isSchema(written);
  const body = isSample ? schemaOf(written) : cleanSchema(written);
  const method = at(definition, "triggers", trigger, "inputs", "method");
  return {
    ...(typeof method === "string" &&
      /^[A-Za-z]+$/.test(method) && { method: method.toUpperCase() }),
    ...(body && Object.keys(body).length > 0 && { body }),
    bodyIsSample: isSample,
    responses: responsesIn(at(definition, "actions")),
  };
}

/** How a trigger's list of users is written, without who is on it: `{guid},{guid}`. Undefined for fewer than two. */
export function allowedUsersForm(clientdata: unknown, trigger: string): string | undefined {
  const definition = at(parse(clientdata), "properties", "definition");
  const list = at(definition, "triggers", trigger, "inputs", "triggerAllowedUsers");
  if (Array.isArray(list)) return list.length > 1 ? "[{text},{text}]" : undefined;
  if (typeof list !== "string") return undefined;
  const form = list
    .trim()
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "{guid}")
    .replace(/[^\s,;|{}"'[\]]+@[^\s,;|{}"'[\]]+/g, "{name}");
  // Whatever else is written there may be a name.
  const masked = form.replace(
    /(\{guid\}|\{name\})|[^\s,;|{}"'[\]]+/g,
    (_, known) => known ?? "{text}",
  );
  return /\}.*\{/s.test(masked) ? masked : undefined;
}

/** Response actions stand at any depth: in scopes, both sides of a condition, cases, loops. */
function responsesIn(actions: unknown, depth = 0): ResponseShape[] {
  if (!isThing(actions) || depth > 20) return [];
  return Object.values(actions).flatMap((action) => {
    if (!isThing(action)) return [];
    const inner = [
      action.actions,
      at(action, "else", "actions"),
      at(action, "default", "actions"),
      ...Object.values(isThing(action.cases) ? action.cases : {}).map((one) => at(one, "actions")),
    ].flatMap((more) => responsesIn(more, depth + 1));
    return action.type === "Response" ? [responseOf(action), ...inner] : inner;
  });
}

function responseOf(action: Thing): ResponseShape {
  const status = Number(at(action, "inputs", "statusCode"));
  const schema = cleanSchema(at(action, "inputs", "schema"));
  return {
    ...(Number.isInteger(status) && status >= 100 && status <= 599 && { status }),
    ...(schema && Object.keys(schema).length > 0 && { schema }),
  };
}

const types = ["string", "number", "integer", "boolean", "object", "array", "null"];

/** Whether it reads as a schema, and not as a payload that a schema was wanted for. */
function isSchema(value: Thing): boolean {
  const { type } = value;
  const known = Array.isArray(type)
    ? type.every((one) => types.includes(one))
    : types.includes(type as string);
  return (
    known ||
    isThing(value.properties) ||
    ["$ref", "anyOf", "oneOf", "allOf", "enum", "const", "$schema"].some((word) => word in value)
  );
}

const maps = ["properties", "definitions", "$defs"];
const lists = ["anyOf", "oneOf", "allOf"];
const plain = ["description", "format", "pattern"];
const limits = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

/**
 * The keywords that say what a value looks like. No `default` and no `examples`: they are values. No reference but a local
 * one: a type generator would fetch another. No `title`: it would name types twice.
 */
function cleanSchema(schema: unknown, depth = 0): JsonSchema | undefined {
  if (!isThing(schema) || depth > 30) return undefined;
  const clean: JsonSchema = {};
  const type = [schema.type].flat().filter((one) => types.includes(one as string));
  if (type.length > 0) clean.type = type.length === 1 ? type[0] : type;
  for (const word of plain) if (typeof schema[word] === "string") clean[word] = schema[word];
  for (const word of limits) if (typeof schema[word] === "number") clean[word] = schema[word];
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.filter((one) => one === null || typeof one !== "object");
    if (values.length > 0) clean.enum = values;
  }
  if ("const" in schema && !isThing(schema.const)) clean.const = schema.const;
  if (Array.isArray(schema.required)) {
    const required = schema.required.filter((one) => typeof one === "string");
    if (required.length > 0) clean.required = required;
  }
  const reference = schema.$ref;
  if (typeof reference === "string" && /^#(\/|$)/.test(reference)) clean.$ref = reference;
  for (const word of maps) {
    const entries = schema[word];
    if (!isThing(entries)) continue;
    clean[word] = Object.fromEntries(
      Object.entries(entries).map(([name, one]) => [name, cleanSchema(one, depth + 1) ?? {}]),
    );
  }
  for (const word of lists) {
    const entries = schema[word];
    if (Array.isArray(entries) && entries.length > 0)
      clean[word] = entries.map((one) => cleanSchema(one, depth + 1) ?? {});
  }
  const items = [schema.items].flat()[0];
  if (isThing(items)) clean.items = cleanSchema(items, depth + 1) ?? {};
  const more = schema.additionalProperties;
  if (typeof more === "boolean") clean.additionalProperties = more;
  if (isThing(more)) clean.additionalProperties = cleanSchema(more, depth + 1) ?? {};
  return clean;
}

/** The schema of a sample, without its values. */
function schemaOf(sample: unknown, depth = 0): JsonSchema {
  if (depth > 30 || sample === null) return {};
  if (Array.isArray(sample))
    return { type: "array", items: schemaOf(sample[0] ?? null, depth + 1) };
  if (isThing(sample)) {
    const properties = Object.entries(sample).map(([name, one]) => [
      name,
      schemaOf(one, depth + 1),
    ]);
    return { type: "object", properties: Object.fromEntries(properties) };
  }
  return { type: typeof sample };
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function at(from: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (isThing(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    from,
  );
}
