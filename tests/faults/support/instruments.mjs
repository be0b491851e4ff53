/**
 * What a page has in hand and must put back: timers, listeners, channels, observers, memory. The counting is done in
 * the page, by wrapping what any script of it calls; the browser itself is asked too where it answers.
 */

/** Before any script of the page. @param {import("playwright-core").BrowserContext} context */
export function instrument(context) {
  return context.addInitScript(() => {
    /** Each thing that is held, with the word for its kind. @type {Map<unknown, string>} */
    const held = new Map();
    const letGo = (one) => held.delete(one);

    /** A function that starts something which ends by itself, or by another function. */
    const timed = (start, stop, kind, { repeats = false } = {}) => {
      const { [start]: really, [stop]: end } = window;
      const key = (id) => `${kind} ${id}`;
      window[start] = (work, ...rest) => {
        const id = really(
          (...given) => {
            if (!repeats) letGo(key(id));
            work(...given);
          },
          ...rest,
        );
        held.set(key(id), kind);
        return id;
      };
      window[stop] = (id) => {
        letGo(key(id));
        end(id);
      };
    };
    // These two share their numbers: either `clear` ends either.
    timed("setTimeout", "clearTimeout", "timer");
    timed("setInterval", "clearInterval", "timer", { repeats: true });
    timed("requestAnimationFrame", "cancelAnimationFrame", "frame");
    timed("requestIdleCallback", "cancelIdleCallback", "idle callback");

    /** Of each target the listeners that are on it, by what tells them apart. @type {WeakMap<EventTarget, Map<string, Map<unknown, any>>>} */
    const targets = new WeakMap();
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    const nameOf = (target) => Object.prototype.toString.call(target).slice(8, -1);
    const captures = (options) =>
      typeof options === "object" && options !== null ? !!options.capture : !!options;
    /** The listeners of one kind on a target. */
    const alike = (target, type, options) => {
      const all = targets.get(target) ?? new Map();
      targets.set(target, all);
      const key = `${type} ${captures(options)}`;
      if (!all.has(key)) all.set(key, new Map());
      return all.get(key);
    };
    let added = 0;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const target = this ?? window;
      const known = alike(target, type, options);
      const { once, signal } = Object(options);
      if (listener === null || known.has(listener) || signal?.aborted)
        return add.call(target, type, listener, options);
      if (target instanceof AbortSignal) added += 1;
      const record = {
        heard(event) {
          if (once) record.end();
          if (typeof listener === "function") return listener.call(this, event);
          return listener.handleEvent(event);
        },
        end() {
          letGo(record);
          known.delete(listener);
          if (signal) remove.call(signal, "abort", record.end);
        },
      };
      add.call(target, type, record.heard, options);
      if (signal) add.call(signal, "abort", record.end, { once: true });
      known.set(listener, record);
      held.set(record, `listener on ${nameOf(target)}`);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, options) {
      const target = this ?? window;
      const record = alike(target, type, options).get(listener);
      record?.end();
      return remove.call(target, type, record?.heard ?? listener, options);
    };

    const classes = Object.getOwnPropertyNames(window)
      .map((name) => Object.getOwnPropertyDescriptor(window, name).value?.prototype)
      .filter((one) => one instanceof EventTarget);
    /** `onabort` and its like: one at most for each target and name. */
    const handlers = new WeakMap();
    for (const one of [...classes, window]) {
      for (const name of Object.getOwnPropertyNames(one)) {
        const member = Object.getOwnPropertyDescriptor(one, name);
        if (!name.startsWith("on") || !member.set || !member.configurable) continue;
        Object.defineProperty(one, name, {
          ...member,
          set(handler) {
            const target = this ?? window;
            const own = handlers.get(target) ?? {};
            handlers.set(target, own);
            own[name] ??= {};
            if (handler) held.set(own[name], `listener on ${nameOf(target)}`);
            else letGo(own[name]);
            member.set.call(target, handler);
          },
        });
      }
    }

    // A channel is open until one of its ends is closed.
    const channelOf = new WeakMap();
    window.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        const channel = {};
        held.set(channel, "channel");
        for (const port of [this.port1, this.port2]) channelOf.set(port, channel);
      }
    };
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name) {
        super(name);
        held.set(this, "channel");
      }
    };
    for (const one of [MessagePort, BroadcastChannel]) {
      const { close } = one.prototype;
      one.prototype.close = function () {
        letGo(channelOf.get(this) ?? this);
        return close.call(this);
      };
    }

    const observers = ["Mutation", "Resize", "Intersection", "Performance", "Reporting"];
    for (const name of observers) {
      const { prototype } = window[`${name}Observer`];
      const { observe, disconnect } = prototype;
      prototype.observe = function (...given) {
        held.set(this, "observer");
        return observe.apply(this, given);
      };
      prototype.disconnect = function () {
        letGo(this);
        return disconnect.call(this);
      };
    }

    let wasm;
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
      const made = await instantiate.apply(WebAssembly, given);
      wasm = (made.instance ?? made).exports;
      return made;
    };

    window.instruments = {
      /** How many of each kind are held. @returns {Record<string, number>} */
      held() {
        const counts = {};
        for (const kind of held.values()) counts[kind] = (counts[kind] ?? 0) + 1;
        return counts;
      },
      /** How many listeners were ever put on signals. */
      added: () => added,
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

/**
 * What the page holds, after a garbage collection; `counted` is the browser's own count of its listeners.
 * @param {import("playwright-core").CDPSession} cdp
 */
export async function measure(cdp, page) {
  for (let round = 0; round < 3; round += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const { jsEventListeners } = await cdp.send("Memory.getDOMCounters");
  const { wasm, held } = await page.evaluate(() => ({
    wasm: window.instruments.wasm(),
    held: window.instruments.held(),
  }));
  return { heap: usedSize, wasm, held, counted: jsEventListeners };
}

/** The browser's own count of the listeners on an object. @param {string} expression */
export async function listenersOn(cdp, expression) {
  const { result } = await cdp.send("Runtime.evaluate", { expression });
  const { listeners } = await cdp.send("DOMDebugger.getEventListeners", {
    objectId: result.objectId,
  });
  return listeners.length;
}
