/**
 * The form page: a model-driven form on the org's host that carries the built PCF sample, with the
 * platform's host objects in it. `page/` is what the browser gets.
 */
import { existsSync, readdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CONTROL_BASE, formConfig } from "./config.mjs";
import { mountFormScript } from "./form-script.mjs";

const PAGE = new URL("./page/", import.meta.url);
const CONTROL = new URL("../../../pcf-sample/out/controls/FlowButton/", import.meta.url);
/** The sample's own page for MSAL's sign-in window, in the place of the sandbox's, and its script. */
const REDIRECT = new URL("../../../pcf-sample/out/webresources/", import.meta.url);
/** Beside the control in the solution. */
const COMPAT = new URL("../../../dist/entra-flow.compat.global.js", import.meta.url);

const TYPES = {
  mjs: "text/javascript; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  xml: "text/xml; charset=utf-8",
  resx: "text/xml; charset=utf-8",
};

/**
 * @param {object} sandbox a running one
 * @param {object} [options]
 * @param {string} [options.org] key of the world's org
 * @param {URL} [options.control] the control's built folder
 * @param {Record<string, string>} [options.defaults] of the page's query, see config.mjs
 * @param {string} [options.csp] the content security policy of the form and of the sign-in's page
 * @returns {Promise<{url: string, urlFor(query?: Record<string, string>): string, restrict(csp?: string): void}>}
 *   `urlFor` goes by way of the org's login, so that the session is that of the query's `user`; from `restrict` on, the
 *   pages have this policy
 */
export async function mountFormPage(sandbox, options = {}) {
  const { org: orgKey = "contoso", control = CONTROL, defaults = {} } = options;
  const { host, url: origin } = sandbox.world.orgs[orgKey];
  /** @type {string | undefined} */
  let csp;
  if (!existsSync(control)) {
    throw new Error(`${fileURLToPath(control)} is missing: build the sample first (npm run build)`);
  }

  for (const name of await readdir(PAGE)) {
    if (!name.endsWith(".html")) serveFile(`/uclient/${name}`, new URL(name, PAGE));
  }
  for (const entry of await readdir(control, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const folder = entry.parentPath ?? entry.path;
    const path = `${folder}/${entry.name}`.slice(fileURLToPath(control).length).replace(/^\/+/, "");
    serveFile(`${CONTROL_BASE}/${path}`, new URL(path, control));
  }
  serveFile("/WebResources/ef_/entra-flow.compat.global.js", COMPAT);
  restrict(options.csp);
  const templates = {
    entityrecord: await readFile(new URL("form.html", PAGE), "utf8"),
    entitylist: await readFile(new URL("list.html", PAGE), "utf8"),
  };
  mountFormScript(sandbox, orgKey);
  sandbox.page(host, "/main.aspx", { handler: answerForm });

  return {
    url: `${origin}/main.aspx?pagetype=entityrecord&etn=ef_order`,
    urlFor(query = {}) {
      const next = `/main.aspx?${new URLSearchParams({ pagetype: "entityrecord", ...query })}`;
      return `${origin}/login?${new URLSearchParams({ user: query.user ?? "ada", next })}`;
    },
    restrict,
  };

  function restrict(policy) {
    csp = policy;
    if (!existsSync(REDIRECT)) return;
    for (const name of readdirSync(REDIRECT))
      serveFile(`/WebResources/${name}`, new URL(name, REDIRECT));
  }

  /** A browser without the org's session is sent to its login first, as in production. */
  function answerForm(request, response) {
    const { searchParams } = new URL(request.url, origin);
    if (!/\bCrmOwinAuth=/.test(request.headers.cookie ?? "")) {
      const user = searchParams.get("user") ?? defaults.user ?? "ada";
      const login = `/login?${new URLSearchParams({ user, next: request.url })}`;
      return response.writeHead(302, { Location: login }).end();
    }
    const config = formConfig(sandbox.world, orgKey, searchParams, defaults);
    // The JSON stands in a <script>: nothing in it may close that.
    const json = JSON.stringify(config).replaceAll("<", "\\u003c");
    if (csp) response.setHeader("Content-Security-Policy", csp);
    response.writeHead(200, { "Content-Type": TYPES.html, "Cache-Control": "no-store" });
    const template = templates[searchParams.get("pagetype")] ?? templates.entityrecord;
    response.end(template.replace("{{config}}", () => json));
  }

  function serveFile(path, file) {
    const extension = path.slice(path.lastIndexOf(".") + 1);
    sandbox.page(host, path, {
      file: fileURLToPath(file),
      type: TYPES[extension] ?? "text/plain",
      ...(csp && extension === "html" && { headers: { "Content-Security-Policy": csp } }),
    });
  }
}
