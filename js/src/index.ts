/**
 * entra-flow: call Entra-protected Power Automate flows from PCF controls, form scripts and web resources.
 *
 * This layer loads the crate (load.ts), gives it TypeScript's shapes (types.ts, client.ts) and real errors
 * (error.ts). Everything else is decided in Rust, in src/, but for what there is to say where the crate does not load
 * (load.ts) or no client can be made (diagnose.ts).
 */
export { FlowClient } from "./client.js";
export { diagnose } from "./diagnose.js";
export { FlowError, isFlowError } from "./error.js";
export { fallBackTo } from "./fallback.js";
export type * from "./types.js";
