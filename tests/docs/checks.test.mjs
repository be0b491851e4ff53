/** The checks themselves, on pages that are wrong: a check that can't fail is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenLinks } from "./lib/links.mjs";
import { blocksOf, root } from "./lib/markdown.mjs";
import { brokenCommands } from "./lib/shell.mjs";
import { compile } from "./lib/typescript.mjs";

const fence = "```";
const compiled = (language, code, before = "") =>
  compile(blocksOf(`${before}\n\n${fence}${language}\n${code}\n${fence}\n`, "page.md"));

test("a block with a name, an option or a type that is not there does not compile, and its line is told", () => {
  const [said, ...more] = compiled(
    "ts",
    "const one = 1;\nawait client.flow(workflowId).call(one);",
  );
  assert.match(said, /^page\.md:5: Property 'call' does not exist/);
  assert.deepEqual(more, []);
  assert.match(
    compiled("ts", 'import { Flows } from "entra-flow";')[0],
    /no exported member named 'Flows'/,
  );
  assert.match(compiled("ts", 'client.flow(workflowId).invoke({}, { metod: "PUT" });')[0], /metod/);
  assert.match(compiled("ts", "order.id;")[0], /Cannot find name 'order'/);
  assert.match(compiled("js", "EntraFlow.FlowClient.fromWindow();")[0], /fromWindow/);
  assert.match(compiled("js", "const = 1;")[0], /expected/);
});

test("a good block compiles, and a comment before it may declare what the page's reader has", () => {
  assert.deepEqual(compiled("ts", "await client.flow(workflowId).invoke();"), []);
  assert.deepEqual(
    compiled("ts", "order.id;", "<!-- declare: const order: { id: number }; -->"),
    [],
  );
  assert.deepEqual(
    compiled("js", "order.id;", "<!-- declare: const order: { id: number }; -->"),
    [],
  );
});

test("a command that names nothing is told", () => {
  assert.deepEqual(brokenCommands("npm test && npm run build # all of it", "", root), []);
  assert.deepEqual(brokenCommands("cd pcf-sample\nnpm run lint", "", root), []);
  for (const [command, said] of [
    ["npm run biuld", /no script biuld/],
    ["cd pcf-sample && npm run bench", /no script bench/],
    ["node scripts/nothing.mjs", /no scripts\/nothing\.mjs/],
    ["npx nothing-of-ours", /nobody installs/],
    ["cargo test --test nothing", /no test nothing/],
    ["cd nowhere", /no folder nowhere/],
    ["nothing --at-all", /no program/],
  ]) {
    assert.match(brokenCommands(command, "", root).join("\n"), said, command);
  }
});

test("a link to a file or an anchor that is not there is told, with its line", () => {
  const wrong = (text) => brokenLinks(text, "docs/page.md", root);
  assert.deepEqual(
    wrong("# A b\n[up](../README.md), [here](#a-b), [site](https://example.com)"),
    [],
  );
  assert.deepEqual(wrong("\n[x](nothing.md)"), ["docs/page.md:2: there is no docs/nothing.md"]);
  assert.deepEqual(wrong("[x](#nothing)"), ["docs/page.md:1: there is no #nothing"]);
  assert.deepEqual(wrong("[x](errors.md#throttled)"), []);
  assert.match(wrong("[x](errors.md#throtled)")[0], /no errors\.md#throtled/);
  assert.match(wrong('<img src="nothing.png">')[0], /nothing\.png/);
  assert.match(wrong("[x](../../elsewhere.md)")[0], /no \.\.\/elsewhere/);
});
