/**
 * What the copies of the library on one page share, for src/browser/registry.rs: trigger URLs and who is asking for
 * one. The number in the name is the layout's: another layout has another.
 */
interface Registry {
  /** Trigger URLs by what src/urls.rs makes of their source and of whom they are for; none with a signature. */
  urls: Map<string, string>;
  /** Searches for one under way, by the same key. */
  flights: Map<string, unknown>;
  /** How often the URLs were cleared. */
  epoch: number;
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

/** Makes the registry, or finds it; the crate looks for what is there. */
export function joinPage(): void {
  try {
    const own = window as unknown as Record<string, Registry>;
    const top = home();
    const shared = top as unknown as Record<string, Registry>;
    if (!shared[slot]) {
      // Of that window's own kind: what a frame makes may not outlive it.
      const value = { urls: new top.Map(), flights: new top.Map(), epoch: 0 };
      Object.defineProperty(top, slot, { value });
    }
    if (!own[slot]) Object.defineProperty(window, slot, { value: shared[slot] });
  } catch {
    // Another script has its name; every copy then works by itself.
  }
}
