/** Every fenced block of the pages that people paste from: compiled, parsed, or named with the reason why not. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { blocksOf, markdownFiles, pastedFrom, read, root } from "./lib/markdown.mjs";
import { brokenCommands } from "./lib/shell.mjs";
import { compile, isScript } from "./lib/typescript.mjs";

const all = markdownFiles()
  .filter(pastedFrom)
  .flatMap((file) => blocksOf(read(file), file));
const checked = all.filter(({ unchecked }) => !unchecked);
const of = (...languages) => checked.filter(({ language }) => languages.includes(language));
const place = ({ file, line }) => `${file}:${line}`;

/** Nothing in these can be wrong but their sense. Diagrams are drawn by start.browser.test.mjs. */
const free = ["text", "http", "", "mermaid"];

test("each block of TypeScript and JavaScript compiles against the package's own types", () => {
  const scripts = checked.filter(({ language }) => isScript(language));
  assert.ok(scripts.length > 20, `${scripts.length} blocks`);
  assert.deepEqual(compile([...scripts, ...inHtml()]), []);
});

test("each block of JSON, HTML and XML parses", () => {
  for (const block of of("json")) {
    assert.doesNotThrow(() => JSON.parse(block.code), place(block));
  }
  for (const block of of("html")) {
    const errors = [];
    new JSDOM(block.code, { onParseError: (error) => errors.push(error) });
    assert.deepEqual(errors, [], place(block));
  }
  const { DOMParser } = new JSDOM("").window;
  for (const block of of("xml")) {
    const parsed = new DOMParser().parseFromString(`<all>${block.code}</all>`, "application/xml");
    assert.equal(parsed.querySelector("parsererror")?.textContent, undefined, place(block));
  }
});

test("each command names a script, a file or a program that is there", () => {
  const wrong = of("sh").flatMap((block) => {
    const folder = dirname(block.file) === "pcf-sample" ? "pcf-sample" : "";
    return brokenCommands(block.code, folder, root).map((said) => `${place(block)}: ${said}`);
  });
  assert.deepEqual(wrong, []);
});

test("each language is one that is checked, and what is not checked is in the list of tests/docs/README.md", () => {
  const known = ["ts", "tsx", "js", "json", "html", "xml", "sh", ...free];
  const unknown = checked.filter(({ language }) => !known.includes(language));
  assert.deepEqual(
    unknown.map((block) => `${place(block)}: ${block.language}`),
    [],
    "put <!-- unchecked: why --> before it and a row into tests/docs/README.md, or write it in a checked language",
  );
  const listed = read("tests/docs/README.md")
    .split("\n")
    .flatMap(
      (row) => /^\| `([^`]+)` \| `([^`]*)` \| (.+) \|$/.exec(row)?.slice(1).join(" · ") ?? [],
    );
  const found = all
    .filter(({ unchecked }) => unchecked)
    .map(({ file, language, unchecked }) => [file, language, unchecked].join(" · "));
  assert.deepEqual(listed.sort(), found.sort());
});

/** The scripts in blocks of HTML, as blocks of JavaScript. */
function inHtml() {
  return of("html").flatMap((block) => {
    const page = new JSDOM(block.code, { includeNodeLocations: true });
    return [...page.window.document.querySelectorAll("script:not([src])")].map((script) => ({
      ...block,
      language: "js",
      line: block.line + page.nodeLocation(script).startLine - 1,
      code: script.textContent,
    }));
  });
}
