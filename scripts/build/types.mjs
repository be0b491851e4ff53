import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";

const specifiers = /(?:from|import\()\s*["']([^"']+)["']/g;

/** Keeps the type files that the entries reach; those must not lead out of the folder, since pkg/ is not shipped. */
export function keepPublicTypes(folder, entries = ["index.d.ts"]) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, name] of readFileSync(file, "utf8").matchAll(specifiers)) {
      // TSDoc's examples import the package by its name.
      if (/^entra-flow(\/|$)/.test(name)) continue;
      const next = path.resolve(path.dirname(file), name.replace(/(\.js)?$/, ".d.ts"));
      if (
        !name.startsWith(".") ||
        path.relative(folder, next).startsWith("..") ||
        !existsSync(next)
      ) {
        throw new Failure(
          `${path.basename(file)} refers to ${name}, which is not shipped: give what it exports a type of its own.`,
        );
      }
      visit(next);
    }
  };
  for (const entry of entries) visit(path.join(folder, entry));
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}

/**
 * The types of the global: each export by name, since only so can a global be a value (`EntraFlow.FlowClient`) and
 * have types in it (`EntraFlow.FlowResponse<T>`), in scripts and modules alike.
 */
export async function writeGlobalTypes(folder) {
  const { default: ts } = await import("typescript");
  const index = path.join(folder, "index.d.ts");
  const program = ts.createProgram([index], { module: ts.ModuleKind.ESNext, noLib: true });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(index)),
  );
  const names = exported.map(({ name }) => name).sort();
  const lines = names.map((name) => `    export import ${name} = api.${name};`);
  writeFileSync(
    path.join(folder, "global.d.ts"),
    `/** The types of the global that dist/entra-flow.global.js makes: \`/// <reference types="entra-flow/global" />\`. */
import * as api from "./index.js";

declare global {
  namespace EntraFlow {
${lines.join("\n")}
  }
}
`,
  );
}
