/** The flows that can be called over HTTP: one stop for Tab, arrow keys between them. */
import type { HttpFlow } from "entra-flow";
import { useMemo, useRef, useState } from "preact/hooks";
import { Icon, Problem, step } from "./parts.js";

export const authWords: Record<HttpFlow["auth"], string> = {
  anyone: "Anyone with the URL",
  tenant: "Users of the tenant",
  users: "Specific users",
};

interface Props {
  flows: HttpFlow[];
  loading: boolean;
  error: unknown;
  chosen: HttpFlow | undefined;
  onChoose(flow: HttpFlow): void;
  onReload(): void;
}

export function FlowList({ flows, loading, error, chosen, onChoose, onReload }: Props) {
  const [text, setText] = useState("");
  const [auth, setAuth] = useState("");
  const [current, setCurrent] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const shown = useMemo(
    () =>
      flows.filter(
        (flow) =>
          (auth === "" || flow.auth === auth) &&
          `${flow.name} ${flow.workflowId}`.toLowerCase().includes(text.trim().toLowerCase()),
      ),
    [flows, text, auth],
  );
  const stop = Math.min(current, shown.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = step(event, stop, shown.length, "ArrowUp", "ArrowDown");
    if (next === undefined) return;
    event.preventDefault();
    setCurrent(next);
    list.current?.querySelectorAll("button")[next]?.focus();
  };
  const count = `${shown.length} of ${flows.length} flows`;
  return (
    <section class="list" aria-labelledby="list-title">
      <div class="row spread">
        <h2 id="list-title">HTTP flows</h2>
        <button type="button" onClick={onReload} disabled={loading}>
          Reload
        </button>
      </div>
      <div class="filters">
        <div class="field">
          <label for="filter-text">Find</label>
          <input
            id="filter-text"
            type="search"
            placeholder="Name or workflow id"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="filter-auth">Who may trigger</label>
          <select
            id="filter-auth"
            value={auth}
            onChange={({ currentTarget }) => setAuth(currentTarget.value)}
          >
            <option value="">All</option>
            {Object.entries(authWords).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </div>
      {error !== undefined && <Problem error={error} />}
      <p role="status" class="quiet">
        {loading ? "Reading the flows …" : error === undefined ? count : ""}
      </p>
      <ul ref={list} onKeyDown={onKeyDown}>
        {shown.map((flow, index) => (
          <li key={`${flow.workflowId} ${flow.trigger}`}>
            <button
              type="button"
              class="flow"
              aria-current={flow === chosen ? "true" : undefined}
              tabIndex={index === stop ? 0 : -1}
              onFocus={() => setCurrent(index)}
              onClick={() => onChoose(flow)}
            >
              <span class="name">{flow.name}</span>
              <Facts flow={flow} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** State, who may trigger it, method: in words, with a mark. */
export function Facts({ flow }: { flow: HttpFlow }) {
  return (
    <span class="facts">
      <span class="fact">
        <Icon mark={flow.on ? "pass" : "skip"} />
        {flow.on ? "On" : "Off"}
      </span>
      <span class="fact">
        {flow.auth === "anyone" && <Icon mark="warn" />}
        {authWords[flow.auth]}
      </span>
      <span class="fact method">{flow.method}</span>
    </span>
  );
}
