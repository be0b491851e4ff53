/** Chromium for this sandbox: every host name leads here, nothing leaves the machine. */
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
 * @param {{headless?: boolean, thirdPartyCookies?: boolean, args?: string[]} & Record<string, unknown>} options
 *   what is not ours goes to playwright
 * @returns {Promise<import("playwright-core").BrowserContext>}
 */
export async function launch(
  port,
  { headless = true, thirdPartyCookies = true, args = [], ...rest },
) {
  const { chromium } = await import("playwright-core");
  const profile = await mkdtemp(join(tmpdir(), "entra-flow-chromium-"));
  profiles.push(profile);
  await mkdir(join(profile, "Default"));
  await writeFile(join(profile, "Default", "Preferences"), preferences(thirdPartyCookies));
  // Chromium writes what is read as a blob to its profile, and fails the read where less than 4 GB of the disk are
  // free. Where it can't make this folder, it keeps blobs in memory.
  await writeFile(join(profile, "Default", "blob_storage"), "");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless,
    args: [...browserArgs(port), ...args],
    ...rest,
  });
  return context;
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
