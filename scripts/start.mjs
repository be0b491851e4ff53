/**
 * `npm start`: sets up, builds, and runs the main job in Chromium: a PCF control on a model-driven form
 * calls a protected flow. It tells each step and goes on serving until Ctrl-C; `-- --once` ends after the
 * job, with exit code 0 only if the flow really answered.
 */
import "./lib/node.mjs";
import { buildAll } from "./build.mjs";
import { readArguments } from "./lib/arguments.mjs";
import { asCommand, Failure } from "./lib/failure.mjs";
import { findChromium } from "./setup/chromium.mjs";
import { setUp } from "./setup.mjs";
import { buildSample } from "./start/sample.mjs";

await asCommand(async () => {
  const { values } = readArguments("npm start -- [--once]", {
    options: { once: { type: "boolean", default: false } },
  });
  await setUp({ need: ["npm", "wasm", "bindgen", "chromium"] });
  process.env.CHROME_PATH = findChromium();
  await buildAll();
  await buildSample();
  // What they import comes from npm, so only now.
  const { openForm } = await import("./start/form.mjs");
  const { runMainJob } = await import("./start/main-job.mjs");
  const { printTranscript } = await import("./start/transcript.mjs");

  const form = await openForm({ headless: !hasDisplay() });
  let serving = false;
  try {
    const job = await runMainJob(form);
    printTranscript(job);
    if (!job.answered) throw new Failure(`The flow did not answer: ${job.problem}`);
    serving = !values.once;
  } finally {
    if (!serving) await form.close();
  }
  if (serving) await serve(form);
});

/** A desktop gets a window to click in; a server has nowhere to show one. */
function hasDisplay() {
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function serve({ url, commandLine, close }) {
  console.log(`
still serving; Ctrl-C ends it
  page     ${url}
  browser  ${commandLine}
The page opens in this browser alone: an ordinary one does not know these names. What can be tried: press Run,
sign in, cancel; add &controls=3, &theme=dark, &lcid=1031 or another &workflowId= to the address.`);
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  await close();
}
