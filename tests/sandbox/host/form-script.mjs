/**
 * The web resources of the form script sample under the names and with the settings that an admin would give them, and
 * where the form and the grid have them registered.
 */
import { readFile } from "node:fs/promises";

const ROOT = new URL("../../../", import.meta.url);
const SAMPLE = new URL("js/samples/form-script/", ROOT);

/** Web resource → file. The order is the one in which the form lists its libraries. */
const LIBRARIES = {
  "ef_/entra-flow.global.js": new URL("dist/entra-flow.global.js", ROOT),
  "ef_/msal-browser.js": new URL("node_modules/@azure/msal-browser/lib/msal-browser.min.js", ROOT),
  "ef_/texts.js": new URL("texts.js", SAMPLE),
  "ef_/connection.js": new URL("connection.js", SAMPLE),
  "ef_/form-script.js": new URL("form-script.js", SAMPLE),
};

/** Of the grid's command only. */
const ON_GRIDS = { "ef_/grid-script.js": new URL("grid-script.js", SAMPLE) };

const RIBBON = "ef_/RibbonDiff.xml";

/** Serves them on the org's host. */
export function mountFormScript(sandbox, orgKey) {
  const { host, tenantId } = sandbox.world.orgs[orgKey];
  const settings = {
    "<client ID>": sandbox.world.clients.formApp.clientId,
    "<tenant ID>": tenantId,
    "00000000-0000-0000-0000-000000000000": sandbox.world.flows.orders.workflowId,
  };
  for (const [name, file] of Object.entries({ ...LIBRARIES, ...ON_GRIDS }))
    serve(name, file, "text/javascript");
  serve(RIBBON, new URL("RibbonDiff.xml", SAMPLE), "text/xml");

  function serve(name, file, type) {
    const handler = async (_request, response) => {
      const text = await readFile(file, "utf8");
      response.writeHead(200, { "Content-Type": `${type}; charset=utf-8` });
      response.end(name.includes("msal-browser") ? text : filledIn(text, settings));
    };
    sandbox.page(host, `/WebResources/${name}`, { handler });
  }
}

/** What the form designer and the ribbon have of it. `flow` is the parameter of the OnLoad handler. */
export const registration = (workflowId) => ({
  libraries: Object.keys(LIBRARIES),
  ribbon: RIBBON,
  onLoad: { name: "Contoso.OrderForm.onLoad", parameters: [workflowId] },
  workflowId,
});

const filledIn = (text, settings) =>
  Object.entries(settings).reduce((now, [blank, value]) => now.replaceAll(blank, value), text);
