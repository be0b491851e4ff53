/** Trigger URLs into environment variables: choose, look at what will change, publish. */
import type { HttpFlow, Publication, PublishResult } from "entra-flow";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type Change,
  type PlannedChange,
  planChanges,
  readVariables,
  type Variable,
} from "../publish-plan.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { Arrival, Icon, type Mark, Problem } from "./parts.js";

const words = texts.publish;

interface Row {
  key: number;
  /** By `keyOf`. */
  flow: string;
  environmentVariable: string;
}

const changeMarks: Record<Change, Mark> = {
  create: "pass",
  update: "warn",
  none: "skip",
  refused: "fail",
};

const outcomeMarks: Record<PublishResult["outcome"], Mark> = {
  created: "pass",
  updated: "pass",
  unchanged: "skip",
  failed: "fail",
};

let keys = 0;
const emptyRow = (): Row => ({ key: keys++, flow: "", environmentVariable: "" });

/** A flow may have several triggers. */
const keyOf = ({ workflowId, trigger = "manual" }: { workflowId: string; trigger?: string }) =>
  `${workflowId} ${trigger}`;
const nameOf = ({ name, trigger }: HttpFlow) =>
  trigger === "manual" ? name : words.triggerOf(name, trigger);

export function PublishView({ session, flows }: { session: Session; flows: HttpFlow[] }) {
  const [variables, setVariables] = useState<Variable[]>();
  const [rows, setRows] = useState([emptyRow()]);
  const [plan, setPlan] = useState<PlannedChange[]>();
  const [results, setResults] = useState<PublishResult[]>();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>();
  const add = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    readVariables(session.host.webApi).then(setVariables, setError);
  }, [session]);

  const flowOf = (key: string) => flows.find((flow) => keyOf(flow) === key);
  const map: Publication[] = rows.flatMap(({ flow: key, environmentVariable }) => {
    const flow = flowOf(key);
    if (!flow || !environmentVariable) return [];
    return [{ workflowId: flow.workflowId, trigger: flow.trigger, environmentVariable }];
  });
  const change = (key: number, given: Partial<Row>) => {
    setRows(rows.map((row) => (row.key === key ? { ...row, ...given } : row)));
    setPlan(undefined);
    setResults(undefined);
  };
  const work = async (what: string, todo: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setError(undefined);
    try {
      await todo();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy("");
  };
  const look = () =>
    work(words.looking, async () => {
      setResults(undefined);
      const fresh = await readVariables(session.host.webApi);
      setVariables(fresh);
      setPlan(await planChanges(await session.client(), fresh, map));
    });
  const changes = (plan ?? []).filter((one) => one.change === "create" || one.change === "update");
  const publish = () =>
    work(words.publishing, async () => {
      const found = await (await session.client()).publish(
        changes.map(({ workflowId, trigger = "manual", environmentVariable }) => ({
          workflowId,
          trigger,
          environmentVariable,
        })),
      );
      setPlan(undefined);
      setResults(found);
    });
  const named = (one: Publication) => {
    const flow = flowOf(keyOf(one));
    return flow ? nameOf(flow) : one.workflowId;
  };

  return (
    <section class="card" aria-labelledby="publish-title">
      <h2 id="publish-title">{words.title}</h2>
      <p>{words.about}</p>
      {variables?.length === 0 && <p class="nothing">{words.noVariables}</p>}
      <ol class="rows">
        {rows.map((row, index) => (
          <li key={row.key} class="publication">
            <Choice
              id={`flow-${row.key}`}
              label={words.flow(index + 1)}
              none={words.chooseFlow}
              value={row.flow}
              options={flows.map((flow) => [keyOf(flow), nameOf(flow)])}
              onChoose={(flow) => change(row.key, { flow })}
            />
            <Choice
              id={`variable-${row.key}`}
              label={words.variable(index + 1)}
              none={variables || error ? words.chooseVariable : words.reading}
              value={row.environmentVariable}
              options={(variables ?? []).map(({ schemaName, displayName }) => [
                schemaName,
                words.variableName(schemaName, displayName),
              ])}
              onChoose={(environmentVariable) => change(row.key, { environmentVariable })}
            />
            {rows.length > 1 && (
              <button
                type="button"
                aria-label={words.removeRow(index + 1)}
                onClick={() => {
                  setRows(rows.filter((one) => one !== row));
                  setPlan(undefined);
                  add.current?.focus();
                }}
              >
                {texts.common.remove}
              </button>
            )}
          </li>
        ))}
      </ol>
      <div class="row">
        <button type="button" ref={add} onClick={() => setRows([...rows, emptyRow()])}>
          {words.addRow}
        </button>
        <button
          type="button"
          class="primary"
          disabled={map.length === 0}
          aria-disabled={busy !== ""}
          onClick={look}
        >
          {words.preview}
        </button>
        <span role="status">{busy}</span>
      </div>
      {error !== undefined && <Problem error={error} />}
      {plan && (
        <section aria-labelledby="preview-title">
          <Arrival id="preview-title" text={words.whatChanges} />
          <ul class="changes">
            {plan.map((one) => {
              const [mark, word] = [changeMarks[one.change], words.change[one.change]];
              return (
                <li key={`${keyOf(one)} ${one.environmentVariable}`} data-change={one.change}>
                  <Icon mark={mark} />
                  <div>
                    <p>
                      <span class="strong">{one.environmentVariable}</span>{" "}
                      <span class={`word ${mark}`}>{word}</span>{" "}
                      <span class="quiet">{named(one)}</span>
                    </p>
                    <dl class="from-to">
                      <div>
                        <dt>{words.now}</dt>
                        <dd>
                          <code>{one.from}</code>
                        </dd>
                      </div>
                      {one.to && one.change !== "none" && (
                        <div>
                          <dt>{words.afterwards}</dt>
                          <dd>
                            <code>{one.to}</code>
                          </dd>
                        </div>
                      )}
                    </dl>
                    {one.reason && <p class="hint">{one.reason}</p>}
                  </div>
                </li>
              );
            })}
          </ul>
          <div class="row">
            <button
              type="button"
              class="primary"
              disabled={changes.length === 0}
              aria-disabled={busy !== ""}
              onClick={publish}
            >
              {changes.length === 0 ? words.nothing : words.publish(changes.length)}
            </button>
          </div>
        </section>
      )}
      {results && (
        <section aria-labelledby="results-title">
          <Arrival id="results-title" text={words.published} />
          <ul class="changes">
            {results.map((one) => {
              const [mark, word] = [outcomeMarks[one.outcome], words.outcome[one.outcome]];
              return (
                <li key={one.environmentVariable} data-outcome={one.outcome}>
                  <Icon mark={mark} />
                  <div>
                    <p>
                      <span class="strong">{one.environmentVariable}</span>{" "}
                      <span class={`word ${mark}`}>{word}</span>{" "}
                      <span class="quiet">{named(one)}</span>
                    </p>
                    {one.error && <Problem error={one.error} />}
                  </div>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </section>
  );
}

interface Chooses {
  id: string;
  label: string;
  /** What stands there while nothing is chosen. */
  none: string;
  value: string;
  /** Values with what people see. */
  options: [value: string, text: string][];
  onChoose(value: string): void;
}

function Choice({ id, label, none, value, options, onChoose }: Chooses) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{none}</option>
        {options.map(([own, text]) => (
          <option key={own} value={own}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
