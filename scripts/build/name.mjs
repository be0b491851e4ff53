/**
 * The name of a build, in a section of its own at the module's end. `entra-flow/slim` looks for it, since any
 * other build's module would link: the imports have the same short names in each.
 */
const sectionName = "entra-flow";

/** @param {Uint8Array} wasm @param {string} build */
export function named(wasm, build) {
  const payload = [lengthOf(sectionName), sectionName, build].map((part) => Buffer.from(part));
  const body = Buffer.concat(payload);
  return Buffer.concat([wasm, Buffer.from([0]), lengthOf(body), body]);
}

/** As WebAssembly writes numbers; ours are below 128, which is one byte. */
function lengthOf({ length }) {
  if (length > 127) throw new RangeError("the build's name is too long");
  return Buffer.from([length]);
}
