import { tmpdir } from "node:os";
import path from "node:path";
import { mountFormPage } from "../../tests/sandbox/host/index.mjs";
import { startSandbox } from "../../tests/sandbox/index.mjs";

/** The sandbox with the form page in it, and a Chromium that finds it by production's names. */
export async function openForm({ headless }) {
  const sandbox = await startSandbox();
  try {
    const mounted = await mountFormPage(sandbox);
    const url = mounted.urlFor({ user: "ada" });
    const viewport = { width: 1280, height: 860 };
    // Playwright would end the browser alone on these, and the sandbox would go on without it.
    const context = await sandbox.launch({
      headless,
      viewport,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const commandLine = [
      process.env.CHROME_PATH ?? "chromium",
      `--user-data-dir=${path.join(tmpdir(), "entra-flow-profile")}`,
      ...sandbox.browserArgs(),
      url,
    ];
    return {
      sandbox,
      context,
      url,
      commandLine: commandLine.map(quoted).join(" "),
      close: () => sandbox.close(),
    };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** As a shell takes it. */
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);
