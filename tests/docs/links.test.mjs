/** Every relative link and anchor of every Markdown file leads somewhere, and every page is linked. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { brokenLinks } from "./lib/links.mjs";
import { linksOf, markdownFiles, read, root } from "./lib/markdown.mjs";

test("every relative link and anchor exists", () => {
  const files = markdownFiles();
  assert.ok(files.length > 15, `${files.length} files`);
  assert.deepEqual(
    files.flatMap((file) => brokenLinks(read(file), file, root)),
    [],
  );
});

test("every page of docs/ is linked from docs/README.md, and every guide from README.md", () => {
  const linked = (file) =>
    new Set(linksOf(read(file)).map(({ url }) => join(dirname(file), url.split("#")[0])));
  const missing = (from, folder) =>
    markdownFiles().filter(
      (file) => file.startsWith(folder) && file !== from && !linked(from).has(file),
    );
  assert.deepEqual(missing("docs/README.md", "docs/"), []);
  assert.deepEqual(missing("README.md", "docs/guide/"), []);
});

test("every picture is shown somewhere, and in the other theme beside it", () => {
  const shown = markdownFiles().flatMap((file) =>
    linksOf(read(file)).map(({ url }) => join(dirname(file), url)),
  );
  const pictures = readdirSync(join(root, "docs/images"));
  assert.ok(pictures.length > 0);
  for (const picture of pictures) assert.ok(shown.includes(`docs/images/${picture}`), picture);
  for (const file of markdownFiles()) {
    for (const [tag] of read(file).matchAll(/<img\s[^>]*>/g))
      assert.match(tag, / alt="[^"]{20,}"/, file);
  }
});
