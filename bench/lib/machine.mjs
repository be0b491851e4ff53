import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { at } from "../../scripts/lib/paths.mjs";

const compared = [
  "@azure/msal-browser",
  "ky",
  "@azure/core-rest-pipeline",
  "dynamics-web-api",
  "esbuild",
];

/** Where and with what a table was made. */
export function describe({ browser, quick }) {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: `${cpus[0]?.model ?? "unknown CPU"}, ${cpus.length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}`,
    load: os.loadavg()[0].toFixed(1),
    browser: browser.replace(/^\w+\//, "Chromium "),
    node: process.version,
    packages: compared.map((name) => `${name} ${versionOf(name)}`).join(", "),
    quick,
  };
}

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: at() }).toString().trim();
  } catch {
    return "unknown";
  }
}

const versionOf = (name) =>
  JSON.parse(readFileSync(at("node_modules", name, "package.json"), "utf8")).version;
