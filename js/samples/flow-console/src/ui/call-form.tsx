/** How a call is made, beside its body: the parameters of the path, the method, the query, request headers. */
import type { HttpFlow, InvokeOptions } from "entra-flow";
import type { FlowShape } from "../definition.js";
import { texts } from "../texts/index.js";
import { type Pair, Pairs, problemOfPairs, recordOf } from "./pairs.js";

const words = texts.invoke;
const methods = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"] as const;

export interface CallForm {
  method: string;
  path: Record<string, string>;
  query: Pair[];
  headers: Pair[];
}

export const emptyForm = (flow: HttpFlow): CallForm => ({
  method: flow.method,
  path: {},
  query: [],
  headers: [],
});

/** The names in a template such as `orders/{id}`. */
const parametersOf = (template = ""): string[] =>
  [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");

const problems = ({ query, headers }: CallForm) => ({
  query: problemOfPairs(query, (name) => name),
  headers: problemOfPairs(headers, (name) => name.toLowerCase()),
});

/** Nothing is missing, nothing would be lost. */
export function isComplete(form: CallForm, { relativePath }: HttpFlow): boolean {
  const { query, headers } = problems(form);
  return !query && !headers && parametersOf(relativePath).every((name) => form.path[name]);
}

export function optionsOf(form: CallForm, { relativePath }: HttpFlow): InvokeOptions {
  const [query, headers] = [recordOf(form.query), recordOf(form.headers)];
  return {
    method: form.method as NonNullable<InvokeOptions["method"]>,
    ...(relativePath && { path: segments(relativePath, form.path) }),
    ...(Object.keys(query).length > 0 && { query }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

/** The template with its parameters filled in, as the segments that the library encodes. */
function segments(template: string, values: Record<string, string>): string[] {
  return template
    .split("/")
    .filter((part) => part !== "")
    .map((part) => part.replace(/\{([^}]+)\}/g, (_, name) => values[name] ?? ""));
}

interface Props {
  flow: HttpFlow;
  shape: FlowShape;
  form: CallForm;
  onForm(form: CallForm): void;
}

export function PathFields({ flow, form, onForm }: Omit<Props, "shape">) {
  const names = parametersOf(flow.relativePath);
  if (names.length === 0) return null;
  return (
    <fieldset>
      <legend>
        {words.path} <code>{flow.relativePath}</code>
      </legend>
      <div class="grid">
        {names.map((name) => (
          <div class="field" key={name}>
            <label for={`path-${name}`}>
              {name}
              <span class="quiet"> {texts.common.required}</span>
            </label>
            <input
              id={`path-${name}`}
              required
              value={form.path[name] ?? ""}
              onInput={({ currentTarget }) =>
                onForm({ ...form, path: { ...form.path, [name]: currentTarget.value } })
              }
            />
          </div>
        ))}
      </div>
    </fieldset>
  );
}

/** Folded away, with a word on what is set: most calls need none of it. */
export function MoreFields({ flow, shape, form, onForm }: Props) {
  const found = problems(form);
  const given = [
    ...(form.method === flow.method ? [] : [form.method]),
    ...Object.keys(recordOf(form.query)),
    ...Object.keys(recordOf(form.headers)),
  ];
  return (
    <details class="more">
      <summary>{given.length > 0 ? words.moreGiven(given.join(", ")) : words.more}</summary>
      <div class="field method-field">
        <label for="method">{words.method}</label>
        <select
          id="method"
          value={form.method}
          aria-describedby="method-about"
          disabled={shape.method !== undefined}
          onChange={({ currentTarget }) => onForm({ ...form, method: currentTarget.value })}
        >
          {methods.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </select>
        <p class="quiet" id="method-about">
          {shape.method ? words.methodFixed(shape.method) : words.methodFree}
        </p>
      </div>
      <Pairs
        id="query"
        legend={words.query}
        about={words.queryAbout}
        item={words.queryItem}
        add={words.addQuery}
        pairs={form.query}
        problem={found.query}
        onPairs={(query) => onForm({ ...form, query })}
      />
      <Pairs
        id="headers"
        legend={words.headers}
        about={words.headersAbout}
        item={words.headerItem}
        add={words.addHeader}
        pairs={form.headers}
        problem={found.headers}
        onPairs={(headers) => onForm({ ...form, headers })}
      />
    </details>
  );
}
