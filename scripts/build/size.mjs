import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";

const files = [
  "entra-flow.global.js",
  "index.js",
  "entra-flow.wasm",
  "entra-flow.compat.global.js",
  "compat.js",
];

/** The sizes, in bytes, of what users download. */
export function sizes() {
  return files.map((name) => {
    const bytes = readFileSync(at("dist", name));
    return {
      name,
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes).length,
    };
  });
}

export function printSizes(measured = sizes()) {
  const columns = ["raw", "gzip", "brotli"];
  const line = (name, cells) =>
    console.log(name.padEnd(28) + cells.map((cell) => cell.padStart(10)).join(""));
  line("dist/", columns);
  for (const size of measured)
    line(
      size.name,
      columns.map((column) => size[column].toLocaleString("en")),
    );
}

/** Fails when a file is larger, gzipped, than budget.json lets it be. */
export function holdToBudget(measured, budget = readBudget()) {
  for (const { name, gzip } of measured) {
    if (gzip > (budget[name] ?? Number.POSITIVE_INFINITY)) {
      throw new Failure(
        `dist/${name} is ${gzip} bytes gzipped, over its budget of ${budget[name]} (scripts/build/budget.json).`,
      );
    }
  }
}

const readBudget = () =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, "budget.json"), "utf8"));
