import type { FormRecord } from "./inputs";

/**
 * The body that the flow gets: the Payload property's JSON, or the record on the form.
 * @throws SyntaxError where the property is not JSON
 */
export function bodyFrom(payload: string, record: FormRecord): unknown {
  if (payload !== "") return JSON.parse(payload);
  return record.id ? { table: record.table, id: record.id } : {};
}
