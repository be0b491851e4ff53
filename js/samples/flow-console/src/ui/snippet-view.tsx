/** The call in TypeScript, to copy. */
import type { HttpFlow } from "entra-flow";
import { useEffect, useState } from "preact/hooks";
import type { FlowShape } from "../definition.js";
import { snippetOf } from "../snippet.js";
import { texts } from "../texts/index.js";
import { Code, CopyButton, Problem } from "./parts.js";

const words = texts.snippet;

export function SnippetView({ flow, shape }: { flow: HttpFlow; shape: FlowShape }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    snippetOf(flow, shape).then(setText, setError);
  }, [flow, shape]);
  return (
    <>
      <p class="quiet">
        {words.about} {shape.bodyIsSample && words.sample}
      </p>
      {error !== undefined && <Problem error={error} />}
      {!text && error === undefined && (
        <p role="status" class="quiet">
          {words.writing}
        </p>
      )}
      {text && (
        <>
          <CopyButton text={text} label={words.copy} />
          <Code label={words.label} text={text} />
        </>
      )}
    </>
  );
}
