/** The call in TypeScript, to copy. */
import type { HttpFlow } from "entra-flow";
import { useEffect, useState } from "preact/hooks";
import type { FlowShape } from "../definition.js";
import { snippetOf } from "../snippet.js";
import { Code, CopyButton, Problem } from "./parts.js";

export function SnippetView({ flow, shape }: { flow: HttpFlow; shape: FlowShape }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    snippetOf(flow, shape).then(setText, setError);
  }, [flow, shape]);
  return (
    <>
      <p class="quiet">
        The types come from the trigger's schema and the Response action's. They are the compiler's
        word: to have answers checked at run time, pass a <code>schema</code>.
        {shape.bodyIsSample &&
          " This trigger has a sample where its schema belongs; the type is made from the sample."}
      </p>
      {error !== undefined && <Problem error={error} />}
      {text && (
        <>
          <CopyButton text={text} label="Copy snippet" />
          <Code label="Snippet in TypeScript" text={text} />
        </>
      )}
    </>
  );
}
