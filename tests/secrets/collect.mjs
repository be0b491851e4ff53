/**
 * What can be read in a page by whoever looks: its document, storages, timeline and what copies of the library share.
 * It runs in the page (watch.mjs sends it there) and is imported by pages; nothing here may need Node.
 */

/** Texts that a page hands over: errors and reports as a logger could print them. `collect` empties it. */
globalThis.writtenTexts ??= [];
const written = globalThis.writtenTexts;

/** @param {string} place @param {unknown} value */
export function write(place, value) {
  for (const text of textsOf(value)) written.push([place, text]);
}

/** Each text in a value, of members that loops show and of others, of its causes and of its JSON. @returns {string[]} */
export function textsOf(value) {
  const texts = [];
  const seen = new Set();
  const quietly = (work) => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  const visit = (one, depth) => {
    if (typeof one === "string") texts.push(one);
    if (typeof one === "symbol") texts.push(String(one));
    if ((typeof one !== "object" && typeof one !== "function") || one === null) return;
    // A window or a document leads everywhere; those of the page are collected by themselves.
    if (depth > 8 || seen.has(one) || quietly(() => one.window === one || one.nodeType > 0)) return;
    seen.add(one);
    if (one instanceof Error) texts.push(String(quietly(() => String(one))), String(one.stack));
    const json = quietly(() => JSON.stringify(one));
    if (typeof json === "string") texts.push(json);
    if (one instanceof Headers || one instanceof URLSearchParams || one instanceof FormData) {
      for (const pair of one) visit([...pair], depth + 1);
    } else if (one instanceof URL) texts.push(one.href);
    else if (one instanceof Map) for (const [key, part] of one) visit([key, part], depth + 1);
    else if (one instanceof Set) for (const part of one) visit(part, depth + 1);
    else if (one instanceof Response || one instanceof Request) texts.push(one.url);
    for (const name of Reflect.ownKeys(one)) {
      if (typeof name === "string") texts.push(name);
      const part = quietly(() => one[name]);
      visit(part, depth + 1);
    }
  };
  visit(value, 0);
  return texts;
}

/** @returns {Promise<[string, string][]>} texts, each with the place where it stood */
export async function collect() {
  const found = written.splice(0);
  const add = (place, text) => text && found.push([place, String(text)]);

  addDocument(document, add);
  add("window.name", window.name);
  for (const text of textsOf(history.state)) add("history.state", text);
  add("cookie", document.cookie);
  for (const name of ["localStorage", "sessionStorage"]) {
    for (const [key, value] of Object.entries(window[name]))
      add(`${name}: ${key}`, `${key} ${value}`);
  }
  for (const [place, value] of await databases())
    for (const text of textsOf(value)) add(place, text);
  for (const entry of performance.getEntries()) {
    if (entry.entryType === "resource") add("resource timing", entry.name);
    else
      for (const text of textsOf([entry.name, entry.detail, entry.toJSON()])) add("timeline", text);
  }
  for (const name of Reflect.ownKeys(window)) {
    if (!/entra-?flow/i.test(String(name))) continue;
    for (const text of textsOf(window[name])) add(`window: ${String(name)}`, text);
  }
  return found;
}

function addDocument(root, add) {
  add("document", root.documentElement?.outerHTML ?? root.innerHTML);
  for (const element of root.querySelectorAll("*")) {
    if ("value" in element) add("document", element.value);
    if (element.shadowRoot) addDocument(element.shadowRoot, add);
  }
}

/** What is in the origin's databases. */
async function databases() {
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = await done(database.transaction(store).objectStore(store).getAll());
      found.push([`indexedDB: ${name}.${store}`, rows]);
    }
    database.close();
  }
  return found;
}
