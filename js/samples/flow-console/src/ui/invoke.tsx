/** A call of the flow, its answer, and where the time went. */
import type { FlowClient, FlowEvent, FlowResponse, HttpFlow } from "entra-flow";
import { isFlowError } from "entra-flow";
import { useEffect, useRef, useState } from "preact/hooks";
import type { FlowShape } from "../definition.js";
import { sampleOf } from "../sample-body.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { Answer, asText, Failure } from "./answer.js";
import { BodyForm, problemOf } from "./body-form.js";
import { emptyForm, isComplete, MoreFields, optionsOf, PathFields } from "./call-form.js";
import { Icon } from "./parts.js";
import { Timings } from "./timings.js";

const words = texts.invoke;

interface Props {
  session: Session;
  flow: HttpFlow;
  shape: FlowShape;
  onAnswer(status: number, headers: Headers): void;
}

type Outcome = { answer: FlowResponse<unknown>; body: string } | { error: unknown };

export function InvokeView({ session, flow, shape, onAnswer }: Props) {
  const [form, setForm] = useState(() => emptyForm(flow));
  const [text, setText] = useState(() =>
    JSON.stringify(shape.body ? sampleOf(shape.body) : {}, null, 2),
  );
  const [allowSas, setAllowSas] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [events, setEvents] = useState<FlowEvent[]>([]);
  const [running, setRunning] = useState<AbortController>();
  const run = useRef<HTMLButtonElement>(null);
  const takesBody = form.method !== "GET" && form.method !== "HEAD";
  const { body: _, ...anyBody } = shape;
  const isReady = isComplete(form, flow) && (!takesBody || problemOf(anyBody, text) === undefined);
  // Its own, so that the timings are this call's; kept, so that a second call is as fast as it will be for users.
  const tell = useRef<((event: FlowEvent) => void) | undefined>(undefined);
  const clients = useRef(new Map<boolean, Promise<FlowClient>>());
  const clientFor = (sas: boolean) => {
    const known = clients.current.get(sas);
    if (known) return known;
    const made = session.listening(sas ? { sas: "allow" } : {}, (event) => tell.current?.(event));
    clients.current.set(sas, made);
    made.catch(() => clients.current.delete(sas));
    return made;
  };
  const inFlight = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => inFlight.current?.abort(), []);

  const invoke = async () => {
    const controller = new AbortController();
    const told: FlowEvent[] = [];
    inFlight.current = controller;
    setRunning(controller);
    setOutcome(undefined);
    setEvents([]);
    tell.current = (event) => told.push(event);
    try {
      const client = await clientFor(allowSas);
      const body = takesBody && text.trim() ? JSON.parse(text) : undefined;
      const { workflowId, trigger } = flow;
      const options = { ...optionsOf(form, flow), signal: controller.signal };
      const answer = await client.flow({ workflowId, trigger }).invoke(body, options);
      onAnswer(answer.status, answer.headers);
      setOutcome({ answer, body: asText(answer.data) });
    } catch (error) {
      if (isFlowError(error) && error.headers && error.status)
        onAnswer(error.status, error.headers);
      setOutcome({ error });
    }
    tell.current = undefined;
    setEvents(told);
    setRunning(undefined);
    run.current?.focus();
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!running && isReady) void invoke();
      }}
    >
      <div class="message warn">
        <Icon mark="warn" />
        <p>{words.warning}</p>
      </div>
      <PathFields flow={flow} form={form} onForm={setForm} />
      {takesBody && <BodyForm shape={shape} text={text} onText={setText} />}
      <MoreFields flow={flow} shape={shape} form={form} onForm={setForm} />
      {flow.auth === "anyone" && (
        <label class="choice">
          <input
            type="checkbox"
            checked={allowSas}
            onChange={({ currentTarget }) => setAllowSas(currentTarget.checked)}
          />
          {words.sas}
        </label>
      )}
      <div class="row">
        <button
          ref={run}
          type="submit"
          class="primary"
          disabled={!isReady}
          aria-disabled={running !== undefined}
        >
          {words.run}
        </button>
        {running && (
          <button type="button" onClick={() => running.abort()}>
            {texts.common.cancel}
          </button>
        )}
        <span role="status">
          {running ? <Elapsed /> : outcome && "answer" in outcome ? words.answered : ""}
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
    const start = performance.now();
    const timer = setInterval(
      () => setSeconds(Math.floor((performance.now() - start) / 1000)),
      1000,
    );
    return () => clearInterval(timer);
  }, []);
  // The number is for the eyes: a screen reader would read each second.
  return (
    <>
      {words.running} <span aria-hidden="true">{words.seconds(seconds)}</span>
    </>
  );
}
