import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { at } from "./paths.mjs";

/** Builds a folder of the project beside its old self and swaps them, so that no reader meets half of one. */
export async function replaceFolder(name, fill) {
  mkdirSync(at("target"), { recursive: true });
  const fresh = mkdtempSync(at("target", `new-${name}-`));
  try {
    await fill(fresh);
    rmSync(at(name), { recursive: true, force: true });
    renameSync(fresh, at(name));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
