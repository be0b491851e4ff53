/** A browser on the sandbox's form page, and the steps that its tests share. */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const ARTIFACTS = fileURLToPath(new URL("../../../artifacts/", import.meta.url));

/** Opens the form and waits until its controls are drawn. */
export async function openForm(context, form, query = {}) {
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  await page.goto(form.urlFor(query));
  await page.waitForFunction(() => window.formHost?.ready);
  await page.evaluate(() => window.formHost.ready);
  return page;
}

export const control = (page, index = 0) => page.locator(".ef-FlowButton").nth(index);
export const runButton = (page, index = 0) => control(page, index).locator(".ef-run");

export async function waitForState(page, state, index = 0) {
  await control(page, index)
    .and(page.locator(`[data-state="${state}"]`))
    .waitFor();
}

/** Presses `button`, and signs in in the window that it opens. */
export async function pressAndSignIn(page, button, user = "ada") {
  const window = page.waitForEvent("popup");
  await button.click();
  await (await window).locator(`[data-user="${user}"]`).click();
}

/**
 * A script's click, which opens no window: the library asks rather than be blocked. Comes back when the control
 * is in `state`. It is waited for in the page: each look that playwright takes counts as a user's gesture, too,
 * and one that came before the library's own look would open a window after all.
 */
export async function clickWithoutActivation(page, state) {
  // playwright's own scripts count as a user's gesture for a while; one window uses that up.
  await page.evaluate(() => window.open("about:blank").close());
  const cdp = await page.context().newCDPSession(page);
  const clickAndWait = async (wanted) => {
    const control = document.querySelector(".ef-FlowButton");
    control.querySelector(".ef-run").click();
    for (let look = 0; look < 500 && control.dataset.state !== wanted; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return navigator.userActivation.isActive;
  };
  const expression = `(${clickAndWait})(${JSON.stringify(state)})`;
  const { result } = await cdp.send("Runtime.evaluate", {
    expression,
    userGesture: false,
    awaitPromise: true,
  });
  if (result.value) throw new Error("The page counts as clicked on by its user.");
}

/** The first run of a fresh browser, through to its answer. */
export async function runSignedIn(page, user) {
  await pressAndSignIn(page, runButton(page), user);
  await waitForState(page, "done");
}

/** What the form knows, as plain data. */
export const formState = (page) =>
  page.evaluate(() => {
    const { values, errors } = window.formHost;
    return { values: { ...values }, errors: [...errors] };
  });

export async function screenshot(page, name) {
  await mkdir(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: `${ARTIFACTS}${name}.png` });
}
