/** What no public source says, looked at here; and a report of it that can be sent. */
import type { HttpFlow } from "entra-flow";
import { useRef, useState } from "preact/hooks";
import { probe } from "../probe/index.js";
import type { Observation, Verdict } from "../probe/observation.js";
import { groups, type Question, questions } from "../probe/questions.js";
import { reportOf } from "../probe/report.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { Code, CopyButton, Icon, type Mark, Problem } from "./parts.js";

const words = texts.probe;
const marks: Record<Verdict, Mark> = {
  expected: "pass",
  differs: "warn",
  news: "info",
  notAsked: "skip",
};

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
  const [otherAudience, setOtherAudience] = useState(false);
  const [found, setFound] = useState<Observation[]>([]);
  const [busy, setBusy] = useState<AbortController>();
  const [ended, setEnded] = useState<"" | "ended" | "cancelled">("");
  const [error, setError] = useState<unknown>();
  const title = useRef<HTMLHeadingElement>(null);
  const start = useRef<HTMLButtonElement>(null);
  const flow = flows[Number.parseInt(chosen, 10)];
  const run = async () => {
    if (!flow || busy) return;
    const controller = new AbortController();
    const { signal } = controller;
    setBusy(controller);
    setEnded("");
    setError(undefined);
    const all: Observation[] = [];
    try {
      for await (const one of probe({ session, flow, flows, otherAudience, signal })) {
        all.push(one);
        setFound([...all]);
      }
      setEnded("ended");
    } catch (thrown) {
      if (signal.aborted) setEnded("cancelled");
      else setError(thrown);
    }
    setBusy(undefined);
    if (signal.aborted) start.current?.focus();
    else title.current?.focus();
  };
  const observations = answered ? [...found, answered] : found;
  const differing = observations.filter(({ verdict }) => verdict === "differs").length;
  const report = ended === "ended" ? reportOf(observations, ENTRA_FLOW_VERSION) : "";
  const isOn = flows.some(({ on }) => on);
  return (
    <section class="card" aria-labelledby="environment-title">
      <h2 id="environment-title">{words.title}</h2>
      <p>
        {words.about} <strong>{words.safe}</strong> {words.real}
      </p>
      {!session.canSignIn && <p class="nothing">{words.settingsFirst}</p>}
      {flows.length > 0 && !isOn && <p class="nothing">{words.none}</p>}
      <label class="choice">
        <input
          type="checkbox"
          checked={otherAudience}
          aria-describedby="other-about"
          onChange={({ currentTarget }) => setOtherAudience(currentTarget.checked)}
        />
        {words.other}
      </label>
      <p class="quiet about-choice" id="other-about">
        {words.otherAbout}
      </p>
      <div class="row">
        <div class="field">
          <label for="probe-flow">{words.flow}</label>
          <select
            id="probe-flow"
            value={chosen}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          >
            <option value="">{words.choose}</option>
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
          ref={start}
          type="button"
          class="primary"
          disabled={!flow || !session.canSignIn}
          aria-disabled={busy !== undefined}
          onClick={run}
        >
          {words.run}
        </button>
        {busy && (
          <button type="button" onClick={() => busy.abort()}>
            {texts.common.cancel}
          </button>
        )}
        <span role="status">
          {busy
            ? words.busy(found.length)
            : ended === "ended"
              ? words.ended(observations.length, differing)
              : ended === "cancelled"
                ? words.cancelled
                : ""}
        </span>
      </div>
      {error !== undefined && <Problem error={error} />}
      {observations.length > 0 && (
        <>
          <h3 ref={title} tabIndex={-1}>
            {words.answers}
          </h3>
          {groups.map(([name, beginnings]) => (
            <Group
              key={name}
              name={name}
              observations={observations.filter(({ id }) =>
                beginnings.includes(id.split(".")[0] ?? ""),
              )}
            />
          ))}
        </>
      )}
      {report && (
        <section aria-labelledby="report-title">
          <h3 id="report-title">{words.report}</h3>
          <p>{words.reportAbout}</p>
          <div class="row">
            <CopyButton text={report} label={words.copyReport} />
            <button type="button" onClick={() => save(report)}>
              {words.saveReport}
            </button>
          </div>
          <Code label={words.reportLabel} text={report} />
        </section>
      )}
    </section>
  );
}

function Group({ name, observations }: { name: string; observations: Observation[] }) {
  if (observations.length === 0) return null;
  return (
    <section class="observations">
      <h4>{name}</h4>
      <dl>
        {observations.map(({ id, found, verdict }) => {
          const { question, why }: Question = questions[id];
          return (
            <div key={id} data-observation={id} data-verdict={verdict}>
              <dt>
                {question}
                <span class="quiet">{why}</span>
              </dt>
              <dd>
                <Icon mark={marks[verdict]} />
                <div>
                  <p>{found}</p>
                  <p class={`word ${marks[verdict]}`}>{words.verdicts[verdict]}</p>
                </div>
              </dd>
            </div>
          );
        })}
      </dl>
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
