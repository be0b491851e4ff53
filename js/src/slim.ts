/**
 * entra-flow/slim: the library without its module inside, for those who serve `entra-flow/wasm` as a file of its
 * own. All else is index.ts's.
 */
import { loadCore } from "./load.js";
import { takeSource, type WasmSource } from "./module-slim.js";

export * from "./index.js";
export type { WasmSource };

/**
 * Gives the library its module, and loads it. Clients made meanwhile wait for it.
 *
 * ```ts
 * import { FlowClient, init } from "entra-flow/slim";
 *
 * init(new URL("entra-flow/wasm", import.meta.url)); // as webpack takes it
 * const client = await FlowClient.fromXrm(msalInstance);
 * ```
 * The promise may be left alone: what fails here fails for the clients too. One module serves the page's whole
 * life; after a failure, give `init` a better source, or make a client, which tries the same URL or bytes again.
 * @throws FlowError `module_blocked`, `invalid_argument`, `host_not_found`
 */
export function init(source: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  takeSource(source);
  const loaded = loadCore().then(() => undefined);
  loaded.catch(() => undefined);
  return loaded;
}
