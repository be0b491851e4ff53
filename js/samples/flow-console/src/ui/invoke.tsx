/** A call of the flow, its answer, and where the time went. */
import type { FlowEvent, FlowResponse, HttpFlow, InvokeOptions } from "entra-flow";
import { isFlowError } from "entra-flow";
import { useEffect, useRef, useState } from "preact/hooks";
import type { FlowShape } from "../definition.js";
import { sampleOf } from "../sample-body.js";
import type { Session } from "../session.js";
import { BodyForm, problemOf } from "./body-form.js";
import { Code, Details, Icon, milliseconds, Problem } from "./parts.js";
import { Timings } from "./timings.js";

interface Props {
  session: Session;
  flow: HttpFlow;
  shape: FlowShape;
  onAnswer(status: number, headers: Headers): void;
}

type Outcome = { answer: FlowResponse<unknown>; body: string } | { error: unknown };

export function InvokeView({ session, flow, shape, onAnswer }: Props) {
  const takesBody = flow.method !== "GET" && flow.method !== "HEAD";
  const [text, setText] = useState(() =>
    takesBody ? JSON.stringify(shape.body ? sampleOf(shape.body) : {}, null, 2) : "",
  );
  const parameters = [...(flow.relativePath ?? "").matchAll(/\{([^}]+)\}/g)].map(
    (match) => match[1] ?? "",
  );
  const [path, setPath] = useState<Record<string, string>>({});
  const [allowSas, setAllowSas] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [events, setEvents] = useState<FlowEvent[]>([]);
  const [running, setRunning] = useState<AbortController>();
  const run = useRef<HTMLButtonElement>(null);
  const notJson =
    takesBody && problemOf({ ...shape, body: undefined } as never, text) !== undefined;
  const missing = parameters.filter((name) => !path[name]);

  const invoke = async () => {
    const controller = new AbortController();
    const told: FlowEvent[] = [];
    setRunning(controller);
    setOutcome(undefined);
    setEvents([]);
    session.onEvent = (event) => told.push(event);
    try {
      const client = await session.client(allowSas ? { sas: "allow" } : {});
      const options: InvokeOptions = {
        method: flow.method as NonNullable<InvokeOptions["method"]>,
        signal: controller.signal,
        ...(flow.relativePath && { path: segments(flow.relativePath, path) }),
      };
      const body = takesBody && text.trim() ? JSON.parse(text) : undefined;
      const { workflowId, trigger } = flow;
      const answer = await client.flow({ workflowId, trigger }).invoke(body, options);
      onAnswer(answer.status, answer.headers);
      setOutcome({ answer, body: await show(answer.data) });
    } catch (error) {
      if (isFlowError(error) && error.headers && error.status)
        onAnswer(error.status, error.headers);
      setOutcome({ error });
    }
    session.onEvent = undefined;
    setEvents(told);
    setRunning(undefined);
    run.current?.focus();
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!running && !notJson && missing.length === 0) void invoke();
      }}
    >
      <div class="message warn">
        <Icon mark="warn" />
        <p>This runs the flow, with everything that it does, as you.</p>
      </div>
      {parameters.length > 0 && (
        <fieldset>
          <legend>
            Path <code>{flow.relativePath}</code>
          </legend>
          <div class="grid">
            {parameters.map((name) => (
              <div class="field" key={name}>
                <label for={`path-${name}`}>
                  {name}
                  <span class="quiet"> (required)</span>
                </label>
                <input
                  id={`path-${name}`}
                  required
                  value={path[name] ?? ""}
                  onInput={({ currentTarget }) => setPath({ ...path, [name]: currentTarget.value })}
                />
              </div>
            ))}
          </div>
        </fieldset>
      )}
      {takesBody && <BodyForm shape={shape} text={text} onText={setText} />}
      {flow.auth === "anyone" && (
        <label class="choice">
          <input
            type="checkbox"
            checked={allowSas}
            onChange={({ currentTarget }) => setAllowSas(currentTarget.checked)}
          />
          Use the signed URL of this flow, which lets in anyone who has it. It is not shown.
        </label>
      )}
      <div class="row">
        <button
          ref={run}
          type="submit"
          class="primary"
          disabled={notJson}
          aria-disabled={running !== undefined}
        >
          Run flow
        </button>
        {running && (
          <button type="button" onClick={() => running.abort()}>
            Cancel
          </button>
        )}
        <span role="status">
          {running ? <Elapsed /> : outcome && "answer" in outcome ? "The flow answered." : ""}
        </span>
      </div>
      {outcome && "error" in outcome && <Failure error={outcome.error} />}
      {outcome && "answer" in outcome && <Answer {...outcome} />}
      {events.length > 0 && <Timings events={events} />}
    </form>
  );
}

/** The time since it appeared. */
function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((one) => one + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  // The number is for the eyes: a screen reader would read each second.
  return (
    <>
      Running <span aria-hidden="true">{seconds} s</span>
    </>
  );
}

function Answer({ answer, body }: { answer: FlowResponse<unknown>; body: string }) {
  const facts: [string, string | undefined][] = [
    ["Status", String(answer.status)],
    ["Time", milliseconds(answer.durationMs)],
    ["Requests", String(answer.attempts)],
    ["Run", answer.runId],
  ];
  return (
    <section aria-labelledby="answer-title">
      <h3 id="answer-title">Answer</h3>
      {answer.accepted && (
        <div class="message warn">
          <Icon mark="warn" />
          <p>Accepted: the flow is still running, and this page can't learn how it ends.</p>
        </div>
      )}
      <Details facts={facts} />
      <Body text={body} />
    </section>
  );
}

function Body({ text }: { text: string }) {
  if (text === "") return <p class="quiet">The answer has no body.</p>;
  return <Code label="Body of the answer" text={text} />;
}

/** A flow's own error has a body too, which says more than we can. */
function Failure({ error }: { error: unknown }) {
  const data = isFlowError(error) ? error.data : undefined;
  return (
    <>
      <Problem error={error} />
      {data !== undefined && <Body text={plain(data)} />}
    </>
  );
}

const plain = (data: unknown) =>
  typeof data === "string" ? data : (JSON.stringify(data, null, 2) ?? "");

async function show(data: unknown): Promise<string> {
  if (data instanceof Blob) return `${data.type || "Unnamed content"}, ${data.size} bytes`;
  return data === undefined ? "" : plain(data);
}

/** The template with its parameters filled in, as the segments that the library encodes. */
function segments(template: string, values: Record<string, string>): string[] {
  return template
    .split("/")
    .filter((part) => part !== "")
    .map((part) => part.replace(/\{([^}]+)\}/g, (_, name) => values[name] ?? ""));
}
