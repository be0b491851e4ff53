/** The flow console: what an admin opens when "the flow doesn't work". README.md says how it gets into an org. */
import { fallBackTo } from "entra-flow";
import { render } from "preact";
import { findHost } from "./host.js";
import { readStartUp } from "./settings.js";
import { App } from "./ui/app.js";

// Beside it in the solution; only a page whose content security policy keeps WebAssembly from running asks for it.
fallBackTo(new URL("../entra-flow.compat.global.js", document.baseURI));

const root = document.getElementById("console");
if (root) {
  root.replaceChildren();
  const host = findHost();
  const startUp = readStartUp(location.search, host.undocumented.tenantId);
  render(<App host={host} startUp={startUp} />, root);
}
