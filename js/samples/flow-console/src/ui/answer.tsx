/** What became of a call: its answer, or why there is none. */
import { type FlowResponse, isFlowError } from "entra-flow";
import { texts } from "../texts/index.js";
import { Code, CopyButton, Details, Icon, milliseconds, Problem } from "./parts.js";

const words = texts.invoke;

export function Answer({ answer, body }: { answer: FlowResponse<unknown>; body: string }) {
  const facts: [string, string | undefined][] = [
    [words.status, String(answer.status)],
    [words.time, milliseconds(answer.durationMs)],
    [words.requests, String(answer.attempts)],
    [words.runId, answer.runId],
    // Names only: a Location may hold a signature.
    [words.headersRead, [...answer.headers.keys()].sort().join(", ") || undefined],
  ];
  return (
    <section aria-labelledby="answer-title">
      <h3 id="answer-title">{words.answer}</h3>
      {answer.accepted && (
        <div class="message warn">
          <Icon mark="warn" />
          <p>{words.accepted}</p>
        </div>
      )}
      <Details facts={facts} />
      <Body text={body} />
    </section>
  );
}

/** A flow's own error has a body too, which says more than we can. */
export function Failure({ error }: { error: unknown }) {
  const data = isFlowError(error) ? error.data : undefined;
  return (
    <>
      <Problem error={error} />
      {data !== undefined && <Body text={asText(data)} />}
    </>
  );
}

/** A page with millions of characters in it would be of no use to anybody. */
const mostShown = 100_000;

function Body({ text }: { text: string }) {
  if (text === "") return <p class="quiet">{words.noBody}</p>;
  const left = text.length - mostShown;
  return (
    <>
      <Code label={words.bodyLabel} text={left > 0 ? `${text.slice(0, mostShown)}…` : text} />
      {left > 0 && <p class="quiet">{words.more100k(left)}</p>}
      <div class="row">
        <CopyButton text={text} label={words.copyAnswer} />
      </div>
    </>
  );
}

export function asText(data: unknown): string {
  if (data instanceof Blob) return words.blob(data.type, data.size);
  if (data === undefined) return "";
  return typeof data === "string" ? data : (JSON.stringify(data, null, 2) ?? "");
}
