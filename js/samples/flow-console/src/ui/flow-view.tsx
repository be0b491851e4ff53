/** One flow: what it is, what is wrong with it, a call, a snippet. */
import type { HttpFlow } from "entra-flow";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type FlowShape, readShape } from "../definition.js";
import type { Session } from "../session.js";
import { texts } from "../texts/index.js";
import { DiagnosisView } from "./diagnosis.js";
import { Facts } from "./flow-list.js";
import { InvokeView } from "./invoke.js";
import { CopyButton, Problem, Tabs } from "./parts.js";
import { SnippetView } from "./snippet-view.js";

const words = texts.flow;

interface Props {
  session: Session;
  flow: HttpFlow | undefined;
  onBack(): void;
  onAnswer(status: number, headers: Headers): void;
}

export function FlowView({ session, flow, onBack, onAnswer }: Props) {
  const [shape, setShape] = useState<FlowShape>();
  const [error, setError] = useState<unknown>();
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), []);
  useEffect(() => {
    if (!flow) return;
    // The row holds the whole definition; only its schemas leave readShape.
    Promise.resolve(
      session.host.webApi.retrieveRecord("workflow", flow.workflowId, "?$select=clientdata"),
    )
      .then((row) => setShape(readShape(row.clientdata, flow.trigger)))
      .catch(setError);
  }, [session, flow]);
  if (!flow) {
    return (
      <section class="detail empty">
        <p>{words.empty}</p>
      </section>
    );
  }
  const { workflowId, relativePath, allowedUsers } = flow;
  const reading = error === undefined && (
    <p role="status" class="quiet">
      {words.reading}
    </p>
  );
  return (
    <section class="detail" aria-labelledby="flow-title">
      <button type="button" class="back" onClick={onBack}>
        {words.back}
      </button>
      <h2 id="flow-title" ref={title} tabIndex={-1}>
        {flow.name}
      </h2>
      <Facts flow={flow} />
      <dl class="details">
        <div>
          <dt>{words.workflowId}</dt>
          <dd>
            <code>{workflowId}</code> <CopyButton text={workflowId} />
          </dd>
        </div>
        {flow.trigger !== "manual" && (
          <div>
            <dt>{words.trigger}</dt>
            <dd>{flow.trigger}</dd>
          </div>
        )}
        {relativePath && (
          <div>
            <dt>{words.relativePath}</dt>
            <dd>
              <code>{relativePath}</code>
            </dd>
          </div>
        )}
        {allowedUsers.length > 0 && (
          <div>
            <dt>{words.allowedUsers}</dt>
            <dd>{allowedUsers.join(", ")}</dd>
          </div>
        )}
      </dl>
      {error !== undefined && <Problem error={error} />}
      <Tabs
        small
        label={flow.name}
        tabs={[
          {
            id: "diagnose",
            label: texts.tabs.diagnose,
            panel: <DiagnosisView session={session} flow={flow} />,
          },
          {
            id: "invoke",
            label: texts.tabs.invoke,
            panel: shape ? (
              <InvokeView session={session} flow={flow} shape={shape} onAnswer={onAnswer} />
            ) : (
              reading
            ),
          },
          {
            id: "snippet",
            label: texts.tabs.snippet,
            panel: shape ? <SnippetView flow={flow} shape={shape} /> : reading,
          },
        ]}
      />
    </section>
  );
}
