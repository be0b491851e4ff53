import inline from "../../pkg/inline.js";

// The long text comes first: gzip does better with code on one side of it than on both.

import init, { Client } from "../../pkg/entra_flow.js";
import { FlowError } from "./error.js";
import { sharedModule } from "./page.js";

/** The module's classes. */
export interface Module {
  Client: typeof Client;
}

let loading: Promise<Module> | undefined;

/**
 * The module, compiled on first use. Importing the library does nothing.
 *
 * A failed load is not remembered: the next call tries again.
 */
export function loadModule(): Promise<Module> {
  loading ??= start().catch((cause: unknown) => {
    loading = undefined;
    throw blocked(cause);
  });
  return loading;
}

async function start(): Promise<Module> {
  await init({ module_or_path: await sharedModule(inline, compile) });
  return { Client };
}

async function compile(): Promise<WebAssembly.Module> {
  // Deflated before it was encoded: base64 of the plain module costs a third of its size even after gzip.
  const inflated = new Blob([fromBase64(inline)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const headers = { "content-type": "application/wasm" };
  return WebAssembly.compileStreaming(new Response(inflated, { headers }));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  return native.fromBase64?.(text) ?? Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** A policy's refusal, in the words of Chromium, Firefox and Safari. */
const refusal = /unsafe-eval|content security policy|\bcsp\b/i;

/** The words are those of src/model/error.rs, which is not there yet; tests/error_docs.rs holds them to it. */
function blocked(cause: unknown): FlowError {
  const error = {
    code: "module_blocked",
    stage: "load",
    message: "The page's content security policy keeps WebAssembly from loading.",
    hint: "Ask an admin to add 'wasm-unsafe-eval' to script-src in the environment's content security policy (Power Platform admin center → Environment → Settings → Privacy + Security).",
    mayHaveRun: false,
    retryable: false,
    cause,
  } as const;
  if (refusal.test(String(cause))) return new FlowError(error);
  return new FlowError({
    ...error,
    message: "The module could not be loaded.",
    hint: "Use a current browser: the module needs WebAssembly and DecompressionStream.",
  });
}
