/**
 * Web pages: the ones that every org has (login, MSAL's redirect pages), and whatever
 * `sandbox.page(host, path, …)` adds.
 *
 * @typedef {object} Page
 * @property {string | Buffer} [body]
 * @property {string | URL} [file]    read anew at each request
 * @property {(req: import("node:http").IncomingMessage, res: import("node:http").ServerResponse) => unknown} [handler]
 * @property {string} [type]          content type; by the path's extension where it is missing
 * @property {Record<string, string>} [headers]
 */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const typeByExtension = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

export class Pages {
  /** @type {Map<string, Page>} */
  #pages = new Map();

  /** @param {string} host @param {string} path @param {Page} page */
  add(host, path, page) {
    this.#pages.set(`${host}${path}`, page);
  }

  /** @param {string} host */
  hasHost(host) {
    return [...this.#pages.keys()].some((key) => key.startsWith(`${host}/`));
  }

  /** @param {string} host @param {string} path */
  find(host, path) {
    return this.#pages.get(`${host}${path}`);
  }

  /**
   * @param {Page} page
   * @param {import("node:http").IncomingMessage} req
   * @param {import("node:http").ServerResponse} res
   */
  async serve(page, req, res) {
    for (const [name, value] of Object.entries(page.headers ?? {})) res.setHeader(name, value);
    if (page.handler) return page.handler(req, res);
    const { pathname } = new URL(req.url ?? "/", "https://page.invalid");
    const extension = extname(page.file ? String(page.file) : pathname);
    const type = page.type ?? typeByExtension[extension] ?? typeByExtension[".html"];
    res.setHeader("Content-Type", type);
    res.setHeader("Cache-Control", "no-store");
    res.end(page.file ? await readFile(page.file) : page.body);
  }
}

/**
 * The two pages that a host of MSAL keeps on the org's origin.
 * @param {import("./world.mjs").World} world
 * @param {Pages} pages
 */
export async function addRedirectPages(world, pages) {
  const bridge = await redirectBridge();
  for (const { host } of Object.values(world.orgs)) {
    pages.add(host, world.redirectPaths.bridge, {
      body: `<!doctype html><title>Signing in</title><script>${bridge}</script>`,
    });
    pages.add(host, world.redirectPaths.blank, {
      body: "<!doctype html><title>Signing in</title>",
    });
  }
}

/** The page's script, as Microsoft's documentation has it, bundled. */
async function redirectBridge() {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { broadcastResponseToMainFrame } from "@azure/msal-browser/redirect-bridge";
broadcastResponseToMainFrame().catch((error) => console.error("redirect bridge:", error));`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    minify: true,
    format: "iife",
    write: false,
  });
  return outputFiles[0].text.replaceAll("</script", "<\\/script");
}
