/**
 * Gives the glue a memory for the module's constant texts, such as the names of members and headers. Else it decodes
 * them anew each time they are used, at a quarter of a microsecond each, and the engine has to look up each new
 * text before it can be a member's name.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Failure } from "../lib/failure.mjs";
import { dataOf } from "./trim.mjs";

/** Longer ones are messages. */
const MAX_LENGTH = 255;

const reading =
  /^( *)ptr = ptr >>> 0;\n *return decodeText\(getUint8ArrayMemory0\(\)\.subarray\(ptr, ptr \+ len\)\);\n/m;

/**
 * @param {object} files
 * @param {string} files.glue
 * @param {string} files.map the linker's map of the module
 * @param {string} files.compiled the linker's output
 */
export async function rememberConstants({ glue, map, compiled }) {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { default: binaryen } = await import("binaryen");
  const script = readFileSync(glue, "utf8");
  const line = /^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) \.rodata$/m.exec(readFileSync(map, "utf8"));
  if (!line || !reading.test(script))
    throw new Failure(
      "The linker's map or wasm-bindgen's glue is written in another way than scripts/build/constants.mjs knows.",
    );
  const [start, size] = line.slice(1).map((number) => Number.parseInt(number, 16));
  // The linker makes a segment of it. Another module's map could lead to bytes that are written to.
  const segments = dataOf(binaryen, readFileSync(compiled));
  if (!segments.some(({ offset, view }) => offset === start && view.length === size))
    throw new Failure(
      "The linker's map is not of this module: delete target/wasm, then run this again.",
    );
  writeFileSync(glue, remembering(script, start, size));
}

/** What the linker calls `.rodata` is never written to, so a place and a length there are one text for ever. */
export const remembering = (script, start, size) => `${script.replace(
  reading,
  `$1ptr = ptr >>> 0;
$1const at = ptr - ${start};
$1if (at >= 0 && at + len <= ${size} && len <= ${MAX_LENGTH}) {
$1    return (constants[at * ${MAX_LENGTH + 1} + len] ??= decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len)));
$1}
$1return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
`,
)}
const constants = { __proto__: null };
`;
