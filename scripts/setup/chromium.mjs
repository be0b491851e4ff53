import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { isProgram, run, which } from "../lib/run.mjs";
import { aptInstall, canApt } from "./apt.mjs";
import { install } from "./install.mjs";

/** The arguments that a headless Chromium needs in a container, and those that keep it from calling home. */
export const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The path of a Chromium: CHROME_PATH, or one found in the usual places; else undefined. */
export function findChromium() {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new Failure(
      `CHROME_PATH is ${given}, which is no program: set it to a Chrome or Chromium, or unset it.`,
    );
  }
  return usualPlaces().find((file) => file !== undefined && isProgram(file));
}

export async function chromium() {
  if (findChromium() !== undefined) return;
  const advice =
    "install Chrome or Chromium yourself or set CHROME_PATH to one, then run this again";
  if (!canApt()) throw new Failure(`There is no Chrome or Chromium here: ${advice}.`);
  await install(
    "Chromium (Debian package)",
    async () => {
      const result = await aptInstall(["chromium"]);
      // Ubuntu's package of that name is empty and only points at a snap.
      return result.code === 0 ? run("chromium", ["--version"]) : result;
    },
    advice,
  );
}

function usualPlaces() {
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"].flatMap((name) =>
      ["/", process.env.HOME ?? "/"].map((home) =>
        path.join(home, "Applications", `${name}.app`, "Contents", "MacOS", name),
      ),
    );
  }
  if (process.platform === "win32") {
    const programs = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].map(
      (name) => process.env[name],
    );
    return programs
      .filter(Boolean)
      .flatMap((folder) => [
        path.join(folder, "Google", "Chrome", "Application", "chrome.exe"),
        path.join(folder, "Microsoft", "Edge", "Application", "msedge.exe"),
      ]);
  }
  return [
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "microsoft-edge-stable",
  ].map(which);
}
