/** Snippets held to the compiler, with the built types of entra-flow. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const options = {
  strict: true,
  noEmit: true,
  target: "es2022",
  module: "esnext",
  moduleResolution: "bundler",
  lib: ["es2022", "dom"],
  types: [],
  noUnusedLocals: true,
  exactOptionalPropertyTypes: true,
};

/**
 * @param {Record<string, string>} files by their names without `.ts`
 * @returns {string} what the compiler says against them; empty where it says nothing
 */
export function compile(files) {
  mkdirSync(path.join(root, "artifacts"), { recursive: true });
  const folder = mkdtempSync(path.join(root, "artifacts", "snippets-"));
  try {
    for (const [name, text] of Object.entries(files))
      writeFileSync(path.join(folder, `${name}.ts`), text);
    writeFileSync(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
    );
    execFileSync(
      process.execPath,
      [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "."],
      { cwd: folder, encoding: "utf8" },
    );
    return "";
  } catch (error) {
    return error.stdout || String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
