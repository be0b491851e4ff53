import { markdownTable } from "markdown-table";
import { anHour, dataverseLimit, shareOfLimit } from "./model.mjs";
import { scalePlot } from "./plot.mjs";

/** An org to read the figures with; the plot has it with other numbers of users. */
const org = { users: 1000, formsAnHour: 30, controls: 4, formsAWindow: 20 };
const sizes = [10, 100, 1000, 10_000, 100_000];

const number = (value) => Math.round(value).toLocaleString("en");
const perForm = (value) => value.toLocaleString("en", { maximumFractionDigits: 2 });

const assumed = `${org.formsAnHour} forms an hour for each user, ${org.controls} controls on a form, ${org.formsAWindow} forms in a window before it is loaded anew`;

export function plotOf(measured) {
  const lines = measured.map((way) => ({
    name: way.name.replace("entra-flow, ", ""),
    points: sizes.map((users) => {
      const { rows, discoveries } = anHour(way, org);
      return { users, requests: users * (rows + discoveries) };
    }),
  }));
  return scalePlot(apart(lines), `${assumed}; each control calls a flow of its own once`);
}

/** Ways that cost the same are one line. */
function apart(lines) {
  const found = new Map();
  for (const { name, points } of lines) {
    const key = JSON.stringify(points);
    const names = found.has(key) ? `${found.get(key).name}; ${name}` : name;
    found.set(key, { name: names, points });
  }
  return [...found.values()];
}

/** docs/scale.md */
export function page(measured) {
  const counted = markdownTable(
    [
      ["way", "rows", "callback URLs", "flow", "rows", "callback URLs", "flow"],
      ...measured.map(({ name, first, later }) => [
        name,
        ...[first, later].flatMap(({ rows, discoveries, invokes }) =>
          [rows, discoveries, invokes].map(perForm),
        ),
      ]),
    ],
    { align: ["l", "r", "r", "r", "r", "r", "r"] },
  );
  const hours = measured.map((way) => ({ name: way.name, each: anHour(way, org) }));
  const whole = markdownTable(
    [
      [
        "way",
        "rows an hour",
        "callback URLs an hour",
        "flow runs an hour",
        "one user's share of Dataverse's limit",
      ],
      ...hours.map(({ name, each }) => [
        name,
        number(org.users * each.rows),
        number(org.users * each.discoveries),
        number(org.users * each.invokes),
        `${(100 * shareOfLimit(each.rows)).toFixed(2)} %`,
      ]),
    ],
    { align: ["l", "r", "r", "r", "r"] },
  );
  const [byHand] = hours;
  const formsToLimit = org.formsAnHour / shareOfLimit(byHand.each.rows);
  return `# At scale

What an org's forms ask of Dataverse and of the Power Automate API, besides the flows' own runs. Written by
\`npm run scale\`: the requests of a form are counted in Chromium over the sandbox, the rest is arithmetic
(\`bench/scale/model.mjs\`).

## Counted: a form with ${org.controls} controls, each with a flow of its own

The first three columns are the form's first opening in a window, the last three each later one.

${counted}

- **Hand-written**: every control reads its flow's row and asks for the trigger URL anew, since the control that knew it
  went with its form. \`cache: "client"\` is the same as long as each control has its own client.
- **As it comes**: the URLs stay with the window ([page cache](guide/page-cache.md)), so later forms ask nothing.
  Controls of one form that call the *same* flow share one search already at the first opening.
- **Published URLs**: no callback URL is asked for at all, and users need no right to read flows. What a variable says stays
  with the window, too.

## Computed: ${org.users.toLocaleString("en")} users

${assumed[0].toUpperCase()}${assumed.slice(1)}.

${whole}

![Requests an hour by users, for each way](scale.svg)

## Against the published limits

- Dataverse lets one user send ${number(dataverseLimit.requests)} requests in ${dataverseLimit.minutes} minutes, and 52 at once; beyond that it answers 429
  with \`Retry-After\`, which the library waits for. Evenly spread, even the hand-written way would need
  ${number(formsToLimit)} forms an hour to get there. **Forms do not reach it; bursts do.** A command over 3,000 selected rows
  that reads the flow's row each time takes half of a user's five minutes for nothing, and 60 controls in a grid that start together
  are more than 52 at once. A client reads the row once, however many calls wait for it.
- The limit of the Power Automate API for callback URLs is not published; what is known is that it throttles by user with 429.
  Fewer requests are the only remedy, and the page cache takes away all but the first of a window.
- A flow's own runs are the same whatever way: the plan's limits for runs and actions count them.

What the model leaves out: tokens (MSAL caches them; about one request an hour and user), retries, and users who keep several
windows, each of which is a window of its own here.
`;
}
