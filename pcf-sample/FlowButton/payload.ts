/** What may stand for a placeholder: a column's value as JSON has it. */
export type PayloadValue = string | number | boolean | number[] | null;

/** By the placeholder's name: `value1` for `{{value1}}`. */
export type PayloadValues = Readonly<Record<string, PayloadValue>>;

/** The payload names a value that there is not. */
export class UnknownValue extends Error {
  readonly name = "UnknownValue";

  constructor(readonly placeholder: string) {
    super(placeholder);
  }
}

const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g;

/**
 * The body that the flow gets: the Payload property's JSON with its placeholders filled in, or the record on the form.
 * @throws SyntaxError where the property is not JSON
 * @throws UnknownValue
 */
export function bodyFrom(payload: string, values: PayloadValues): unknown {
  // Filled in after parsing, so that no value can break the JSON or add to it.
  if (payload !== "") return filledIn(JSON.parse(payload), values);
  return values["record.id"] ? { table: values["record.table"], id: values["record.id"] } : {};
}

function filledIn(part: unknown, values: PayloadValues): unknown {
  if (typeof part === "string") return textFilledIn(part, values);
  if (Array.isArray(part)) return part.map((item) => filledIn(item, values));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, filledIn(value, values)]),
  );
}

/** A text that is one placeholder becomes the value itself, a number or null too; within a text it becomes text. */
function textFilledIn(text: string, values: PayloadValues): unknown {
  const [whole] = text.matchAll(PLACEHOLDER);
  if (whole?.[0] === text.trim()) return valueOf(whole[1], values);
  return text.replace(PLACEHOLDER, (_all, name: string) => String(valueOf(name, values) ?? ""));
}

function valueOf(name: string, values: PayloadValues): PayloadValue {
  if (!Object.prototype.hasOwnProperty.call(values, name)) throw new UnknownValue(name);
  return values[name];
}

/** A column's raw value as JSON: a date without a time stays that day, whatever the time zone. */
export function payloadValue(property?: { raw: unknown; type?: string }): PayloadValue {
  const raw = property?.raw ?? null;
  if (raw instanceof Date) {
    if (Number.isNaN(raw.getTime())) return null;
    return property?.type === "DateAndTime.DateOnly" ? dayOf(raw) : raw.toISOString();
  }
  if (Array.isArray(raw)) return raw.filter((item) => typeof item === "number");
  return ["string", "number", "boolean"].includes(typeof raw) ? (raw as PayloadValue) : null;
}

function dayOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
