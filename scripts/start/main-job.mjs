import { mkdirSync } from "node:fs";
import { at } from "../lib/paths.mjs";

const patienceMs = 20_000;

/**
 * The main job, as a person does it: opens the form, presses the control's button, picks an account in
 * the sign-in window, and reads the answer in the field.
 */
export async function runMainJob({ sandbox, context, url }) {
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(patienceMs);
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(String(error)));

  await page.goto(url);
  const control = page.locator(".ef-FlowButton").first();
  const button = control.locator(".ef-run");
  await button.waitFor();

  const firstRequest = sandbox.requests.length;
  const pressedAt = Date.now();
  const [popup] = await Promise.all([page.waitForEvent("popup"), button.click()]);
  await popup.locator("[data-user=ada]").click();
  const chosenAt = Date.now();
  const state = await finalState(control);
  const shownAt = Date.now();

  const file = at("artifacts", "form.png");
  mkdirSync(at("artifacts"), { recursive: true });
  // A button that still fades from one state to the next would look disabled.
  await page.screenshot({ path: file, animations: "disabled" });

  const shown = (await control.locator(".ef-answer").textContent()) ?? "";
  const column = await page.evaluate(
    ([name]) => window.formHost.values[name],
    await page.evaluate(() => window.formHost.config.fields.map((field) => field.column)),
  );
  const requests = sandbox.requests.slice(firstRequest);
  return {
    ...verdict({ sandbox, requests, state, shown, column, troubles }),
    said: state === "done" ? undefined : await control.innerText(),
    requests,
    pressedAt,
    chosenAt,
    shownAt,
    shown,
    screenshot: file,
    page,
  };
}

/** What the control's state is when it is no longer busy. */
async function finalState(control) {
  const page = control.page();
  await page.waitForFunction(
    () => {
      const { state } = document.querySelector(".ef-FlowButton")?.dataset ?? {};
      return state !== undefined && !["idle", "running", "signingIn"].includes(state);
    },
    undefined,
    { timeout: patienceMs },
  );
  return control.getAttribute("data-state");
}

/** The flow answered only if it ran once, and the field, the column and the run's answer agree. */
function verdict({ sandbox, requests, state, shown, column, troubles }) {
  const answers = requests.filter(({ kind, status }) => kind === "trigger" && status === 200);
  const [run] = sandbox.runs;
  const fails = (problem) => ({ answered: false, problem, run });
  if (state !== "done") return fails(`the control says "${state}".`);
  if (sandbox.runs.length !== 1) return fails(`it ran ${sandbox.runs.length} times.`);
  if (answers.length !== 1) return fails(`${answers.length} answers came with status 200.`);
  const orderNumber = run.body?.orderNumber;
  if (!orderNumber || !shown.includes(orderNumber)) {
    return fails(`the field shows "${shown}", which does not name order ${orderNumber}.`);
  }
  if (column !== shown) return fails(`the column holds "${column}", the control shows "${shown}".`);
  if (troubles.length > 0) return fails(`the page threw ${troubles.join("; ")}.`);
  const strangers = requests.filter(({ kind }) => kind === "unknown");
  if (strangers.length > 0) return fails(`something was sent to ${strangers[0].host}.`);
  return { answered: true, problem: "", run };
}
