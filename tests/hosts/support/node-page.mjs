/**
 * A page without a browser: jsdom's window around this Node process, whose `fetch` reaches the
 * sandbox whatever host a URL names, with the org's session cookie on the org's own host.
 */
import { readFile } from "node:fs/promises";
import { runInThisContext } from "node:vm";
import { JSDOM } from "jsdom";
import { send } from "../../sandbox/client.mjs";

const NAMES = ["document", "location", "HTMLElement", "Element", "Node", "MutationObserver"];

/** Makes this process look like a page of the org's; `close` puts everything back. */
export function openNodePage(sandbox, { org = "contoso", user = "ada" } = {}) {
  const { url, host } = sandbox.world.orgs[org];
  const { window } = new JSDOM("<!doctype html><html lang='en'><body></body></html>", {
    url: `${url}/main.aspx`,
    pretendToBeVisual: true,
  });
  const cookie = sandbox.sessionCookie(user);
  const globals = {
    window,
    ResizeObserver: class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
    fetch: (input, init) =>
      fetchFrom(sandbox, new Request(absolute(input, url), init), host, cookie),
    ...Object.fromEntries(NAMES.map((name) => [name, window[name]])),
  };
  window.fetch = globals.fetch;
  const before = Object.keys(globals).map((name) => [
    name,
    Object.getOwnPropertyDescriptor(globalThis, name),
  ]);
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return {
    window,
    /** A global of the page, which scripts reach with and without `window.`. */
    give(name, value) {
      globalThis[name] = value;
      window[name] = value;
    },
    close() {
      window.close();
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else delete globalThis[name];
      }
    },
  };
}

/** Runs a file as a `<script>` of the page would run. */
export async function runScript(file) {
  runInThisContext(await readFile(file, "utf8"), { filename: String(file) });
}

const absolute = (input, base) => (typeof input === "string" ? new URL(input, base) : input);

async function fetchFrom(sandbox, request, orgHost, cookie) {
  const body = Buffer.from(await request.arrayBuffer());
  const answer = send(sandbox, request.url, {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    ...(body.length > 0 && { body }),
    ...(new URL(request.url).host === orgHost && { cookie }),
  });
  const { status, headers, bytes } = await Promise.race([answer, aborted(request.signal)]);
  const empty = [204, 205, 304].includes(status);
  return new Response(empty ? null : bytes, { status, headers: plain(headers) });
}

const plain = (headers) =>
  Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));

function aborted(signal) {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}
