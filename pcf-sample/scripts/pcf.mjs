/** pcf-scripts ends with exit code 0 also when a build or lint failed. This ends with the truth. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const pcfScripts = fileURLToPath(
  new URL("../node_modules/pcf-scripts/bin/pcf-scripts.js", import.meta.url),
);
const [task, ...rest] = process.argv.slice(2);
const child = spawn(process.execPath, [pcfScripts, task, ...rest], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  stdio: ["inherit", "pipe", "inherit"],
});

let output = "";
child.stdout.on("data", (chunk) => {
  output += chunk;
  process.stdout.write(chunk);
});
child.on("close", (code) => {
  process.exitCode = code || (output.includes(`[${task}] Succeeded`) ? 0 : 1);
});
