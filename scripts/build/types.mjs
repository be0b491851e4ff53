import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";

const specifiers = /(?:from|import\()\s*["']([^"']+)["']/g;

/** Keeps the type files that index.d.ts reaches; those must not lead out of the folder, since pkg/ is not shipped. */
export function keepPublicTypes(folder) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, name] of readFileSync(file, "utf8").matchAll(specifiers)) {
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
  visit(path.join(folder, "index.d.ts"));
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}
