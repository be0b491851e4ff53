/** What no public source says, looked at here; and a report of it that can be sent. */
import type { HttpFlow } from "entra-flow";
import { useRef, useState } from "preact/hooks";
import { type Observation, probe } from "../probe.js";
import { reportOf } from "../report.js";
import type { Session } from "../session.js";
import { Code, CopyButton, Problem } from "./parts.js";

/** Set by the build. */
declare const ENTRA_FLOW_VERSION: string;

interface Props {
  session: Session;
  flows: HttpFlow[];
  /** Of a call in the tab Invoke: only there does a flow run. */
  answered: Observation | undefined;
}

export function EnvironmentView({ session, flows, answered }: Props) {
  const [chosen, setChosen] = useState("");
  const [found, setFound] = useState<Observation[]>([]);
  const [busy, setBusy] = useState(false);
  const [ended, setEnded] = useState(false);
  const [error, setError] = useState<unknown>();
  const title = useRef<HTMLHeadingElement>(null);
  const flow = flows[Number.parseInt(chosen, 10)];
  const run = async () => {
    if (!flow) return;
    setBusy(true);
    setEnded(false);
    setError(undefined);
    const all: Observation[] = [];
    try {
      for await (const one of probe(session, flow)) {
        all.push(one);
        setFound([...all]);
      }
      setEnded(true);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
    title.current?.focus();
  };
  const observations = answered ? [...found, answered] : found;
  const report = ended ? reportOf(observations, ENTRA_FLOW_VERSION) : "";
  return (
    <section class="card" aria-labelledby="environment-title">
      <h2 id="environment-title">This environment</h2>
      <p>
        Some of what Power Automate does is written down nowhere. This looks at how it is here: it
        asks for the trigger URL of a flow that you choose, and sends its host requests that it has
        to refuse. <strong>The flow does not run.</strong> To learn also what a page may read of a
        real answer, run a flow in the tab Flows before.
      </p>
      <div class="row">
        <div class="field">
          <label for="probe-flow">Flow to ask with</label>
          <select
            id="probe-flow"
            value={chosen}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          >
            <option value="">Choose a flow</option>
            {flows.map((one, index) =>
              one.on ? (
                <option key={`${one.workflowId} ${one.trigger}`} value={index}>
                  {one.name}
                </option>
              ) : null,
            )}
          </select>
        </div>
        <button
          type="button"
          class="primary"
          disabled={!flow || busy || !session.canSignIn}
          onClick={run}
        >
          Look at this environment
        </button>
        <span role="status">
          {busy
            ? `${found.length} answers so far …`
            : ended
              ? `${observations.length} answers`
              : ""}
        </span>
      </div>
      {!session.canSignIn && <p class="quiet">Fill in Settings first: this takes a token.</p>}
      {error !== undefined && <Problem error={error} />}
      {observations.length > 0 && (
        <>
          <h3 ref={title} tabIndex={-1}>
            Answers
          </h3>
          <dl class="observations">
            {observations.map(({ id, question, found: answer }) => (
              <div key={id} data-observation={id}>
                <dt>{question}</dt>
                <dd>{answer}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {report && (
        <section aria-labelledby="report-title">
          <h3 id="report-title">Report</h3>
          <p>
            No token, no signature, no URL, and no name or id of a person, org, environment or flow
            is in it. Read it, then send it to the project as an issue.
          </p>
          <div class="row">
            <CopyButton text={report} label="Copy report" />
            <button type="button" onClick={() => save(report)}>
              Save report
            </button>
          </div>
          <Code label="The report" text={report} />
        </section>
      )}
    </section>
  );
}

function save(text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "entra-flow-environment.json";
  link.click();
  URL.revokeObjectURL(link.href);
}
