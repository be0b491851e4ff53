import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A hash over names and contents of files and whole folders, in a fixed order, and over the `words` given. */
export function hashOf(paths, words = []) {
  const hash = createHash("sha256");
  for (const word of words) hash.update(`${word}\0`);
  for (const file of paths.flatMap(filesUnder))
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** The files of a folder and all below it, sorted; of a file, itself; of nothing, nothing. */
export function filesUnder(file) {
  if (!existsSync(file)) return [];
  if (!statSync(file).isDirectory()) return [file];
  return readdirSync(file)
    .sort()
    .flatMap((name) => filesUnder(path.join(file, name)));
}

/**
 * Does `work` unless it was done before from the same inputs, told by `hash`, and left its `outputs`.
 * Resolves to whether it was done now.
 */
export async function unlessFresh({ stamp, hash, outputs, force = false }, work) {
  const known = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  if (!force && known && outputs.every((file) => existsSync(file))) return false;
  await work();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}
