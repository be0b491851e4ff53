/**
 * What a page has in hand and must put back: timers, listeners on signals, memory. The counting is done in the
 * page, by wrapping what the library calls; the browser itself is asked too where it answers.
 */

/** Before any script of the page. @param {import("playwright-core").BrowserContext} context */
export function instrument(context) {
  return context.addInitScript(() => {
    const pending = new Set();
    const { setTimeout: start, clearTimeout: clear } = window;
    window.setTimeout = (work, ms, ...rest) => {
      const id = start(
        (...given) => {
          pending.delete(id);
          work(...given);
        },
        ms,
        ...rest,
      );
      pending.add(id);
      return id;
    };
    window.clearTimeout = (id) => {
      pending.delete(id);
      clear(id);
    };

    /** @type {Map<AbortSignal, Set<unknown>>} */
    const listening = new Map();
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    let added = 0;
    EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
      if (this instanceof AbortSignal) {
        added += 1;
        const known = listening.get(this) ?? new Set();
        listening.set(this, known.add(listener));
      }
      return add.call(this, type, listener, ...rest);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, ...rest) {
      const known = listening.get(this);
      known?.delete(listener);
      if (known?.size === 0) listening.delete(this);
      return remove.call(this, type, listener, ...rest);
    };

    let wasm;
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
      const made = await instantiate.apply(WebAssembly, given);
      wasm = (made.instance ?? made).exports;
      return made;
    };

    window.instruments = {
      /** What is still held, and how many listeners there ever were. */
      held: () => ({
        timers: pending.size,
        listeners: [...listening.values()].reduce((sum, { size }) => sum + size, 0),
        added,
      }),
      /** The module's memory in bytes, and its table of JavaScript values. */
      wasm: () => ({
        bytes: wasm.memory.buffer.byteLength,
        table: Object.values(wasm)
          .filter((one) => one instanceof WebAssembly.Table)
          .map(({ length }) => length),
      }),
    };
  });
}

/** What the page holds, after a garbage collection. @param {import("playwright-core").CDPSession} cdp */
export async function measure(cdp, page) {
  for (let round = 0; round < 3; round += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const { wasm, held } = await page.evaluate(() => ({
    wasm: window.instruments.wasm(),
    held: window.instruments.held(),
  }));
  return { heap: usedSize, wasm, held };
}

/** The browser's own count of the listeners on an object. @param {string} expression */
export async function listenersOn(cdp, expression) {
  const { result } = await cdp.send("Runtime.evaluate", { expression });
  const { listeners } = await cdp.send("DOMDebugger.getEventListeners", {
    objectId: result.objectId,
  });
  return listeners.length;
}
