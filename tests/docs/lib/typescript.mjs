/** Blocks of TypeScript and JavaScript, held to the package's own types by the compiler. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { root } from "./markdown.mjs";

const prelude = fileURLToPath(new URL("../prelude.d.ts", import.meta.url));
/** @type {import("typescript").CompilerOptions} */
const options = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.esnext.disposable.d.ts"],
  types: ["xrm", "powerapps-component-framework"],
  skipLibCheck: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  noImplicitAny: true,
};
/** A form script's parameters have no types. */
const forScripts = { ...options, strict: false, noImplicitAny: false };

export const isScript = (language) => ["ts", "tsx", "js"].includes(language);

/**
 * What the compiler says of each block: `file:line: sentence`. A block is a module of its own, as if it were a
 * file in this repository, where `entra-flow` is what was built.
 * @param {import("./markdown.mjs").Block[]} blocks
 */
export function compile(blocks) {
  const typed = blocks.filter(({ language }) => language !== "js");
  const plain = blocks.filter(({ language }) => language === "js");
  return [...compileAs(typed, options), ...compileAs(plain, forScripts)];
}

function compileAs(blocks, settings) {
  if (blocks.length === 0) return [];
  const sources = new Map();
  blocks.forEach((block, index) => {
    // What is declared stands after the code, so that the lines are the block's.
    const text = `${block.code}\n${declared(block)}\nexport {};\n`;
    sources.set(join(root, "tests/docs", `block-${index}.${block.language}`), { block, text });
  });
  const host = ts.createCompilerHost(settings, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, target, ...rest) => {
    const source = sources.get(name);
    if (!source) return getSourceFile(name, target, ...rest);
    return ts.createSourceFile(name, source.text, target, true);
  };
  const program = ts.createProgram([prelude, ...sources.keys()], settings, host);
  return ts.getPreEmitDiagnostics(program).map((problem) => {
    const said = ts.flattenDiagnosticMessageText(problem.messageText, " ");
    const source = sources.get(problem.file?.fileName);
    if (!source) return `${problem.file?.fileName ?? "tsc"}: ${said}`;
    const { line } = problem.file.getLineAndCharacterOfPosition(problem.start);
    return `${source.block.file}:${source.block.line + line}: ${said}`;
  });
}

/** TypeScript's `declare` is for its files alone; JavaScript has a comment for it. */
function declared({ language, declared: words = "" }) {
  if (language !== "js") {
    return words.replace(/(^|;\s*)(?=(const|function|interface) )/g, "$1declare ");
  }
  return words.replace(
    /^const (\w+): ([^;]+);/gm,
    "var $1 = /** @type {$2} */ (/** @type {unknown} */ (undefined));",
  );
}
