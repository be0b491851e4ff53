/** A body to start from, made of the trigger's schema: every property, each with a value that fits. */
import type { JsonSchema } from "./definition.js";

export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (typeof schema !== "object" || schema === null || depth > 12) return null;
  const one = schema as JsonSchema;
  const target = typeof one.$ref === "string" ? resolve(root, one.$ref) : undefined;
  if (target) return sampleOf(target, root, depth + 1);
  if ("const" in one) return one.const;
  if (Array.isArray(one.enum)) return one.enum[0];
  for (const word of ["anyOf", "oneOf", "allOf"]) {
    const choices = one[word];
    if (Array.isArray(choices)) return sampleOf(choices[0], root, depth + 1);
  }
  switch (typeOf(one)) {
    case "string":
      return text(one);
    case "number":
    case "integer":
      return typeof one.minimum === "number" ? one.minimum : 0;
    case "boolean":
      return false;
    case "array":
      return one.items ? [sampleOf(one.items, root, depth + 1)] : [];
    case "object":
      return Object.fromEntries(
        Object.entries((one.properties as JsonSchema | undefined) ?? {}).map(([name, inner]) => [
          name,
          sampleOf(inner, root, depth + 1),
        ]),
      );
    default:
      return null;
  }
}

/** The type that a form asks for: the first that is not null. */
export function typeOf(schema: JsonSchema): string | undefined {
  const found = [schema.type].flat().find((type) => type !== "null");
  if (typeof found === "string") return found;
  return schema.properties ? "object" : undefined;
}

function text({ format }: JsonSchema): string {
  const now = new Date().toISOString();
  if (format === "date-time") return now;
  if (format === "date") return now.slice(0, 10);
  if (format === "uuid") return "00000000-0000-4000-8000-000000000000";
  if (format === "email") return "name@example.com";
  return "";
}

function resolve(root: unknown, reference: string): unknown {
  return reference
    .split("/")
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((value, part) => (value as JsonSchema | undefined)?.[part], root);
}
