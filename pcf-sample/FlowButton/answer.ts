/** A flow's answer as the text of a column. */
export interface Answer {
  text: string;
  /** The column holds less than the flow said. */
  shortened: boolean;
}

/**
 * `path` picks a part of a JSON answer (`stock.available`, `lines.0.name`); empty takes all of it. A part that the
 * answer has not got is no answer: the column keeps what it has.
 */
export function answerFrom(data: unknown, path: string, maxLength = Infinity): Answer | undefined {
  const part = pick(data, path);
  if (part === undefined && path !== "") return undefined;
  const text = asText(part);
  // By characters rather than UTF-16 units, so that no character is cut in two.
  if (text.length <= maxLength) return { text, shortened: false };
  let kept = "";
  for (const character of text) {
    if (kept.length + character.length > maxLength - 1) break;
    kept += character;
  }
  return { text: `${kept}…`, shortened: true };
}

function pick(data: unknown, path: string): unknown {
  if (path === "") return data;
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.prototype.hasOwnProperty.call(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  }, data);
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}
