/** Our Markdown files, as GitHub reads them. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import GithubSlugger from "github-slugger";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString as textOf } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";
import { visit } from "unist-util-visit";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Every Markdown file of the repository, with those that are not committed yet. */
export function markdownFiles() {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
  const files = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  return [...new Set(files)].filter((file) => file && existsSync(join(root, file))).sort();
}

/** The files that people paste from: each of their blocks is checked. */
export const pastedFrom = (file) =>
  /^(README|js\/README|pcf-sample\/README|(docs|js\/samples)\/.*)(\.md)?$/.test(file);

export const read = (file) => readFileSync(join(root, file), "utf8");

/**
 * @typedef {object} Block
 * @property {string} file
 * @property {number} line      of its first line of code
 * @property {string} language
 * @property {string} code
 * @property {string} [declared] what a comment before it declares: `<!-- declare: const order: unknown; -->`
 * @property {string} [unchecked] why it is not checked: `<!-- unchecked: … -->`
 */

/** @returns {Block[]} */
export function blocksOf(text, file) {
  const tree = parse(text);
  const blocks = [];
  visit(tree, "code", (node, index, parent) => {
    const before = parent.children[index - 1];
    const said = before?.type === "html" ? before.value : "";
    blocks.push({
      file,
      line: node.position.start.line + 1,
      language: node.lang ?? "",
      code: node.value,
      declared: /^<!--\s*declare:([\s\S]*)-->$/.exec(said)?.[1].trim(),
      unchecked: /^<!--\s*unchecked:([\s\S]*)-->$/.exec(said)?.[1].trim(),
    });
  });
  return blocks;
}

/** Where its links and pictures lead: `{ url, line }`. */
export function linksOf(text) {
  const links = [];
  visit(parse(text), (node) => {
    if (["link", "image", "definition"].includes(node.type)) {
      links.push({ url: node.url, line: node.position.start.line });
    }
    if (node.type === "html") {
      for (const [, url] of node.value.matchAll(/\s(?:href|src|srcset)="([^"]+)"/g)) {
        links.push({ url, line: node.position.start.line });
      }
    }
  });
  return links;
}

/** What a link can jump to: its headings, by GitHub's rule, and ids of its own. */
export function anchorsOf(text) {
  const slugger = new GithubSlugger();
  const anchors = new Set();
  visit(parse(text), (node) => {
    if (node.type === "heading") anchors.add(slugger.slug(textOf(node)));
    if (node.type === "html") {
      for (const [, id] of node.value.matchAll(/\s(?:id|name)="([^"]+)"/g)) anchors.add(id);
    }
  });
  return anchors;
}

const parse = (text) =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
