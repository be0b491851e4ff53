import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { run } from "../lib/run.mjs";
import { chromiumArgs, findChromium } from "../setup/chromium.mjs";
import { wasmCargo } from "../setup/rust.mjs";
import { wasmBindgenTestRunner } from "../setup/wasm-bindgen.mjs";

const limitMs = 120_000;
const finished = /^test result: |^no tests to run/m;

/** Compiles the browser tests (tests/browser*) and runs each in headless Chromium. */
export async function browserTests() {
  const cargo = await wasmCargo();
  const build = await run(
    cargo.program,
    [
      "test",
      "--no-run",
      "--test",
      "browser*",
      "--message-format",
      "json-render-diagnostics",
      ...cargo.args,
    ],
    { env: cargo.env },
  );
  if (build.code !== 0) return build;
  const results = [];
  for (const file of executablesIn(build.output)) results.push(await runInChromium(file));
  return {
    code: results.every(({ code }) => code === 0) ? 0 : 1,
    output: results.map(({ output }) => output).join("\n"),
  };
}

const executablesIn = (messages) =>
  messages
    .split("\n")
    .filter((line) => line.startsWith('{"reason":"compiler-artifact"'))
    .map((line) => JSON.parse(line).executable)
    .filter(Boolean);

/**
 * Opens the page that the test runner serves when it is told not to start a browser itself:
 * its own way wants a chromedriver of the browser's very version, which few people have.
 */
async function runInChromium(file) {
  const server = spawn(wasmBindgenTestRunner, [file], {
    env: {
      ...process.env,
      NO_HEADLESS: "1",
      WASM_BINDGEN_USE_BROWSER: "1",
      WASM_BINDGEN_TEST_ADDRESS: "127.0.0.1:0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArgs });
  const page = await browser.newPage();
  const console = [];
  page.on("console", (message) => console.push(message.text()));
  page.on("pageerror", (error) => console.push(String(error)));
  try {
    const said = await addressOf(server);
    if (said.address === undefined)
      return { code: finished.test(said.output) ? 0 : 1, output: said.output };
    await page.goto(said.address);
    const output = page.locator("#output");
    const done = await output
      .filter({ hasText: finished })
      .waitFor({ timeout: limitMs })
      .then(
        () => true,
        () => false,
      );
    const text = await output.innerText();
    const passed = done && /^test result: ok\b|^no tests to run/m.test(text);
    const late = done ? [] : [`${path.basename(file)}: not finished after ${limitMs / 1000} s`];
    return { code: passed ? 0 : 1, output: [text, ...(passed ? [] : console), ...late].join("\n") };
  } finally {
    await browser.close();
    server.kill();
  }
}

/** Waits until the runner says where it serves, or ends without (a file without tests). */
async function addressOf(server) {
  let output = "";
  let address;
  const told = new Promise((resolve) => {
    const hear = (chunk) => {
      output += chunk;
      address ??= /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (address !== undefined) resolve();
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
  });
  await Promise.race([
    told,
    once(server, "close"),
    once(server, "error").then(([error]) => (output += error.message)),
  ]);
  return { output, address };
}
