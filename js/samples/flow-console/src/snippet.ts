/** A call in TypeScript, to copy, with the types of body and answer from the flow's schemas. */
import type { HttpFlow } from "entra-flow";
import { compile } from "json-schema-to-typescript-lite";
import type { FlowShape, JsonSchema } from "./definition.js";

export async function snippetOf(flow: HttpFlow, shape: FlowShape): Promise<string> {
  const name = pascalCase(flow.name);
  const takesBody = flow.method !== "GET" && flow.method !== "HEAD";
  const answers = shape.responses.length > 0;
  const types = [
    ...(takesBody
      ? [`/** What ${quoted(flow.name)} takes. */\n${await typeOf(`${name}Body`, shape.body)}`]
      : []),
    ...(answers
      ? [`/** What it answers. */\n${await typeOf(`${name}Answer`, answerSchema(shape))}`]
      : []),
  ];
  const path = pathOf(flow.relativePath);
  const answer = answers ? `${name}Answer` : "void";
  const parameters = [
    "client: FlowClient",
    ...path.parameters.map((one) => `${one}: string`),
    ...(takesBody ? [`body: ${name}Body`] : []),
  ].join(", ");
  const options = [
    ...(flow.method === "POST" ? [] : [`method: ${JSON.stringify(flow.method)}`]),
    ...(path.segments ? [`path: [${path.segments.join(", ")}]`] : []),
  ];
  const target =
    flow.trigger === "manual"
      ? JSON.stringify(flow.workflowId)
      : `{ workflowId: ${JSON.stringify(flow.workflowId)}, trigger: ${JSON.stringify(flow.trigger)} }`;
  const given = [
    ...(takesBody || options.length > 0 ? [takesBody ? "body" : "undefined"] : []),
    ...(options.length > 0 ? [`{ ${options.join(", ")} }`] : []),
  ].join(", ");
  const call = `await client.flow(${target}).invoke${answers ? `<${answer}>` : ""}(${given})`;
  return `import type { FlowClient } from "entra-flow";

${types.map((type) => `${type.trim()}\n`).join("\n")}
/** Runs the flow ${quoted(flow.name)}${answers ? "" : ", which has no Response action: it only accepts the call"}. */
export async function call${name}(${parameters}): Promise<${answer}> {
  ${answers ? `const answer = ${call};\n  return answer.data;` : `${call};`}
}
`.replace(/\n{3,}/g, "\n\n");
}

/** Of several Response actions, those of success: another status is an error of the call. */
function answerSchema({ responses }: FlowShape): JsonSchema | undefined {
  const good = responses.filter(({ status = 200 }) => status >= 200 && status < 300);
  const schemas = good.map(({ schema }) => schema);
  // Where one of them says nothing, nothing is known.
  if (schemas.length === 0 || schemas.some((schema) => schema === undefined)) return undefined;
  const different = [...new Map(schemas.map((one) => [JSON.stringify(one), one])).values()];
  return different.length === 1 ? different[0] : { anyOf: different as JsonSchema[] };
}

async function typeOf(name: string, schema: JsonSchema | undefined): Promise<string> {
  if (!schema) return `export type ${name} = unknown;`;
  // A copy: the generator writes into what it is given.
  const types = await compile(structuredClone(schema), name, {
    additionalProperties: false,
    unknownAny: true,
  });
  return types.trim();
}

/** `orders/{id}` as parameters and path segments; undefined segments where there is no template. */
function pathOf(template: string | undefined): { parameters: string[]; segments?: string[] } {
  if (!template) return { parameters: [] };
  const parameters: string[] = [];
  const segments = template
    .split("/")
    .filter((part) => part !== "")
    .map((part) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      if (name === undefined) return JSON.stringify(part);
      const parameter = camelCase(name);
      const taken = ["client", "body", "answer", ...parameters].includes(parameter);
      const unique = taken ? `${parameter}${parameters.length + 1}` : parameter;
      parameters.push(unique);
      return unique;
    });
  return { parameters, segments };
}

/** In a comment: on one line, and it can't end the comment. */
const quoted = (text: string) => `"${text.replace(/\s+/g, " ").replaceAll("*/", "* /")}"`;

function pascalCase(text: string): string {
  const words = text.normalize("NFKD").match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(joined) ? joined : `Flow${joined}`;
}

const reserved =
  /^(arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/;

function camelCase(text: string): string {
  const pascal = pascalCase(text);
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return reserved.test(camel) ? `${camel}Value` : camel;
}
