/** Small parts that every view uses. */
import { isFlowError } from "entra-flow";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { texts } from "../texts/index.js";

export type Mark = "pass" | "warn" | "fail" | "skip" | "info" | "busy";

/** A mark is told apart by its shape, and is only decoration: the word stands beside it. */
const shapes: Record<Mark, string> = {
  pass: "M5 10.5l3.2 3.2L15 7",
  warn: "M10 5.5v5.5M10 14v.2",
  fail: "M6.2 6.2l7.6 7.6M13.8 6.2l-7.6 7.6",
  skip: "M6 10h8",
  info: "M10 9.5v5M10 6v.2",
  busy: "M10 6v4l2.5 2",
};

export function Icon({ mark }: { mark: Mark }) {
  return (
    <svg class={`icon ${mark}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {mark === "warn" ? (
        <path class="disc" d="M10 1.5 19 18H1z" />
      ) : mark === "fail" ? (
        <path class="disc" d="M6 1h8l5 5v8l-5 5H6l-5-5V6z" />
      ) : (
        <circle class="disc" cx="10" cy="10" r="9" />
      )}
      <path class="sign" d={shapes[mark]} />
    </svg>
  );
}

export const words: Record<Mark, string> = texts.diagnosis.marks;

/** Names and values; those that there are not are left out. */
export function Details({ facts }: { facts: [string, string | number | undefined][] }) {
  return (
    <dl class="details">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** What went wrong, and what to do about it. */
export function Problem({ error }: { error: unknown }) {
  if (!isFlowError(error)) {
    return (
      <div class="message fail" role="alert">
        <Icon mark="fail" />
        <p>{error instanceof Error ? error.message : textOf(error)}</p>
      </div>
    );
  }
  const { error: names } = texts;
  const details: [string, string | number | undefined][] = [
    [names.code, error.code],
    [names.step, error.stage],
    [names.status, error.status],
    [names.serviceCode, error.serviceCode],
    [names.serviceMessage, error.serviceMessage],
    [names.correlationId, error.correlationId],
    [names.run, error.runId],
  ];
  return (
    <div class="message fail" role="alert">
      <Icon mark="fail" />
      <div>
        <p class="strong">{error.message}</p>
        <p>{error.hint}</p>
        {error.mayHaveRun && <p>{names.mayHaveRun}</p>}
        <Details facts={details} />
      </div>
    </div>
  );
}

/** Dataverse rejects with `{errorCode, message}`. */
function textOf(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === "string" ? message : texts.common.unknown;
}

/** A button that copies text, and says so to everybody. */
export function CopyButton({ text, label = texts.common.copy }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was copied was another text.
  useEffect(() => setSaid(""), [text]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(texts.common.copied);
    } catch {
      setSaid(texts.common.cantCopy);
    }
  };
  return (
    <span class="copy">
      <button type="button" onClick={copy}>
        {label}
      </button>
      <span role="status" class="quiet">
        {said}
      </span>
    </span>
  );
}

/** Text that scrolls in a box of its own, which the keyboard has to reach: hence the tab stop. */
export function Code({ label, text }: { label: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
    <section class="code" aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}

export interface Tab {
  id: string;
  label: string;
  panel: ComponentChildren;
}

/** Tabs as the ARIA practices have them: one stop, arrow keys between them. A panel that was open once stays. */
export function Tabs({ label, tabs, small }: { label: string; tabs: Tab[]; small?: boolean }) {
  const [open, setOpen] = useState(tabs[0]?.id);
  const [seen, setSeen] = useState(new Set([tabs[0]?.id]));
  const list = useRef<HTMLDivElement>(null);
  const show = (id: string) => {
    setOpen(id);
    setSeen(new Set([...seen, id]));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = tabs.findIndex(({ id }) => id === open);
    const next = step(event, index, tabs.length, "ArrowLeft", "ArrowRight");
    const tab = next === undefined ? undefined : tabs[next];
    if (!tab) return;
    event.preventDefault();
    show(tab.id);
    list.current?.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus();
  };
  return (
    <div class={small ? "tabs small" : "tabs"}>
      <div class="tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ id, label: name }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={open === id}
            aria-controls={`panel-${id}`}
            tabIndex={open === id ? 0 : -1}
            onClick={() => show(id)}
          >
            {name}
          </button>
        ))}
      </div>
      {tabs.map(({ id, panel }) => (
        <div
          key={id}
          id={`panel-${id}`}
          role="tabpanel"
          aria-labelledby={`tab-${id}`}
          hidden={open !== id}
        >
          {seen.has(id) && panel}
        </div>
      ))}
    </div>
  );
}

/** Where an arrow key, Home or End leads in a list; undefined for other keys. */
export function step(
  { key }: KeyboardEvent,
  index: number,
  length: number,
  back: string,
  on: string,
): number | undefined {
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  if (key === back) return (index - 1 + length) % length;
  if (key === on) return (index + 1) % length;
  return undefined;
}

export const milliseconds = (value: number) =>
  value < 1000
    ? texts.timings.milliseconds(Math.round(value))
    : texts.timings.seconds((value / 1000).toFixed(1));

/** A heading that takes the focus when it appears: what was asked for is there, and a screen reader says so. */
export function Arrival({ id, text }: { id: string; text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <h3 id={id} ref={heading} tabIndex={-1}>
      {text}
    </h3>
  );
}
