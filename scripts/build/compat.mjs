/**
 * The compiled crate as plain JavaScript, for pages whose policy keeps WebAssembly from compiling: pkg/compat.js,
 * which has the same exports as pkg/entra_flow.js.
 *
 * It is made of the same linker's output as the module, and not of a second build for `-Ctarget-cpu=mvp`: std comes
 * compiled with newer features wherever it is not built here, so they have to be lowered in any case.
 *
 * - wasm2js reads one table only. wasm-bindgen makes a second one, of `externref`s, where the module says that it was
 *   compiled with reference types; told otherwise, its glue keeps foreign values in an array.
 * - wasm-opt lowers what else wasm2js does not know; wasm2js fails where something of the kind is left.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { rememberConstants } from "./constants.mjs";
import { bindgen, optimise, wasm2js } from "./tools.mjs";
import { trim } from "./trim.mjs";

const lowered = ["--signext-lowering", "--llvm-nontrapping-fptoint-lowering"];

/**
 * @param {object} given
 * @param {string} given.folder where it goes
 * @param {string} given.compiled the linker's output
 * @param {string} given.map its map
 */
export async function buildCompat({ folder, compiled, map }) {
  const inFolder = (name) => path.join(folder, name);
  const module = inFolder("compat_bg.wasm");
  const glue = inFolder("compat_bg.js");
  const plain = inFolder("compat.wasm");
  writeFileSync(plain, withoutFeatures(readFileSync(compiled)));
  await bindgen(["--target", "bundler", "--out-dir", folder, plain]);
  await trim({ module, glue, map });
  await rememberConstants({ glue, map, compiled });
  await settleReferences(module, readFileSync(glue, "utf8"));
  await optimise(module, { first: lowered });

  const script = inFolder("compat_asm.js");
  await wasm2js(module, script);
  const imports = namesOf(module, readFileSync(glue, "utf8"));
  writeFileSync(script, asFunction(readFileSync(script, "utf8")));
  writeFileSync(glue, withMovingMemory(readFileSync(glue, "utf8")));
  writeFileSync(inFolder("compat.js"), joined(imports));
  writeFileSync(inFolder("compat.d.ts"), types);
  for (const name of ["compat.wasm", "compat_bg.wasm", "compat_bg.wasm.d.ts"])
    rmSync(inFolder(name));
}

/** The module, its section of target features replaced by one that has none but what wasm-bindgen needs. */
export function withoutFeatures(bytes) {
  const name = "target_features";
  const at = bytes.indexOf(Buffer.concat([Buffer.from([name.length]), Buffer.from(name)]));
  if (at < 0)
    throw new Failure("The compiled module does not say which features it was compiled with.");
  const renamed = Buffer.from(bytes);
  renamed.write("unused_features", at + 1);
  const feature = "mutable-globals";
  const body = Buffer.concat([
    ...[Buffer.from([name.length]), Buffer.from(name)],
    ...[Buffer.from([1, "+".charCodeAt(0), feature.length]), Buffer.from(feature)],
  ]);
  return Buffer.concat([renamed, Buffer.from([0, body.length]), body]);
}

/**
 * Code that was compiled with reference types asks where the slots of fixed values end. wasm-bindgen answers only
 * where there is a table; in the glue's array, they are undefined, null, true and false, behind what is reserved.
 */
async function settleReferences(file, glue) {
  const { default: binaryen } = await import("binaryen");
  const reserved =
    /new Array\((\d+)\)\.fill\(undefined\);\nheap\.push\(undefined, null, true, false\);/.exec(
      glue,
    );
  const module = binaryen.readBinary(readFileSync(file));
  for (const { name, base, params, results } of functionsOf(binaryen, module)) {
    if (base !== "__wbindgen_externref_statics_end") continue;
    if (!reserved)
      throw new Failure(
        "wasm-bindgen's glue keeps foreign values in another way than scripts/build/compat.mjs knows.",
      );
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.i32.const(Number(reserved[1]) + 4));
  }
  binaryen.setDebugInfo(true);
  writeFileSync(file, module.emitBinary());
  module.dispose();
}

