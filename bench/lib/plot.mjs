/** The results that have a target, as bars of how much of the target they use: past the line, it does not hold. */
import { cells, verdict } from "./verdict.mjs";

const width = 1090;
const left = 370;
const right = 300;
const rowHeight = 26;
const top = 56;
// Of the target, on a logarithmic scale: half as much and twice as much look alike.
const [least, most] = [0.1, 10];

/** Of a target of nothing, nothing is all that holds. */
const shareOf = ({ value, target }) => {
  if (target !== 0) return value / target;
  return value === 0 ? least : most;
};

const x = (share) => {
  const clamped = Math.min(most, Math.max(least, share));
  return left + (Math.log(clamped / least) / Math.log(most / least)) * (width - left - right);
};

/** @param {import("./verdict.mjs").Result[]} results @param {string} caption */
export function plot(results, caption) {
  const held = results.filter(
    ({ target, missing }) => target !== undefined && missing === undefined,
  );
  const height = top + held.length * rowHeight + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Measured values as shares of their targets">
<style>text{fill:#222}.soft{fill:#666}.axis{stroke:#ccc}.target{stroke:#222;stroke-width:1.5}.holds{fill:#2a7f62}.misses{fill:#c2571a}.unsure{opacity:.5}@media(prefers-color-scheme:dark){text{fill:#eee}.soft{fill:#aaa}.axis{stroke:#444}.target{stroke:#eee}}</style>
<text x="8" y="18" font-size="14" font-weight="600">How much of its target each measurement uses (logarithmic; left of the line holds; pale: within noise)</text>
<text class="soft" x="8" y="36">${escaped(caption)}</text>
${[0.1, 0.2, 0.5, 1, 2, 5, 10].map((share) => tick(share, height)).join("\n")}
${held.map(bar).join("\n")}
</svg>
`;
}

function tick(share, height) {
  const at = x(share).toFixed(1);
  const kind = share === 1 ? "target" : "axis";
  return `<line class="${kind}" x1="${at}" x2="${at}" y1="${top - 6}" y2="${height - 18}"/><text class="soft" x="${at}" y="${height - 4}" text-anchor="middle">${share === 1 ? "target" : `${share} ×`}</text>`;
}

function bar(result, index) {
  const y = top + index * rowHeight;
  const [what, measured, target] = cells(result);
  const text = verdict(result);
  const holds = text.startsWith("holds");
  const end = x(shareOf(result));
  const kind = `${holds ? "holds" : "misses"}${text.endsWith("(within noise)") ? " unsure" : ""}`;
  return `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escaped(what)}</text><rect class="${kind}" x="${left}" y="${y}" width="${Math.max(1, end - left).toFixed(1)}" height="18" rx="2"/><text x="${width - right + 8}" y="${y + 13}">${escaped(`${measured.replace(/ \(.*/, "")} (${target})`)}</text>`;
}

const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
