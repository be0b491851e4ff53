/** Requests of an org that are not the flows' own, by its number of users: both axes logarithmic. */

const width = 900;
const height = 420;
const area = { left: 96, right: 250, top: 56, bottom: 48 };

/**
 * @param {{ name: string, points: { users: number, requests: number }[] }[]} lines
 * @param {string} caption
 */
export function scalePlot(lines, caption) {
  const users = lines[0].points.map((point) => point.users);
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ requests }) => requests)));
  const top = 10 ** Math.ceil(Math.log10(most));
  const bottom = 10;
  const x = (value) =>
    area.left +
    (Math.log(value / users[0]) / Math.log(users.at(-1) / users[0])) *
      (width - area.left - area.right);
  const y = (value) =>
    height -
    area.bottom -
    (Math.log(Math.max(value, bottom) / bottom) / Math.log(top / bottom)) *
      (height - area.top - area.bottom);
  const decades = [];
  for (let value = bottom; value <= top; value *= 10) decades.push(value);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Requests an hour for rows and callback URLs, by users">
<style>text{fill:#222}.soft{fill:#666}.axis{stroke:#ddd}.line{fill:none;stroke-width:2}.l0{stroke:#c2571a}.l1{stroke:#8a6d1d}.l2{stroke:#2a7f62}.l3{stroke:#3a5fb0}@media(prefers-color-scheme:dark){text{fill:#eee}.soft{fill:#aaa}.axis{stroke:#444}.l0{stroke:#f0935b}.l1{stroke:#d8b95a}.l2{stroke:#5fc7a2}.l3{stroke:#8fb0ff}}</style>
<text x="8" y="18" font-size="14" font-weight="600">Requests an hour for rows and callback URLs, by the org's users (both logarithmic)</text>
<text class="soft" x="8" y="36">${caption}</text>
${decades.map((value) => `<line class="axis" x1="${area.left}" x2="${width - area.right}" y1="${y(value)}" y2="${y(value)}"/><text class="soft" x="${area.left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString("en")}</text>`).join("\n")}
${users.map((value) => `<text class="soft" x="${x(value)}" y="${height - area.bottom + 18}" text-anchor="middle">${value.toLocaleString("en")}</text>`).join("\n")}
<text class="soft" x="${(area.left + width - area.right) / 2}" y="${height - 10}" text-anchor="middle">users</text>
${lines.map((line, index) => drawn(line, index, x, y)).join("\n")}
</svg>
`;
}

function drawn({ name, points }, index, x, y) {
  const path = points.map(({ users, requests }) => `${x(users)},${y(requests)}`).join(" ");
  const last = points.at(-1);
  return `<polyline class="line l${index}" points="${path}"/><text x="${x(last.users) + 8}" y="${y(last.requests) + 4}">${name}</text>`;
}
