/**
 * `npm run check:solution -- file.zip [--installed old.zip] [--max-file-mb 32]`: what an import of this solution would
 * refuse. Exit code 1 where there is anything.
 */
import "../lib/node.mjs";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readArguments } from "../lib/arguments.mjs";
import { asCommand, Failure } from "../lib/failure.mjs";
import { checkSolution } from "./check/index.mjs";

const usage = "npm run check:solution -- file.zip [--installed old.zip] [--max-file-mb 32]";

await asCommand(async () => {
  const { files, installed, megabytes } = asked();
  for (const file of files) {
    const findings = await checkSolution(read(file), {
      fileName: path.basename(file),
      installed: installed && read(installed),
      ...(megabytes && { maxFileBytes: megabytes * 1024 * 1024 }),
    });
    for (const { level, rule, where, problem, fix } of findings) {
      console.log(`${level} ${rule}\n  ${where}: ${problem}\n  ${fix}`);
    }
    const errors = findings.filter(({ level }) => level === "error").length;
    console.log(
      `${file}: ${errors === 0 ? "nothing that an import would refuse" : `${errors} to mend`}`,
    );
    if (errors > 0) process.exitCode = 1;
  }
});

function asked() {
  const { values, positionals } = readArguments(usage, {
    allowPositionals: true,
    options: { installed: { type: "string" }, "max-file-mb": { type: "string" } },
  });
  const megabytes = values["max-file-mb"] === undefined ? undefined : Number(values["max-file-mb"]);
  if (positionals.length === 0 || (megabytes !== undefined && !(megabytes > 0)))
    throw new Failure(`Usage: ${usage}`);
  return { files: positionals, installed: values.installed, megabytes };
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure(`${file} can't be read: ${error.message}`);
  }
}
