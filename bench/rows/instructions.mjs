import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { at } from "../../scripts/lib/paths.mjs";
import { run as runProgram, which } from "../../scripts/lib/run.mjs";

const recordFile = at("bench", "instructions.json");
/** How much more than recorded is still called the same. */
const growth = 1.05;
const [few, many] = [100, 1100];

/** Instructions of the core for one call, counted by callgrind: the same number each time. */
export async function run({ record }) {
  const kinds = ["warm", "cold"];
  const what = (kind) => `instructions of a ${kind} call, native core`;
  if (which("valgrind") === undefined) {
    const missing = "there is no valgrind here: install the package of that name";
    return kinds.map((kind) => ({ what: what(kind), missing }));
  }
  const program = await build();
  const rustc = (await must("rustc", ["--version"])).trim();
  const counted = {};
  for (const kind of kinds) {
    const [less, more] = [await count(program, kind, few), await count(program, kind, many)];
    // The difference leaves out what is done once.
    counted[kind] = Math.round((more - less) / (many - few));
  }
  const found = { rustc, arch: process.arch, ...counted };
  if (record) writeFileSync(recordFile, `${JSON.stringify(found, null, 2)}\n`);
  const recorded = JSON.parse(readFileSync(recordFile, "utf8"));
  return kinds.map((kind) => ({
    what: what(kind),
    value: counted[kind],
    unit: "instructions",
    ...guard(found, recorded, kind),
  }));
}

/** Only the same compiler makes figures that can be compared. */
export function guard(found, recorded, kind) {
  if (found.rustc !== recorded.rustc || found.arch !== recorded.arch) {
    return {
      detail: `recorded: ${recorded[kind]} with ${recorded.rustc} on ${recorded.arch}, here ${found.rustc} on ${found.arch}: not comparable`,
    };
  }
  return {
    target: Math.round(recorded[kind] * growth),
    detail: `recorded: ${recorded[kind].toLocaleString("en")}, and 5 % more is let pass; the scripted world of the tests has its share in it; ${found.rustc}`,
  };
}

async function build() {
  const output = await must("cargo", [
    "build",
    "--release",
    "--bench",
    "core",
    "--message-format=json",
  ]);
  const messages = output.split("\n").filter((line) => line.startsWith("{"));
  const artifact = messages
    .map((line) => JSON.parse(line))
    .find(({ target, executable }) => executable && target.name === "core");
  return artifact.executable;
}

async function count(program, kind, calls) {
  const folder = mkdtempSync(path.join(tmpdir(), "entra-flow-callgrind-"));
  try {
    const output = await must("valgrind", [
      "--tool=callgrind",
      `--callgrind-out-file=${path.join(folder, "out")}`,
      program,
      kind,
      String(calls),
    ]);
    return Number(/Collected : (\d+)/.exec(output)[1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function must(program, args) {
  const { code, output } = await runProgram(program, args);
  if (code !== 0) throw new Error(`${program} ${args[0]} failed: ${output.trim().slice(-300)}`);
  return output;
}