const functionsOf = (binaryen, module) =>
  Array.from({ length: module.getNumFunctions() }, (_, index) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(index)),
  );

/** What the finished module imports: of the glue, and of src/browser/shim.js as wasm-bindgen copies it. */
function namesOf(file, glue) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)));
  const names = (from) => [
    ...new Set(imports.filter(({ module }) => module === from).map(({ name }) => name)),
  ];
  const [own, shim] = [names("./compat_bg.js"), names("shim")];
  const other = imports.find(({ module }) => module !== "./compat_bg.js" && module !== "shim");
  if (other)
    throw new Failure(`Nothing has ${other.module}'s ${other.name} for the module in JavaScript.`);
  const shimFile = /from '(\.\/snippets\/[^']+)'/.exec(glue)?.[1];
  if (shim.length > 0 && !shimFile)
    throw new Failure("wasm-bindgen's glue does not say where it has put src/browser/shim.js.");
  return { own, shim, shimFile };
}

/** wasm2js writes an ES module that runs when it is imported; ours starts with the first client. */
export function asFunction(script) {
  const body = /^ {2}var bufferView;[\s\S]*?^}\n(?=\nvar retasmFunc = )/m.exec(script)?.[0];
  if (!body)
    throw new Failure(
      "wasm2js writes its module in another way than scripts/build/compat.mjs knows.",
    );
  return `${withOwnMemory(body)}\nexport default asmFunc;\n`;
}

/** Its memory is made with descriptors, which would take members that a script of the page gave to every object. */
function withOwnMemory(body) {
  const made =
    /Object\.create\(Object\.prototype, (\{\s*"grow": \{)(\s*"value": __wasm_memory_grow\s*\},\s*"buffer": \{)/;
  if (!made.test(body))
    throw new Failure(
      "wasm2js makes its memory in another way than scripts/build/compat.mjs knows.",
    );
  return body.replace(made, "Object.create(Object.prototype, $1__proto__: null,$2__proto__: null,");
}

/**
 * When a module's memory grows, its old buffer is detached, and by that the glue knows. JavaScript's stays as it was,
 * so the glue compares instead.
 */
export function withMovingMemory(glue) {
  const compared = glue
    .replace(/(cached\w+)\.byteLength === 0/g, "$1.buffer !== wasm.memory.buffer")
    .replace(
      /(cached\w+)\.buffer\.detached === true \|\| \(\1\.buffer\.detached === undefined && (\1\.buffer !== wasm\.memory\.buffer)\)/g,
      "$2",
    );
  if (/byteLength === 0|\.detached/.test(compared) || compared === glue)
    throw new Failure(
      "wasm-bindgen's glue looks at its memory in another way than scripts/build/compat.mjs knows.",
    );
  return compared;
}

const joined = ({
  own,
  shim,
  shimFile,
}) => `import { Client, __wbg_set_wasm, ${own.join(", ")} } from "./compat_bg.js";
import instantiate from "./compat_asm.js";
${shim.length > 0 ? `import { ${shim.map((name) => `${name} as shim_${name}`).join(", ")} } from "${shimFile}";` : ""}

export { Client };

let started = false;

/** Once for the page's whole life, as with the module. */
export default function init() {
  if (started) return;
  const wasm = instantiate({
    "./compat_bg.js": { ${own.join(", ")} },
    shim: { ${shim.map((name) => `${name}: shim_${name}`).join(", ")} },
  });
  __wbg_set_wasm(wasm);
  wasm.__wbindgen_start?.();
  started = true;
}
`;

const types = `export { Client } from "./entra_flow.js";

/** Starts it; what fails is thrown, and can be tried again. */
export default function init(): void;
`;
