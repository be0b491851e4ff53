/** axe-core on a part of a page. */
import { fileURLToPath } from "node:url";

const AXE = fileURLToPath(new URL("../../../node_modules/axe-core/axe.min.js", import.meta.url));

/** What axe finds wrong in the elements of `selector`: a line for each. */
export async function accessibilityProblems(page, selector) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: AXE });
  return page.evaluate(async (where) => {
    const { violations, passes } = await window.axe.run(where);
    if (passes.length === 0) return [`axe looked at nothing in ${where}`];
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
    );
  }, selector);
}
