import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { anchorsOf, linksOf } from "./markdown.mjs";

/** What is wrong with the links of a file, one sentence each. Links to other sites are not followed. */
export function brokenLinks(text, file, root) {
  return linksOf(text)
    .map(({ url, line }) => ({ line, wrong: wrongWith(url, text, file, root) }))
    .filter(({ wrong }) => wrong)
    .map(({ line, wrong }) => `${file}:${line}: ${wrong}`);
}

function wrongWith(url, text, file, root) {
  if (/^(https|mailto):/.test(url)) return undefined;
  if (/^[a-z]+:|^\//i.test(url)) return `${url} is no relative link`;
  const [path, anchor] = url.split("#").map(decodeURIComponent);
  const target = normalize(join(dirname(file), path));
  if (path !== "" && (target.startsWith("..") || !existsSync(join(root, target)))) {
    return `there is no ${target}`;
  }
  if (anchor === undefined) return undefined;
  if (path !== "" && !target.endsWith(".md")) return undefined; // a line of a source file
  const there = path === "" ? text : readFileSync(join(root, target), "utf8");
  return anchorsOf(there).has(anchor) ? undefined : `there is no ${url}`;
}
