/** One `<script>`, one global; or, loaded by `fallBackTo`, the core for the library that is there already. */
import * as EntraFlow from "./compat.js";
import type { AskingScript } from "./fallback.js";

const asking = (globalThis.document?.currentScript as AskingScript | null)?.entraFlow;
if (asking) asking(EntraFlow);
else Object.assign(globalThis, { EntraFlow });
