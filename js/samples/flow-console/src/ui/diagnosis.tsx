/** The chain of a call: where it holds, where it breaks, what to do. */
import { type Diagnosis, diagnose, type HttpFlow } from "entra-flow";
import { useState } from "preact/hooks";
import type { Session } from "../session.js";
import { Icon, type Mark, Problem, words } from "./parts.js";

type Check = Diagnosis["checks"][number];

/** The links of the chain, and the checks of each by the beginning of their names: docs/guide/diagnose.md. */
const links: [name: string, checks: string[]][] = [
  ["Page", ["module", "host", "environment", "cloud"]],
  ["Sign-in", ["account", "token"]],
  ["Flow", ["workflow"]],
  ["Trigger", ["trigger"]],
  ["Address", ["callbackUrl"]],
  ["Network", ["reach", "csp"]],
];

const titles: Record<string, string> = {
  module: "The library runs",
  host: "The page is an org's",
  environment: "Environment",
  cloud: "Cloud",
  account: "Account",
  token: "Token",
  "token.audience": "Token: audience",
  "token.tenant": "Token: tenant",
  "token.expiry": "Token: validity",
  "token.scope": "Token: permission",
  "workflow.read": "You may read the flow",
  "workflow.on": "The flow is on",
  "trigger.kind": "Kind of trigger",
  "trigger.auth": "Who can trigger it",
  "trigger.allowedUser": "You are allowed",
  callbackUrl: "Trigger URL",
  "callbackUrl.trusted": "Trigger URL: host",
  "callbackUrl.host": "Trigger URL: current host",
  "callbackUrl.sas": "Trigger URL: no signature",
  reach: "The page gets there",
  csp: "Content security policy",
};

const order: Mark[] = ["fail", "warn", "pass", "skip"];
const worst = (checks: Check[]): Mark =>
  order.find((mark) => checks.some(({ outcome }) => outcome === mark)) ?? "skip";

const linkOf = ({ name }: Check) =>
  Math.max(
    0,
    links.findIndex(([, starts]) => starts.includes(name.split(".")[0] ?? "")),
  );

export function DiagnosisView({ session, flow }: { session: Session; flow: HttpFlow }) {
  const [report, setReport] = useState<Diagnosis>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { workflowId, trigger } = flow;
      setReport(await diagnose(session.client(), { workflowId, trigger }));
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const broken = report?.checks.filter(({ outcome }) => outcome === "fail").length ?? 0;
  const doubtful = report?.checks.filter(({ outcome }) => outcome === "warn").length ?? 0;
  return (
    <>
      <p class="quiet">Checks each step of a call. The flow does not run, and no window opens.</p>
      <div class="row">
        <button type="button" class="primary" disabled={busy} onClick={run}>
          {report ? "Diagnose again" : "Diagnose"}
        </button>
        <span role="status">
          {busy
            ? "Checking …"
            : report &&
              (broken > 0
                ? `${count(broken, "check")} broken`
                : doubtful > 0
                  ? `A call can work; ${count(doubtful, "check")} to look at`
                  : "Everything holds: a call can work")}
        </span>
      </div>
      {error !== undefined && <Problem error={error} />}
      {report && <Chain checks={report.checks} />}
    </>
  );
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** "1 Broken, 2 OK": no mark without its word. */
const tally = (checks: Check[]) =>
  order
    .map((mark) => [checks.filter(({ outcome }) => outcome === mark).length, words[mark]] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(", ");

function show(link: string) {
  const details = document.getElementById(`link-${link}`) as HTMLDetailsElement | null;
  if (!details) return;
  details.open = true;
  details.querySelector("summary")?.focus();
}

function Chain({ checks }: { checks: Check[] }) {
  const groups = links
    .map(([name], index) => ({ name, checks: checks.filter((one) => linkOf(one) === index) }))
    .filter((group) => group.checks.length > 0);
  return (
    <>
      <ol class="chain" aria-label="The chain of a call">
        {groups.map((group) => {
          const mark = worst(group.checks);
          return (
            <li key={group.name} class={mark}>
              <a
                href={`#link-${group.name}`}
                onClick={(event) => {
                  event.preventDefault();
                  show(group.name);
                }}
              >
                <Icon mark={mark} />
                <span class="strong">{group.name}</span>
                <span class="quiet">{words[mark]}</span>
              </a>
            </li>
          );
        })}
      </ol>
      {groups.map((group) => (
        // What holds is folded away: the eye should fall on what does not.
        <details
          key={group.name}
          id={`link-${group.name}`}
          class="link"
          open={["fail", "warn"].includes(worst(group.checks))}
        >
          <summary>
            <Icon mark={worst(group.checks)} />
            <h3>{group.name}</h3>
            <span class="quiet">{tally(group.checks)}</span>
          </summary>
          <ul class="checks">
            {group.checks.map((check) => (
              <li
                key={check.name}
                class={check.outcome}
                data-check={check.name}
                data-outcome={check.outcome}
              >
                <Icon mark={check.outcome} />
                <div>
                  <p>
                    <span class="strong">{titles[check.name] ?? check.name}</span>{" "}
                    <span class={`word ${check.outcome}`}>{words[check.outcome]}</span>
                  </p>
                  <p>{check.detail}</p>
                  {check.hint && <p class="hint">{check.hint}</p>}
                </div>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}
