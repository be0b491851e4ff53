/**
 * One line of the table.
 *
 * @typedef {object} Result
 * @property {string} what
 * @property {number} [value]      what is held against the target
 * @property {"×" | "kB" | "ms" | "µs" | "MB" | "instructions" | "requests" | "bytes"} [unit]
 * @property {number} [target]     the most that `value` may be; none where the line only informs
 * @property {number} [low]        where chance could have put `value`
 * @property {number} [high]
 * @property {string} [detail]     the figures behind it
 * @property {string} [missing]    why it was not measured
 */

/** @param {Result} result */
export function verdict({ value, target, low, high, missing }) {
  if (missing !== undefined) return "not measured";
  if (target === undefined) return "";
  const holds = value <= target ? "holds" : "does not hold";
  // Chance alone could have turned the verdict.
  const unsure = low !== undefined && low <= target !== high <= target;
  return unsure ? `${holds} (within noise)` : holds;
}

/** @param {Result} result */
export function cells(result) {
  const { what, value, unit = "", target, low, high, detail = "", missing } = result;
  const range = low === undefined ? "" : ` (${digits(low)}–${digits(high)})`;
  return [
    what,
    missing === undefined ? told(value, unit) + range : "—",
    target === undefined ? "" : `≤ ${told(target, unit)}`,
    verdict(result),
    missing ?? detail,
  ];
}

export const headings = ["what", "measured", "target", "verdict", "behind it"];

const told = (value, unit) => (unit === "" ? digits(value) : `${digits(value)} ${unit}`);

/** Three digits that mean something, and no more. */
export function digits(value) {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  // A ratio's third decimal counts: targets are as near as 1.03.
  return value.toFixed(Number.isInteger(value) ? 0 : 3);
}
