/** The module of its bytes, wherever they come from: a server's own content type is not trusted to be right. */
export function compile(bytes: BodyInit | null): Promise<WebAssembly.Module> {
  // Without ancestors: a script may have given every object a `status`.
  const headers = { __proto__: null, "content-type": "application/wasm" };
  const init = { __proto__: null, headers } as unknown as ResponseInit;
  return WebAssembly.compileStreaming(new Response(bytes, init));
}
