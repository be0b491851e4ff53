import inline from "../../pkg/inline.js";

// The long text comes first: gzip does better with code on one side of it than on both.

import { compile } from "./compile.js";
import { turn } from "./turn.js";

/** Packed bytes inflated in one task: half a millisecond's work. The module is about three such pieces. */
const PIECE_BYTES = 32_768;

/** The module out of its text. `entra-flow/slim` is built with module-slim.ts in the place of this file. */
export async function compiledModule(): Promise<WebAssembly.Module> {
  await turn();
  // Deflated before it was encoded: base64 of the plain module costs a third of its size even after gzip.
  const packed = fromBase64(inline);
  // Written to, not piped from a Blob: a Blob's bytes go by way of another process.
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  // What fails on one end of the stream is told at the other.
  feed(writer, packed)
    .catch((cause: unknown) => writer.abort(cause))
    .catch(() => undefined);
  return compile(readable);
}

async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  packed: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let at = 0; at < packed.length; at += PIECE_BYTES) {
    await writer.write(packed.subarray(at, at + PIECE_BYTES));
    await turn();
  }
  await writer.close();
}

/** What to do where it does not load. */
export const advice =
  "Use a current browser: the module needs WebAssembly and DecompressionStream.";

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  return native.fromBase64?.(text) ?? Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
