import { advice, type Core, startCore } from "./core.js";

// Before the others, for what module.ts says of the long text.

import { FlowError, loadError } from "./error.js";
import { fallback } from "./fallback.js";
import { joinPage } from "./page.js";
import { turn } from "./turn.js";

let loading: Promise<Core> | undefined;

/**
 * The crate, compiled on first use. Importing the library does nothing.
 *
 * A failed load is not remembered: the next call tries again.
 */
export function loadCore(): Promise<Core> {
  loading ??= start().catch((cause: unknown) => {
    loading = undefined;
    throw cause instanceof FlowError ? cause : blocked(cause);
  });
  return loading;
}

async function start(): Promise<Core> {
  if (typeof document === "undefined") {
    throw loadError({
      code: "host_not_found",
      message: "There is no page here, and a client needs one.",
      hint: "Make clients in a page of a model-driven app; elsewhere, as in Node, only the types, FlowError and isFlowError are of use.",
    });
  }
  joinPage();
  try {
    const core = await startCore();
    await turn();
    return core;
  } catch (cause) {
    // What has a name already is a mistake or an outage, which something slower should not hide.
    if (cause instanceof FlowError) throw cause;
    return (await fallback()) ?? Promise.reject(cause);
  }
}

/** A policy's refusal, in the words of Chromium, Firefox and Safari. */
const refusal = /unsafe-eval|content security policy|\bcsp\b/i;

/** The words are those of src/model/error.rs, which is not there yet; tests/error_docs.rs holds them to it. */
const byPolicy = {
  message: "The page's content security policy keeps WebAssembly from loading.",
  hint: "Ask an admin to add 'wasm-unsafe-eval' to script-src in the environment's content security policy (Power Platform admin center → Environment → Settings → Privacy + Security), or use entra-flow/compat, which is plain JavaScript.",
};

function blocked(cause: unknown): FlowError {
  if (refusal.test(String(cause))) return loadError({ ...byPolicy, cause });
  return loadError({
    message: "The module could not be loaded.",
    hint: advice,
    cause,
  });
}
