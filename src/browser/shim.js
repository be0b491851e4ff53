/**
 * What the module asks of JavaScript, a question at a time. Each crossing costs more than what it asks for, so
 * these do in one what would be five. No policy: what an answer means is decided in Rust.
 *
 * Objects of a host's or a caller's may be proxies, come from another frame or throw when they are read. What
 * may throw says so; js.rs catches it. A script may also have given members to every object and every array of the
 * page, so nothing here calls an array's methods, walks its iterator or assigns a member that an ancestor may have.
 */

const { defineProperty, getPrototypeOf, prototype: everybodys } = Object;
const { apply, getOwnPropertyDescriptor } = Reflect;
const tagOf = everybodys.toString;

export function global() {
  return globalThis;
}

/** Longer than any host's chain of classes; a proxy's may have no end. */
const MAX_ANCESTORS = 32;

/** Whether an object has a member from `Object.prototype` alone, where any script may have put it. */
function isEverybodys(object, key) {
  if (!(key in everybodys)) return false;
  try {
    let holder = object;
    for (let count = 0; holder && count < MAX_ANCESTORS; count += 1) {
      if (holder === everybodys) return true;
      if (getOwnPropertyDescriptor(holder, key)) return false;
      holder = getPrototypeOf(holder);
    }
  } catch {}
  return false;
}

/** A member, or nothing where it is missing or null, or where there is no object. Throws what its getter throws. */
export function tryGet(object, key) {
  const kind = typeof object;
  if ((kind !== "object" || object === null) && kind !== "function") return;
  if (!isEverybodys(object, key)) return object[key] ?? undefined;
}

/** A member, or nothing where it can't be had. */
export function get(object, key) {
  try {
    return tryGet(object, key);
  } catch {}
}

/** A member that is a text. */
export function text(object, key) {
  const value = get(object, key);
  if (typeof value === "string") return value;
}

/** A member that can be called. */
export function method(object, key) {
  const value = get(object, key);
  if (typeof value === "function") return value;
}

/** Calls a member with the first `count` of three arguments. Throws what it throws, or that there is none. */
export function call(object, key, count, first, second, third) {
  const called = method(object, key);
  if (!called) throw new TypeError(`${key} is not a function`);
  // An array of its own members, where an object without ancestors takes the engine ten times as long.
  if (count === 0) return apply(called, object, []);
  if (count === 1) return apply(called, object, [first]);
  return apply(called, object, count === 2 ? [first, second] : [first, second, third]);
}

/** What a list or an object is made of, to be added to. */
export function newItems() {
  return { __proto__: null, length: 0 };
}

export function addItem(items, value) {
  items[items.length++] = value;
}

/** A new array. */
export function list(items) {
  const made = [];
  for (let at = 0; at < items.length; at += 1) define(made, at, items[at]);
  return made;
}

function define(object, key, value) {
  const open = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  defineProperty(object, key, open);
}

/** Gives a plain object of ours a member that is there. Only what every object has could keep it from an assignment. */
function put(object, key, value) {
  if (value === undefined) return;
  if (key in everybodys) define(object, key, value);
  else object[key] = value;
}

/** A new object, without the members that are undefined; `keys` are divided by blanks. */
export function object(keys, items) {
  const made = {};
  const names = keys.split(" ");
  for (let at = 0; at < items.length; at += 1) put(made, names[at], items[at]);
  return made;
}

/** A `FlowResponse`. */
export function flowResponse(...items) {
  return object("status headers data accepted runId trackingId attempts durationMs", items);
}

/** What a token is asked for with; `scopes` are divided by blanks, too. */
export function tokenRequest(keys, scopes, claims, forceRefresh, value, prompt) {
  const force = forceRefresh || undefined;
  return object(keys, [scopes.split(" "), claims, force, value, prompt]);
}

/** The same without ancestors, for what a platform reads. */
export function bare(keys, items) {
  const made = { __proto__: null };
  const names = keys.split(" ");
  for (let at = 0; at < items.length; at += 1) made[names[at]] = items[at];
  return made;
}

/**
 * Tells `settle` when whatever a host returned is settled. `await`, since a script may have patched the promise's `then`, or
 * everyone's.
 */
export async function whenSettled(value, number, settle) {
  let fulfilled = false;
  let outcome;
  try {
    outcome = await value;
    fulfilled = true;
  } catch (reason) {
    outcome = reason;
  }
  settle(number, fulfilled, outcome);
}

/** A promise and its two ends. */
export function deferred() {
  const made = { __proto__: null };
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  return made;
}

