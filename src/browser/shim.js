/**
 * What the module asks of JavaScript, a question at a time. Each crossing costs more than what it asks for, so
 * these do in one what would be five. No policy: what an answer means is decided in Rust.
 *
 * Objects of a host's or a caller's may be proxies, come from another frame or throw when they are read. What
 * may throw says so; js.rs catches it.
 */

/** A member, or nothing where it is missing or null, or where there is no object. Throws what its getter throws. */
export function tryGet(object, key) {
  const kind = typeof object;
  if ((kind === "object" && object !== null) || kind === "function")
    return object[key] ?? undefined;
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

/** Calls a member. Throws what it throws, or that there is none. */
export function call(object, key, values) {
  const called = method(object, key);
  if (!called) throw new TypeError(`${key} is not a function`);
  return Reflect.apply(called, object, values);
}

/**
 * A new object; `keys` are divided by blanks. What is undefined is left out. Nothing is assigned: a setter that some
 * script put on Object.prototype would get hold of it.
 */
export function object(keys, values) {
  const members = keys.split(" ").map((key, index) => [key, values[index]]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
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
    return Object.prototype.toString.call(value);
  } catch {
    return "";
  }
}

/** `lines` are names and values in turns. A prototype's members must not become the request's. */
function requestInit(controller, verb, lines, body, uncached) {
  const headers = new Headers();
  const parts = lines.split("\n");
  for (let at = 0; at + 1 < parts.length; at += 2) headers.set(parts[at], parts[at + 1]);
  return {
    __proto__: null,
    method: verb,
    headers,
    body,
    signal: controller.signal,
    credentials: "omit",
    // A redirect could lead a token to a host that nobody checked; a flow can't answer with one.
    redirect: "error",
    // Chromium asks for leave again before every request that is `no-store`, where it would remember the last
    // answer. Only what may be answered from the cache needs it.
    cache: uncached ? "no-store" : "default",
  };
}

/** Sends a request. */
export function send(url, ...parts) {
  return fetch(url, requestInit(...parts));
}

/** Whether these are arguments that no request can be made of, so that `send` sent none. */
export function refuses(url, ...parts) {
  try {
    new Request(url, requestInit(...parts));
    return false;
  } catch {
    return true;
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
