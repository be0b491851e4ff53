/** Commands of the docs: what they name has to be there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Programs of other people's, which we can't look into. What they are told is not checked. */
export const foreign = ["pac", "rustup", "git"];

/** What is wrong with a block of commands, one sentence each. `cd` holds for the lines below it. */
export function brokenCommands(code, folder, root) {
  const wrong = [];
  let at = folder;
  const lines = code.replace(/\\\n/g, " ").split("\n");
  for (const line of lines) {
    for (const command of line.replace(/(^|\s)#.*$/, "").split(/&&|;|\|/)) {
      const words = command.trim().split(/\s+/).filter(Boolean);
      while (/^[A-Z_]+=/.test(words[0] ?? "")) words.shift();
      if (words.length === 0) continue;
      if (words[0] === "cd") at = join(at, words[1]);
      const said = words[0] === "cd" ? noFolder(at, root) : wrongWith(words, at, root);
      if (said) wrong.push(`${command.trim()}: ${said}`);
    }
  }
  return wrong;
}

const noFolder = (folder, root) =>
  existsSync(join(root, folder)) ? undefined : `there is no folder ${folder}`;

function wrongWith([program, ...args], folder, root) {
  const there = (file) => existsSync(join(root, folder, file));
  switch (program) {
    case "npm": {
      const [verb, name] = args;
      if (["install", "i", "ci", "pack"].includes(verb)) return undefined;
      const script = verb === "run" ? name : verb;
      const { scripts } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      return scripts[script]
        ? undefined
        : `package.json of ${folder || "."} has no script ${script}`;
    }
    case "node": {
      const files = args.filter((word) => !word.startsWith("-") && !word.includes("*"));
      const missing = files.find((file) => !there(file));
      return missing ? `there is no ${missing}` : undefined;
    }
    case "npx":
      return there(join("node_modules/.bin", args[0])) ? undefined : `nobody installs ${args[0]}`;
    case "cargo": {
      const test = args[args.indexOf("--test") + 1];
      if (!args.includes("--test")) return undefined;
      const found = there(`tests/${test}.rs`) || there(`tests/${test}/main.rs`);
      return found ? undefined : `there is no test ${test}`;
    }
    case "cp":
      return undefined;
    default:
      return foreign.includes(program) ? undefined : `${program} is no program that we know`;
  }
}
