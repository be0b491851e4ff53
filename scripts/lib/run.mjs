import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

const windows = process.platform === "win32";

/**
 * Runs a program to its end and resolves to `{ code, output }`; never rejects.
 * `show` hands the child our own stdout and stderr instead of collecting them.
 */
export function run(program, args, { env = {}, cwd = root, show = false } = {}) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    const done = (code) => resolve({ code, output: Buffer.concat(chunks).toString() });
    child.on("error", (error) => {
      chunks.push(Buffer.from(error.message));
      done(127);
    });
    child.on("close", (code) => done(code ?? 1));
  });
}

/** Runs a JavaScript program with this Node: spares the shims that npm makes, which differ on Windows. */
export const runNode = (script, args = [], options = {}) =>
  run(process.execPath, [script, ...args], options);

/** npm is a .cmd on Windows, which only a shell starts. */
export const runNpm = (args, options = {}) =>
  windows ? run("cmd", ["/c", "npm", ...args], options) : run("npm", args, options);

/** The path of a program on PATH, or undefined. */
export function which(name) {
  const extensions = windows ? (process.env.PATHEXT ?? ".EXE;.CMD").split(";") : [""];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const extension of extensions) {
      const file = path.join(folder, name + extension);
      if (isProgram(file)) return file;
    }
  }
  return undefined;
}

export function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
