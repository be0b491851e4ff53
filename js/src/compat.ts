/**
 * entra-flow/compat: the library in plain JavaScript, for pages whose content security policy keeps WebAssembly from
 * compiling. The same API, and a third more to download.
 */
import { startCore } from "./core.js";
import type { StartableCore } from "./fallback.js";
import type { CompatCore } from "./types.js";

export * from "./index.js";

declare const BUILD: string;

const core: StartableCore = { build: BUILD, start: startCore };

/** What `fallBackTo` looks for here. */
export const compat: CompatCore = core;
