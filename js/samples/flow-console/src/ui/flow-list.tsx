/** The flows that can be called over HTTP: one stop for Tab, arrow keys between them. */
import type { HttpFlow } from "entra-flow";
import { useMemo, useRef, useState } from "preact/hooks";
import { texts } from "../texts/index.js";
import { Icon, Problem, step } from "./parts.js";

const { list: words, common } = texts;

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
  const find = useRef<HTMLInputElement>(null);
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
  const settled = !loading && error === undefined;
  const showAll = () => {
    setText("");
    setAuth("");
    find.current?.focus();
  };
  return (
    <section class="list" aria-labelledby="list-title">
      <div class="row spread">
        <h2 id="list-title">{words.title}</h2>
        <button type="button" onClick={() => !loading && onReload()} aria-disabled={loading}>
          {words.reload}
        </button>
      </div>
      <div class="filters">
        <div class="field">
          <label for="filter-text">{words.find}</label>
          <input
            id="filter-text"
            type="search"
            placeholder={words.placeholder}
            ref={find}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="filter-auth">{words.auth}</label>
          <select
            id="filter-auth"
            value={auth}
            onChange={({ currentTarget }) => setAuth(currentTarget.value)}
          >
            <option value="">{words.all}</option>
            {Object.entries(common.auth).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </div>
      {error !== undefined && <Problem error={error} />}
      <p role="status" class="quiet">
        {loading ? words.reading : settled ? words.count(shown.length, flows.length) : ""}
      </p>
      {settled && flows.length === 0 && <p class="nothing">{words.none}</p>}
      {settled && flows.length > 0 && shown.length === 0 && (
        <p class="nothing">
          {words.noMatch}{" "}
          <button type="button" onClick={showAll}>
            {words.showAll}
          </button>
        </p>
      )}
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
        {flow.on ? common.on : common.off}
      </span>
      <span class="fact">
        {flow.auth === "anyone" && <Icon mark="warn" />}
        {common.auth[flow.auth]}
      </span>
      <span class="fact method">{flow.method}</span>
    </span>
  );
}
