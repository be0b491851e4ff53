/** entra-flow/global: one `<script>`, one global. An assignment, so that a bundler's `import` of it gives the same. */
import * as EntraFlow from "./index.js";

Object.assign(globalThis, { EntraFlow });
