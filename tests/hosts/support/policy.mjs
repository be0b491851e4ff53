/** What a content security policy refuses on the pages of a browser, its sign-in windows among them. */

/**
 * @param {import("playwright-core").BrowserContext} context before its pages are opened
 * @returns {Promise<Set<string>>} has each kind of refusal once it came: the directive and what, such as `script-src inline`
 */
export async function watchPolicy(context) {
  const refused = new Set();
  const mark = "refused by policy: ";
  context.on("console", (message) => {
    if (message.text().startsWith(mark)) refused.add(message.text().slice(mark.length));
  });
  // By the page's event: not every refusal gets into the console.
  await context.addInitScript((start) => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      console.log(`${start}${effectiveDirective.replace(/-(elem|attr)$/, "")} ${blockedURI}`),
    );
  }, mark);
  return refused;
}
