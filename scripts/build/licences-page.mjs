import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { at } from "../lib/paths.mjs";

/** THIRD_PARTY_LICENSES.md as a page: the solution has no place for a text, and the licences have to go along with copies. */
export async function buildLicencesPage() {
  // From npm, so only here: the scripts are loaded before anything is installed.
  const { micromark } = await import("micromark");
  const { gfm, gfmHtml } = await import("micromark-extension-gfm");
  // Links lead nowhere from a web resource.
  const text = readFileSync(at("THIRD_PARTY_LICENSES.md"), "utf8").replace(
    /\[([^\]]*)\]\(#[^)]*\)/g,
    "$1",
  );
  const body = micromark(text.replace(/<!--.*?-->\n/s, ""), {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  mkdirSync(at("artifacts"), { recursive: true });
  writeFileSync(at("artifacts", "third-party-licences.html"), page(body));
}

const page = (body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Third-party licences</title>
    <style>
      :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
      body { max-width: 50rem; margin: 0 auto; padding: 1rem; }
      h2 { margin-top: 2.5rem; font-size: 1.125rem; overflow-wrap: anywhere; }
      table { border-collapse: collapse; }
      th, td { padding: 0.25rem 1rem 0.25rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
      th:nth-child(2):not(:last-child), td:nth-child(2):not(:last-child) { white-space: nowrap; }
      th:first-child { min-width: 9rem; }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; }
    </style>
  </head>
  <body>
${body}
  </body>
</html>
`;
