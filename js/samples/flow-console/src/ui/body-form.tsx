/** A body from the trigger's schema: fields for its simple properties, or the whole as JSON. One text is the truth. */
import { Validator } from "@cfworker/json-schema";
import { useMemo } from "preact/hooks";
import type { FlowShape, JsonSchema } from "../definition.js";
import { typeOf } from "../sample-body.js";
import { texts } from "../texts/index.js";

const words = texts.invoke;

type Fields = Record<string, unknown>;

interface Props {
  shape: FlowShape;
  text: string;
  onText(text: string): void;
}

/** What is wrong with the text, or nothing: no JSON, or not what the schema wants. */
export function problemOf({ body }: FlowShape, text: string): string | undefined {
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return words.noJson(error instanceof Error ? error.message : "");
  }
  if (!body) return undefined;
  try {
    const { errors } = new Validator(body, "7", false).validate(value);
    // The outer errors only say that there are inner ones.
    const worst = errors.at(-1);
    return worst && words.misfit(worst.instanceLocation, worst.error);
  } catch {
    // A schema that the validator can't follow is the flow's business.
    return undefined;
  }
}

export function BodyForm({ shape, text, onText }: Props) {
  const problem = useMemo(() => problemOf(shape, text), [shape, text]);
  const fields = asFields(text);
  const properties = Object.entries((shape.body?.properties ?? {}) as Record<string, JsonSchema>);
  const simple = properties.filter(([, schema]) => isSimple(schema));
  const required = (shape.body?.required ?? []) as string[];
  return (
    <>
      {fields && simple.length > 0 && (
        <fieldset>
          <legend>{words.body}</legend>
          <div class="grid">
            {simple.map(([name, schema]) => (
              <Field
                key={name}
                name={name}
                schema={schema}
                required={required.includes(name)}
                value={fields[name]}
                onValue={(value) => onText(JSON.stringify({ ...fields, [name]: value }, null, 2))}
              />
            ))}
          </div>
        </fieldset>
      )}
      <div class="field">
        <label for="body">{simple.length > 0 ? words.bodyAsJson : words.bodyJson}</label>
        <textarea
          id="body"
          rows={Math.min(14, text.split("\n").length + 1)}
          spellcheck={false}
          value={text}
          aria-invalid={problem !== undefined}
          aria-describedby="body-problem"
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
        <p class="problem" id="body-problem" role="status">
          {problem}
        </p>
      </div>
    </>
  );
}

const isSimple = (schema: JsonSchema) =>
  Array.isArray(schema.enum) ||
  ["string", "number", "integer", "boolean"].includes(typeOf(schema) ?? "");

function Field(props: {
  name: string;
  schema: JsonSchema;
  required: boolean;
  value: unknown;
  onValue(value: unknown): void;
}) {
  const { name, schema, required, value, onValue } = props;
  const id = `body-${name}`;
  const options = schema.enum as unknown[] | undefined;
  const type = typeOf(schema);
  const isNumber = type === "number" || type === "integer";
  const description = typeof schema.description === "string" ? schema.description : undefined;
  const choices = options ?? (type === "boolean" ? [true, false] : undefined);
  return (
    <div class="field">
      <label for={id}>
        {name}
        {required && <span class="quiet"> {texts.common.required}</span>}
      </label>
      {choices ? (
        <select
          id={id}
          value={value === undefined ? "" : JSON.stringify(value)}
          onChange={({ currentTarget }) =>
            onValue(currentTarget.value === "" ? undefined : JSON.parse(currentTarget.value))
          }
        >
          {!required && <option value="">{words.leftOut}</option>}
          {choices.map((one) => (
            <option key={JSON.stringify(one)} value={JSON.stringify(one)}>
              {String(one)}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          inputMode={isNumber ? "decimal" : "text"}
          value={value === undefined || value === null ? "" : String(value)}
          {...(description && { "aria-describedby": `${id}-about` })}
          onInput={({ currentTarget }) => {
            const given = currentTarget.value;
            // What is no number stays text, so that nothing typed is lost and the schema's check can say so.
            const number = given.trim() === "" ? undefined : Number(given);
            onValue(isNumber ? (Number.isNaN(number) ? given : number) : given);
          }}
        />
      )}
      {description && (
        <p class="quiet" id={`${id}-about`}>
          {description}
        </p>
      )}
    </div>
  );
}

/** The body as an object, where it is one. */
function asFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}
