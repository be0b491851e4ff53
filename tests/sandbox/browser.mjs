/** Chromium for this sandbox: every host name leads here, nothing leaves the machine. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Chromium still writes for a moment after its close: profiles go when this process does. @type {string[]} */
const profiles = [];
process.once("exit", () => {
  for (const profile of profiles) {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

const candidates = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The browser's path, or one clear sentence. */
export function chromiumPath() {
  const path = candidates.find((candidate) => candidate && existsSync(candidate));
  if (!path) throw new Error("No Chromium found: install it, or name one in CHROME_PATH.");
  return path;
}

/** @param {number} port */
export function browserArgs(port) {
  return [
    "--ignore-certificate-errors",
    `--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
  ];
}

/**
 * A browser context with a fresh profile of its own.
 * @param {number} port
 * @param {{headless?: boolean, thirdPartyCookies?: boolean, args?: string[], untouched?: boolean} & Record<string, unknown>} options
 *   untouched: as users have it, without playwright's switches and its care that each page thinks it is in front;
 *   what is not ours goes to playwright; with `untouched`, nothing does
 * @returns {Promise<import("playwright-core").BrowserContext>}
 */
export async function launch(
  port,
  { headless = true, thirdPartyCookies = true, args = [], untouched = false, ...rest },
) {
  const { chromium } = await import("playwright-core");
  const profile = await mkdtemp(join(tmpdir(), "entra-flow-chromium-"));
  profiles.push(profile);
  await mkdir(join(profile, "Default"));
  await writeFile(join(profile, "Default", "Preferences"), preferences(thirdPartyCookies));
  // Chromium writes what is read as a blob to its profile, and fails the read where less than 4 GB of the disk are
  // free. Where it can't make this folder, it keeps blobs in memory.
  await writeFile(join(profile, "Default", "blob_storage"), "");
  if (untouched) {
    const all = [...browserArgs(port), ...(headless ? ["--headless"] : []), ...args];
    return startUntouched(chromium, profile, all);
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless,
    args: [...browserArgs(port), ...args],
    ...rest,
  });
  return context;
}

/**
 * @param {import("playwright-core").BrowserType} chromium
 * @param {string} profile
 * @param {string[]} args
 */
async function startUntouched(chromium, profile, args) {
  const switches = ["--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const program = spawn(chromiumPath(), [...args, ...switches, "about:blank"], { stdio: "ignore" });
  const end = () => program.kill();
  process.once("exit", end);
  // Rejects where it could not even be started.
  const exited = once(program, "exit");
  const address = await Promise.race([
    addressIn(profile),
    exited.then(([code, signal]) => {
      throw new Error(`Chromium ended before it listened: ${signal ?? `exit code ${code}`}.`);
    }),
  ]);
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  context.close = async () => {
    end();
    await exited;
    process.off("exit", end);
  };
  return context;
}

/** Where Chromium listens, which it writes into its profile. @param {string} profile */
async function addressIn(profile) {
  for (let look = 0; look < 200; look += 1) {
    const text = await readFile(join(profile, "DevToolsActivePort"), "utf8").catch(() => "");
    const [port, path] = text.split("\n");
    if (path) return `ws://127.0.0.1:${port}${path.trim()}`;
    await sleep(100);
  }
  throw new Error("Chromium did not say where it listens.");
}

/** Debian's Chromium blocks third-party cookies by default, as many users' browsers do. */
function preferences(thirdPartyCookies) {
  return JSON.stringify({
    profile: {
      block_third_party_cookies: !thirdPartyCookies,
      cookie_controls_mode: thirdPartyCookies ? 0 : 1,
    },
  });
}
