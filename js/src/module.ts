import inline from "../../pkg/inline.js";

// The long text comes first: gzip does better with code on one side of it than on both.

import { compile } from "./compile.js";

/** The module out of its text. `entra-flow/slim` is built with module-slim.ts in the place of this file. */
export function compiledModule(): Promise<WebAssembly.Module> {
  // Deflated before it was encoded: base64 of the plain module costs a third of its size even after gzip.
  return compile(
    new Blob([fromBase64(inline)]).stream().pipeThrough(new DecompressionStream("deflate-raw")),
  );
}

/** What to do where it does not load. */
export const advice =
  "Use a current browser: the module needs WebAssembly and DecompressionStream.";

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  return native.fromBase64?.(text) ?? Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
