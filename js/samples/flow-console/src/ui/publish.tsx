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
import { Icon, type Mark, Problem } from "./parts.js";

interface Row {
  key: number;
  workflowId: string;
  environmentVariable: string;
}

const changeWords: Record<Change, [Mark, string]> = {
  create: ["pass", "Gets a value"],
  update: ["warn", "Its value changes"],
  none: ["skip", "Is right already"],
  refused: ["fail", "Can't be published"],
};

const outcomeWords: Record<PublishResult["outcome"], [Mark, string]> = {
  created: ["pass", "Value created"],
  updated: ["pass", "Value changed"],
  unchanged: ["skip", "Was right already"],
  failed: ["fail", "Failed"],
};

let keys = 0;
const emptyRow = (): Row => ({ key: keys++, workflowId: "", environmentVariable: "" });

export function PublishView({ session, flows }: { session: Session; flows: HttpFlow[] }) {
  const [variables, setVariables] = useState<Variable[]>();
  const [rows, setRows] = useState([emptyRow()]);
  const [plan, setPlan] = useState<PlannedChange[]>();
  const [results, setResults] = useState<PublishResult[]>();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>();
  const preview = useRef<HTMLHeadingElement>(null);
  const done = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    readVariables(session.host.webApi).then(setVariables, setError);
  }, [session]);
  useEffect(() => preview.current?.focus(), []);
  useEffect(() => done.current?.focus(), []);

  // publish() reaches the trigger of this name.
  const choices = flows.filter(({ trigger }) => trigger === "manual");
  const map: Publication[] = rows.filter((row) => row.workflowId && row.environmentVariable);
  const change = (key: number, given: Partial<Row>) => {
    setRows(rows.map((row) => (row.key === key ? { ...row, ...given } : row)));
    setPlan(undefined);
    setResults(undefined);
  };
  const work = async (what: string, todo: () => Promise<void>) => {
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
    work("Looking …", async () => {
      setResults(undefined);
      const fresh = await readVariables(session.host.webApi);
      setVariables(fresh);
      setPlan(await planChanges(await session.client(), fresh, map));
    });
  const changes = (plan ?? []).filter((one) => one.change === "create" || one.change === "update");
  const publish = () =>
    work("Publishing …", async () => {
      const found = await (await session.client()).publish(
        changes.map(({ workflowId, environmentVariable }) => ({ workflowId, environmentVariable })),
      );
      setPlan(undefined);
      setResults(found);
    });
  const nameOf = (id: string) => flows.find(({ workflowId }) => workflowId === id)?.name ?? id;

  return (
    <section class="card" aria-labelledby="publish-title">
      <h2 id="publish-title">Publish trigger URLs</h2>
      <p>
        Users then call the flow by its environment variable and need no right to read flows. Do
        this after each import of your solution. The variables are text variables whose definitions
        came with the solution.
      </p>
      <ol class="rows">
        {rows.map((row, index) => (
          <li key={row.key} class="publication">
            <Choice
              id={`flow-${row.key}`}
              label={`Flow ${index + 1}`}
              none="Choose a flow"
              value={row.workflowId}
              options={choices.map((flow) => [flow.workflowId, flow.name])}
              onChoose={(workflowId) => change(row.key, { workflowId })}
            />
            <Choice
              id={`variable-${row.key}`}
              label={`Environment variable ${index + 1}`}
              none="Choose a variable"
              value={row.environmentVariable}
              options={(variables ?? []).map(({ schemaName, displayName }) => [
                schemaName,
                `${schemaName} (${displayName})`,
              ])}
              onChoose={(environmentVariable) => change(row.key, { environmentVariable })}
            />
            {rows.length > 1 && (
              <button
                type="button"
                aria-label={`Remove row ${index + 1}`}
                onClick={() => {
                  setRows(rows.filter((one) => one !== row));
                  setPlan(undefined);
                }}
              >
                Remove
              </button>
            )}
          </li>
        ))}
      </ol>
      <div class="row">
        <button type="button" onClick={() => setRows([...rows, emptyRow()])}>
          Add a row
        </button>
        <button
          type="button"
          class="primary"
          disabled={map.length === 0 || busy !== ""}
          onClick={look}
        >
          Preview changes
        </button>
        <span role="status">{busy}</span>
      </div>
      {error !== undefined && <Problem error={error} />}
      {plan && (
        <section aria-labelledby="preview-title">
          <h3 id="preview-title" tabIndex={-1} ref={preview}>
            What will change
          </h3>
          <ul class="changes">
            {plan.map((one) => {
              const [mark, word] = changeWords[one.change];
              return (
                <li key={`${one.workflowId} ${one.environmentVariable}`} data-change={one.change}>
                  <Icon mark={mark} />
                  <div>
                    <p>
                      <span class="strong">{one.environmentVariable}</span>{" "}
                      <span class={`word ${mark}`}>{word}</span>{" "}
                      <span class="quiet">{nameOf(one.workflowId)}</span>
                    </p>
                    <dl class="details">
                      <div>
                        <dt>Now</dt>
                        <dd>
                          <code>{one.from}</code>
                        </dd>
                      </div>
                      {one.to && one.change !== "none" && (
                        <div>
                          <dt>Then</dt>
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
              disabled={changes.length === 0 || busy !== ""}
              onClick={publish}
            >
              {changes.length === 0
                ? "Nothing to publish"
                : `Publish ${changes.length} ${changes.length === 1 ? "change" : "changes"}`}
            </button>
          </div>
        </section>
      )}
      {results && (
        <section aria-labelledby="results-title">
          <h3 id="results-title" tabIndex={-1} ref={done}>
            Published
          </h3>
          <ul class="changes">
            {results.map((one) => {
              const [mark, word] = outcomeWords[one.outcome];
              return (
                <li key={one.environmentVariable} data-outcome={one.outcome}>
                  <Icon mark={mark} />
                  <div>
                    <p>
                      <span class="strong">{one.environmentVariable}</span>{" "}
                      <span class={`word ${mark}`}>{word}</span>{" "}
                      <span class="quiet">{nameOf(one.workflowId)}</span>
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
