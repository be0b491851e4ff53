/** The module of its bytes, wherever they come from: a server's own content type is not trusted to be right. */
export function compile(bytes: BodyInit | null): Promise<WebAssembly.Module> {
  const headers = { "content-type": "application/wasm" };
  return WebAssembly.compileStreaming(new Response(bytes, { headers }));
}
