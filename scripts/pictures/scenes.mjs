import { control, openForm, pressAndSignIn, runSignedIn } from "../../tests/hosts/support/form.mjs";
import { openFlow, signIn, startConsole } from "../../tests/samples/support/console.mjs";
import { mountFormPage } from "../../tests/sandbox/host/index.mjs";
import { startSandbox } from "../../tests/sandbox/index.mjs";

/** What is on each picture of docs/images, by its name: a person's steps to it. */
export const scenes = {
  "flow-button": onForm({ width: 1280, height: 560 }, async ({ browser, form, theme }) => {
    const page = await openForm(browser, form, { theme, controls: "2" });
    await runSignedIn(page);
    // The pointer is on the button, which would look pressed.
    await page.mouse.move(640, 540);
    await control(page).locator(".ef-answer").waitFor();
    return page;
  }),

  "form-script": onForm({ width: 1280, height: 560 }, async ({ sandbox, browser, form, theme }) => {
    const page = await browser.newPage();
    await page.goto(form.urlFor({ pagetype: "entitylist", theme }));
    await page.waitForFunction(() => window.listHost?.ready);
    await page.evaluate(() => window.listHost.ready);
    const json = { message: "This order has no delivery address." };
    sandbox.fault({ kind: "trigger", times: 1, effect: { status: 422, json } });
    for (const order of ["1042", "1043", "1044", "1045", "1046"])
      await page.getByLabel(order).check();
    await page.getByRole("button", { name: "Approve orders" }).click();
    const dialog = page.locator(".dialog [role=dialog]");
    await pressAndSignIn(page, dialog.getByRole("button", { name: "Approve" }));
    await dialog.getByText("Download log file").click();
    return page;
  }),

  "flow-console": inConsole({ width: 1280, height: 860 }, async (view) => {
    await openFlow(view, "Switched off");
    await view.getByRole("button", { name: "Diagnose" }).click();
    await view.getByText(/\d checks? broken/).waitFor();
  }),

  "flow-console-call": inConsole({ width: 1280, height: 1060 }, async (view) => {
    await openFlow(view, "Order status", "Invoke");
    await view.getByLabel("orderNumber").fill("1042");
    await view.getByRole("button", { name: "Run flow" }).click();
    await view.getByText("The flow answered.").waitFor();
  }),

  "flow-console-environment": inConsole({ width: 1280, height: 1060 }, async (view) => {
    await view.getByRole("tab", { name: "This environment" }).click();
    await view.getByLabel("Flow to ask with").selectOption({ label: "Echo" });
    await view.getByRole("button", { name: "Look at this environment" }).click();
    await view.getByLabel("The report", { exact: true }).waitFor({ timeout: 40_000 });
  }),
};

function onForm(viewport, steps) {
  return async ({ theme, path }) => {
    const sandbox = await startSandbox();
    try {
      const form = await mountFormPage(sandbox);
      const browser = await sandbox.launch({ viewport, colorScheme: theme });
      const page = await steps({ sandbox, browser, form, theme });
      await page.screenshot({ path, animations: "disabled" });
    } finally {
      await sandbox.close();
    }
  };
}

function inConsole(viewport, steps) {
  return async ({ theme, path }) => {
    const app = await startConsole();
    try {
      const browser = await app.sandbox.launch({ viewport, colorScheme: theme });
      const page = await browser.newPage();
      const view = await app.open(page);
      await signIn(page, view);
      await steps(view);
      // The list begins with a whole row, some rows above the chosen one.
      await view.locator(".flow").evaluateAll((rows) => {
        const chosen = rows.findIndex((row) => row.matches("[aria-current], [aria-pressed=true]"));
        rows[Math.max(0, chosen - 7)].scrollIntoView({ block: "start" });
        document.activeElement?.blur();
        scrollTo(0, 0);
      });
      await page.screenshot({ path, animations: "disabled" });
    } finally {
      await app.close();
    }
  };
}
