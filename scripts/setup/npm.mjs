import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { at } from "../lib/paths.mjs";
import { runNpm } from "../lib/run.mjs";
import { install } from "./install.mjs";

/** Installs the npm packages of the project, and of the PCF sample, exactly as locked. */
export async function npmPackages() {
  for (const [folder, name] of [
    [at(), "npm packages"],
    [at("pcf-sample"), "npm packages of pcf-sample"],
  ]) {
    const lock = path.join(folder, "package-lock.json");
    if (!existsSync(lock) || isInstalled(folder)) continue;
    await install(
      name,
      () => runNpm(["ci", "--no-audit", "--no-fund"], { cwd: folder }),
      "check that npm reaches its registry, then run this again",
    );
    writeFileSync(stampOf(folder), hashOf(lock));
  }
}

/** Whether node_modules holds what the lock says: we installed from this very lock, or a developer's npm did. */
export function isInstalled(folder) {
  const stamp = stampOf(folder);
  const lock = path.join(folder, "package-lock.json");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hashOf(lock)) return true;
  const present = packagesIn(path.join(folder, "node_modules", ".package-lock.json"));
  return Object.entries(packagesIn(lock)).every(
    ([name, entry]) =>
      // Optional packages are those of other platforms; names outside node_modules are links' targets.
      entry.optional ||
      !name.startsWith("node_modules/") ||
      (present[name]?.version === entry.version && present[name]?.integrity === entry.integrity),
  );
}

const stampOf = (folder) => path.join(folder, "node_modules", ".installed-from");

const hashOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}
