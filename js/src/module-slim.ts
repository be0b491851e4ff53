import { compile } from "./compile.js";
import { loadError } from "./error.js";

/** Where the module is: its URL, an answer or bytes with it in them, or the compiled module. */
export type WasmSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | WebAssembly.Module;

/** The build's name, which dist/entra-flow.wasm carries in a section; set by scripts/build/dist.mjs. */
declare const BUILD: string;

let given: WasmSource | PromiseLike<WasmSource> | undefined;

/** @internal */
export function takeSource(source: WasmSource | PromiseLike<WasmSource>): void {
  given = source;
}

/** The module that `init` was given. @internal */
export async function compiledModule(): Promise<WebAssembly.Module> {
  const source = await given;
  if (source === undefined) {
    throw loadError({
      code: "invalid_argument",
      message: "entra-flow/slim has not been given its module.",
      hint: "Call init(source) before the first client.",
    });
  }
  return checked(await moduleOf(source));
}

/** What to do where it does not load. @internal */
export const advice =
  "Give init the file entra-flow.wasm of this very version of entra-flow, unchanged, and use a browser that has WebAssembly.";

async function moduleOf(source: WasmSource): Promise<WebAssembly.Module> {
  if (typeof source === "string" || kindOf(source) === "URL") {
    return moduleIn(await fetched(source as string | URL));
  }
  // Not by `instanceof`: what comes from another frame is no instance of this one's classes.
  switch (kindOf(source)) {
    case "Response":
      return moduleIn(source as Response);
    case "WebAssembly.Module":
      return source as WebAssembly.Module;
    case "ArrayBuffer":
      return compile(source as ArrayBuffer);
  }
  if (ArrayBuffer.isView(source)) return compile(source as Uint8Array<ArrayBuffer>);
  throw loadError({
    code: "invalid_argument",
    message: "source is neither a URL, a Response, bytes nor a WebAssembly.Module.",
    hint: advice,
  });
}

const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

function fetched(url: string | URL): Promise<Response> {
  return fetch(url).catch((cause: unknown) => {
    throw loadError({
      message: "The module could not be fetched.",
      hint: "See that the URL given to init leads to entra-flow.wasm, and that the page's content security policy allows its host in connect-src.",
      cause,
    });
  });
}

function moduleIn({ ok, status, body }: Response): Promise<WebAssembly.Module> {
  if (ok) return compile(body);
  throw loadError({
    message: `The module could not be fetched: the server answered ${status}.`,
    hint: "See that the URL given to init leads to entra-flow.wasm.",
    status,
  });
}

/** Another build's module would link, its imports have the same short names, and then do anything at all. */
function checked(module: WebAssembly.Module): WebAssembly.Module {
  const [name] = WebAssembly.Module.customSections(module, "entra-flow");
  if (name && new TextDecoder().decode(name) === BUILD) return module;
  throw loadError({ message: "This is not the module of this build of entra-flow.", hint: advice });
}
