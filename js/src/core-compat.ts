import init, { Client } from "../../pkg/compat.js";
import type { Core } from "./core.js";

/** Starts the crate as the JavaScript that it was turned into. @internal */
export async function startCore(): Promise<Core> {
  init();
  return { Client };
}

/** What to do where it does not start. @internal */
export const advice = "Use a current browser, and see that the page has memory left.";
