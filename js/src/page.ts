/**
 * What the copies of the library on one page share: the compiled module, and, for src/browser/registry.rs,
 * trigger URLs and who is asking for one. The number in the name is the layout's: another layout has another.
 */
interface Registry {
  /** Compiled modules by their packed text or their build's name, so that each version finds its own. */
  modules: Map<string, Compiled>;
  /** Trigger URLs by what src/urls.rs makes of their source and of whom they are for; none with a signature. */
  urls: Map<string, string>;
  /** Searches for one under way, by the same key. */
  flights: Map<string, unknown>;
  /** How often the URLs were cleared. */
  epoch: number;
}

interface Compiled {
  /** The document that compiles: a frame that goes away must not be waited for. */
  document: Document;
  module?: WebAssembly.Module;
  compiling: Promise<WebAssembly.Module>;
}

const slot = "entra-flow/page/1";

/** The topmost window of our own origin: a web resource shares with the form that it is on. */
function home(): Window & typeof globalThis {
  let own: Window = window;
  try {
    while (own.parent !== own && own.parent.document) own = own.parent;
  } catch {
    // Another origin's.
  }
  return own as Window & typeof globalThis;
}

function registry(): Registry {
  const own = window as unknown as Record<string, Registry>;
  const top = home();
  const shared = top as unknown as Record<string, Registry>;
  if (!shared[slot]) {
    // Of that window's own kind: what a frame makes may not outlive it.
    const value = { modules: new top.Map(), urls: new top.Map(), flights: new top.Map(), epoch: 0 };
    Object.defineProperty(top, slot, { value });
  }
  if (!own[slot]) Object.defineProperty(window, slot, { value: shared[slot] });
  return shared[slot] as Registry;
}

/** Makes the registry, for the crate: it looks for what is there. */
export function joinPage(): void {
  try {
    registry();
  } catch {
    // Another script has its name; every copy then works by itself.
  }
}

/** The module of that text or name: the one that another copy compiled or compiles, or else our own. */
export async function sharedModule(
  key: string,
  compile: () => Promise<WebAssembly.Module>,
): Promise<WebAssembly.Module> {
  let modules: Registry["modules"] | undefined;
  try {
    modules = registry().modules;
    const other = modules.get(key);
    const found =
      other?.module ?? (other?.document === document ? await soon(other.compiling) : undefined);
    // It throws for anything but a module.
    if (found && WebAssembly.Module.exports(found).length > 0) return found;
  } catch {
    // Whatever is there is not ours, or did not compile: we do it ourselves, and hear why.
  }
  const compiling = compile();
  const entry: Compiled = { document, compiling };
  try {
    registry().modules.set(key, entry);
    entry.module = await compiling;
  } catch {
    modules?.delete(key);
  }
  return compiling;
}

/** A promise of another script's may never settle. */
function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, new Promise<undefined>((end) => setTimeout(end, 3000))]);
}
