import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * A fresh clone of the project, as far as set-up looks at it, on a machine that has only the
 * `programs` given: name → the shell script that it is.
 */
export function freshMachine(t, programs = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "entra-flow-setup-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["scripts", "Cargo.toml", "Cargo.lock"]) {
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify({ packages: {} }));
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  return {
    folder,
    read: (name) => readFileSync(path.join(folder, name), "utf8"),
    /** Runs set-up for `need`; PATH is the folder of fakes alone. */
    setUp(need, env = {}) {
      return spawnSync(process.execPath, ["scripts/setup.mjs", need], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: bin, HOME: folder, ...env },
      });
    },
  };
}
