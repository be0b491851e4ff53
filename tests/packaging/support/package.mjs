/** The tarball that `npm pack` makes, and projects that have it installed. */
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { at } from "../../../scripts/lib/paths.mjs";
import { run, runNpm } from "../../../scripts/lib/run.mjs";
import { hashOf } from "../../../scripts/lib/stamp.mjs";

const shipped = ["dist", "docs", "package.json", "README.md", "LICENSE", "CHANGELOG.md"];

/** The path of the tarball: packed once for all test files, and again when something of it has changed. */
export async function packed() {
  const hash = hashOf([...shipped, "THIRD_PARTY_LICENSES.md"].map((name) => at(name)));
  const folder = at("target", "packaging", hash.slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(path.dirname(folder), { recursive: true });
    const fresh = mkdtempSync(`${folder}-`);
    await done(runNpm(["pack", "--pack-destination", fresh]));
    try {
      renameSync(fresh, folder);
    } catch {
      // Another test file was quicker.
      rmSync(fresh, { recursive: true });
    }
  }
  const [name] = readdirSync(folder);
  return path.join(folder, name);
}

/** A project of projects/ (or an empty one) in a temp folder, with the tarball installed. */
export async function project(t, name) {
  const folder = mkdtempSync(path.join(tmpdir(), "entra-flow-packaging-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  if (name)
    cpSync(path.join(import.meta.dirname, "../projects", name), folder, { recursive: true });
  const about = { name: "a-users-project", version: "1.0.0", private: true, type: "module" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(about));
  const quietly = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await done(runNpm(["install", ...quietly, await packed()], { cwd: folder }));
  return folder;
}

export const installedIn = (folder) => path.join(folder, "node_modules", "entra-flow");

/** The output of a program that must end well. */
export async function done(running) {
  const { code, output } = await running;
  assert.equal(code, 0, output);
  return output;
}

/** A tool of ours, in another folder. */
export const tool = (file, args, cwd) =>
  run(process.execPath, [at("node_modules", file), ...args], { cwd });
