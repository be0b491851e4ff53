/** The chain of a call: where it holds, where it breaks, what to do. */
import { type Diagnosis, diagnose, type HttpFlow } from "entra-flow";
import { useState } from "preact/hooks";
import type { Session } from "../session.js";
import { plural, texts } from "../texts/index.js";
import { CopyButton, Icon, type Mark, Problem, words } from "./parts.js";

type Check = Diagnosis["checks"][number];

const { links, titles } = texts.diagnosis;
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
    if (busy) return;
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
      <p class="quiet">{texts.diagnosis.about}</p>
      <div class="row">
        <button type="button" class="primary" aria-disabled={busy} onClick={run}>
          {report ? texts.diagnosis.again : texts.diagnosis.run}
        </button>
        <span role="status">
          {busy
            ? texts.diagnosis.checking
            : report &&
              (broken > 0
                ? texts.diagnosis.broken(plural(broken, texts.diagnosis.check))
                : doubtful > 0
                  ? texts.diagnosis.doubtful(plural(doubtful, texts.diagnosis.check))
                  : texts.diagnosis.holds)}
        </span>
        {report && !busy && (
          <CopyButton text={asText(report.checks)} label={texts.diagnosis.copy} />
        )}
      </div>
      {error !== undefined && <Problem error={error} />}
      {report && <Chain checks={report.checks} />}
    </>
  );
}

/** For a mail to whoever can mend it: a line for each check, its hint below. */
const asText = (checks: Check[]) =>
  checks
    .map(({ name, outcome, detail, hint }) =>
      [`${outcome.toUpperCase()} ${name}: ${detail}`, ...(hint ? [`     ${hint}`] : [])].join("\n"),
    )
    .join("\n");

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
      <ol class="chain" aria-label={texts.diagnosis.chain}>
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
