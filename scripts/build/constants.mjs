/**
 * Gives the glue a memory for the module's constant texts, such as the names of members and headers. Else it decodes
 * them anew each time they are used, at a quarter of a microsecond each, and the engine has to look up each new
 * text before it can be a member's name.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Failure } from "../lib/failure.mjs";

/** Longer ones are messages. */
const MAX_LENGTH = 255;

const reading =
  /^( *)ptr = ptr >>> 0;\n *return decodeText\(getUint8ArrayMemory0\(\)\.subarray\(ptr, ptr \+ len\)\);\n/m;

/**
 * @param {object} files
 * @param {string} files.glue
 * @param {string} files.map the linker's map of the module
 */
export function rememberConstants({ glue, map }) {
  const script = readFileSync(glue, "utf8");
  const [, start, size] =
    /^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) \.rodata$/m.exec(readFileSync(map, "utf8")) ?? [];
  if (!start || !reading.test(script))
    throw new Failure(
      "The linker's map or wasm-bindgen's glue is written in another way than scripts/build/constants.mjs knows.",
    );
  writeFileSync(glue, remembering(script, Number.parseInt(start, 16), Number.parseInt(size, 16)));
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