export function promiseOf(made) {
  return made.promise;
}

export function end(made, fulfilled, value) {
  const { resolve, reject } = made;
  if (fulfilled) resolve(value);
  else reject(value);
}

/**
 * Calls `work` when what runs now has come to its end. By `await`, which no script of the page can replace. After the page's
 * turn, if so many milliseconds are given for it.
 */
export async function soon(work, turnMs) {
  try {
    await (turnMs ? turn(turnMs) : undefined);
  } catch {}
  work();
}

/**
 * Ends after the page's turn, or the time for it. Not by `scheduler.yield`, as js/src/turn.ts, whose turns are one client's
 * alone: in a task that has time, such as one for an idle page, it would let all others go first, and who calls next waits
 * for the same turn.
 */
async function turn(turnMs) {
  const given = deferred();
  const timer = setTimeout(given.resolve, turnMs);
  ask(given.resolve);
  await given.promise;
  clearTimeout(timer);
}

async function ask(then) {
  try {
    const options = { __proto__: null, priority: "user-blocking" };
    await globalThis.scheduler.postTask(() => {}, options);
  } catch {}
  then();
}

/** Tells `settle` after some milliseconds; a patched `setTimeout` may pass nothing on. */
export function startTimer(ms, number, settle) {
  return setTimeout(() => settle(number, true), ms);
}

export function stopTimer(timer) {
  clearTimeout(timer);
}

/** What `Object.prototype.toString` calls a value, which is the same for objects of other frames; nothing where it throws. */
export function tag(value) {
  try {
    const told = apply(tagOf, value, []);
    return typeof told === "string" ? told : "";
  } catch {
    return "";
  }
}

/**
 * From here on Chromium sends a Blob faster, a megabyte in a third of the time; a small one takes a millisecond longer, for its
 * bytes go by way of another process.
 */
const LARGE_BODY = 65_536;

/** The bytes of a buffer or a view as they are now. Throws where they were given away, or other threads could write to them. */
export function copyOf(bytes) {
  const isView = ArrayBuffer.isView(bytes);
  const buffer = isView ? bytes.buffer : bytes;
  if (tag(buffer) !== "[object ArrayBuffer]") throw new TypeError("shared memory can change");
  const all = isView
    ? new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(buffer);
  // A Blob can't be made of memory that may be resized.
  return blobOf(buffer.resizable ? new Uint8Array(all) : all) ?? new Uint8Array(all);
}

/** A large text, or large bytes, as a Blob. Nothing where a script has put something else in the place of that. */
function blobOf(body) {
  if (body.length < LARGE_BODY) return;
  try {
    const blob = new Blob([body]);
    if (tag(blob) === "[object Blob]") return blob;
  } catch {}
}

/** What `fetch` takes. `lines` are names and values in turns. A prototype's members must not become the request's. */
export function requestInit(controller, verb, lines, body, uncached) {
  // Without ancestors it is read as names and values; of a `Headers` the browser would walk the iterator.
  const headers = { __proto__: null };
  const parts = lines.split("\n");
  for (let at = 0; at + 1 < parts.length; at += 2) headers[parts[at]] = parts[at + 1];
  return {
    __proto__: null,
    method: verb,
    headers,
    body: typeof body === "string" ? (blobOf(body) ?? body) : body,
    signal: controller.signal,
    credentials: "omit",
    // A redirect could lead a token to a host that nobody checked; a flow can't answer with one.
    redirect: "error",
    // Chromium asks for leave again before every request that is `no-store`, where it would remember the last
    // answer. Only what may be answered from the cache needs it.
    cache: uncached ? "no-store" : "default",
  };
}

/** Whether these are arguments that no request can be made of, so that `fetch` sent none. */
export function refuses(url, init) {
  try {
    new Request(url, init);
    return false;
  } catch {
    return canMakeRequests();
  }
}

/** A script of the page may have put something else in the place of `Request`, and then its refusal proves nothing. */
function canMakeRequests() {
  try {
    return tag(new Request("https://a.example/")) === "[object Request]";
  } catch {
    return false;
  }
}

/** The headers of a response, or nothing where it is none: a patched `fetch` may give anything. */
export function headersOf(response) {
  if (tag(response) !== "[object Response]") return;
  const headers = get(response, "headers");
  if (method(headers, "get")) return headers;
}

/** A header that is there and not empty. */
export function header(headers, name) {
  try {
    const value = headers.get(name);
    if (value && typeof value === "string") return value;
  } catch {}
}
