/** Where the crate comes from when the page lets no WebAssembly compile: from entra-flow/compat, if a user says so. */
import type { Core } from "./core.js";
import { loadError } from "./error.js";
import type { Compat, CompatCore, CompatSource } from "./types.js";

/** What the crate starts with; only builds of one name know it of each other. @internal */
export interface StartableCore extends CompatCore {
  start(): Promise<Core>;
}

/** The build's name, set by scripts/build/dist.mjs. */
declare const BUILD: string;

let given: CompatSource | undefined;

/**
 * Says where `entra-flow/compat` is, for pages whose content security policy keeps WebAssembly from compiling. It
 * is fetched only there, with the first client, and takes the place of the WebAssembly module.
 *
 * ```ts
 * import { fallBackTo } from "entra-flow";
 *
 * fallBackTo(() => import("entra-flow/compat")); // a bundler that splits code
 * fallBackTo("/WebResources/contoso_entra_flow_compat.js"); // a form script, a PCF control: entra-flow.compat.global.js
 * ```
 * It must be of exactly the same version as the library. Call it before the first client is made.
 * @throws FlowError `invalid_argument`
 */
export function fallBackTo(source: CompatSource): void {
  const kind = Object.prototype.toString.call(source);
  if (typeof source !== "function" && typeof source !== "string" && kind !== "[object URL]") {
    throw loadError({
      code: "invalid_argument",
      stage: "options",
      message: "source is neither a URL nor a function.",
      hint: 'Pass the URL of entra-flow.compat.global.js, or () => import("entra-flow/compat").',
    });
  }
  given = source;
}

/**
 * The core out of there; undefined where nothing was said.
 * @internal
 */
export async function fallback(): Promise<Core | undefined> {
  if (given === undefined) return undefined;
  try {
    const loaded = typeof given === "function" ? await given() : await byScript(String(given));
    if (loaded.compat.build !== BUILD) throw new Error("It is of another version.");
    return await (loaded.compat as StartableCore).start();
  } catch (cause) {
    throw loadError({
      message: "WebAssembly may not run on this page, and entra-flow/compat could not be loaded.",
      hint: "See that what fallBackTo was given leads to entra-flow/compat of exactly this version, and that the page's content security policy allows its host in script-src.",
      cause,
    });
  }
}

/**
 * What the script hands its exports to; entra-flow.compat.global.js calls it.
 * @internal
 */
export interface AskingScript extends HTMLScriptElement {
  entraFlow?: (exports: Compat) => void;
}

function byScript(url: string): Promise<Compat> {
  return new Promise((resolve, reject) => {
    const script: AskingScript = document.createElement("script");
    script.entraFlow = resolve;
    script.onload = script.onerror = () => {
      script.remove();
      reject(new Error("The script did not load, or is not entra-flow's."));
    };
    // A policy that goes by nonces trusts who has one.
    script.nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
    script.src = url;
    document.head.append(script);
  });
}
