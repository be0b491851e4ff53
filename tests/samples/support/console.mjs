/** The built flow console as a web resource in the sandbox's org: in a frame whose parent has Xrm, as in production. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startSandbox } from "../../sandbox/index.mjs";
// Its hook must be there before others, which may close or reset what it looks at.
import { watchForSecrets } from "../../secrets/watch.mjs";

const built = new URL("../../../js/samples/flow-console/out/", import.meta.url);
const hostFiles = new URL("../../sandbox/host/page/", import.meta.url);
const artifacts = fileURLToPath(new URL("../../../artifacts/", import.meta.url));
const resource = "/WebResources/ef_/flow-console/";

export async function startConsole({ org: orgKey = "contoso" } = {}) {
  if (!existsSync(built)) throw new Error("The flow console is not built: run `npm run build`.");
  const sandbox = await startSandbox();
  watchForSecrets(sandbox);
  const org = sandbox.world.orgs[orgKey];
  const serve = (name, headers = {}) =>
    sandbox.page(org.host, resource + name, { file: fileURLToPath(new URL(name, built)), headers });
  for (const name of ["index.html", "console.css", "console.js"]) serve(name);
  // Beside the console's folder, as the solution has it.
  sandbox.page(org.host, "/WebResources/ef_/entra-flow.compat.global.js", {
    file: fileURLToPath(new URL("../../../dist/entra-flow.compat.global.js", import.meta.url)),
  });
  for (const name of ["web-api.mjs", "xrm.mjs", "dialogs.mjs"]) {
    sandbox.page(org.host, `/host/${name}`, { file: fileURLToPath(new URL(name, hostFiles)) });
  }
  sandbox.page(org.host, "/main.aspx", {
    handler: (req, res) => answer(sandbox, orgKey, req, res),
  });

  /** @param {string} path with the session of the user */
  const goto = (page, user, path) =>
    page.goto(`${org.url}/login?${new URLSearchParams({ user, next: path })}`);

  return {
    sandbox,
    /** From now on its page has this content security policy. */
    restrict: (policy) => serve("index.html", policy && { "content-security-policy": policy }),
    /**
     * Opens the console as an app does, with the data parameter set up by its maker.
     * @returns the frame that it is in
     */
    async open(page, { user = "ada", data = dataOf(sandbox, orgKey) } = {}) {
      await goto(page, user, `/main.aspx?${new URLSearchParams({ user, data })}`);
      return page.frameLocator("iframe");
    },
    /** Opens it as a browser tab of its own, without Xrm. */
    async openAlone(page, { user = "ada", data = dataOf(sandbox, orgKey) } = {}) {
      await goto(page, user, `${resource}index.html?${new URLSearchParams({ data })}`);
      return page;
    },
    close: () => sandbox.close(),
  };
}

export function dataOf(sandbox, orgKey = "contoso") {
  const { clientId } = sandbox.world.clients.formApp;
  const { tenantId } = sandbox.world.orgs[orgKey];
  return new URLSearchParams({ clientId, tenantId }).toString();
}

/** The sign-in window, once it was asked for. */
export async function signIn(page, console, user = "ada") {
  const popup = page.waitForEvent("popup");
  await console.getByRole("button", { name: "Sign in" }).click();
  await (await popup).locator(`[data-user="${user}"]`).click();
  await console.getByText(/^Signed in as/).waitFor();
}

/** Opens a flow and one of its tabs. */
export async function openFlow(console, name, tab = "Diagnose") {
  await console.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await console.getByRole("tab", { name: tab, exact: true }).click();
}

export async function screenshot(page, name) {
  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: `${artifacts}${name}.png` });
}

function answer(sandbox, orgKey, req, res) {
  const org = sandbox.world.orgs[orgKey];
  const query = new URL(req.url, org.url).searchParams;
  const user = sandbox.world.users[query.get("user") ?? "ada"];
  const config = {
    clientUrl: org.url,
    environmentId: org.environmentId,
    tenantId: org.tenantId,
    organizationId: org.organizationId,
    organizationName: orgKey,
    user: { name: user.name, systemUserId: user.systemUserId },
    languageId: 1033,
    undocumented: true,
    record: { id: org.organizationId, table: "account", title: "A record" },
  };
  const frame = `${resource}index.html?${new URLSearchParams({ data: query.get("data") ?? "" })}`;
  res.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  res.end(`<!doctype html>
<html lang="en"><title>An app</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 } iframe { border: 0; width: 100vw; height: 100vh; display: block }</style>
<script type="module">
import { createWebApi } from "/host/web-api.mjs";
import { createXrm } from "/host/xrm.mjs";
const nothing = () => {};
window.Xrm = createXrm({
  config: ${JSON.stringify(config)}, webApi: createWebApi(),
  getValue: nothing, setValue: nothing, notify: nothing,
});
const frame = document.createElement("iframe");
frame.title = "Flow console";
frame.allow = "clipboard-write";
frame.src = ${JSON.stringify(frame)};
document.body.append(frame);
</script><body>`);
}
