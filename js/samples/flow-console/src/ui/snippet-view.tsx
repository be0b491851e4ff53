/** The call in TypeScript, to copy. */
import type { HttpFlow } from "entra-flow";
import { useEffect, useState } from "preact/hooks";
import type { FlowShape } from "../definition.js";
import { snippetOf } from "../snippet.js";
import { CopyButton, Problem } from "./parts.js";

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
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard. */}
          <pre tabIndex={0} role="region" aria-label="Snippet in TypeScript">
            <code>{text}</code>
          </pre>
        </>
      )}
    </>
  );
}
