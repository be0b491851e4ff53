import { advice, compiledModule } from "./module.js";

// Before the others, for what module.ts says of the long text.

import init, { Client } from "../../pkg/entra_flow.js";

export { advice };

/** The crate. */
export interface Core {
  Client: typeof Client;
}

/** Starts the crate as a WebAssembly module. `entra-flow/compat` is built with core-compat.ts in the place of this file. */
export async function startCore(): Promise<Core> {
  await init({ module_or_path: await compiledModule() });
  return { Client };
}
