import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, test } from "node:test";
import { hashOf, unlessFresh } from "../../scripts/lib/stamp.mjs";

let folder;
const file = (name) => path.join(folder, name);

beforeEach((t) => {
  folder = mkdtempSync(path.join(tmpdir(), "entra-flow-stamp-"));
  const here = folder;
  t.after?.(() => rmSync(here, { recursive: true, force: true }));
});

test("a hash changes with a file's content, its name, and a file more", () => {
  mkdirSync(file("src/deep"), { recursive: true });
  writeFileSync(file("src/deep/a.rs"), "one");
  const seen = [hashOf([file("src")])];
  writeFileSync(file("src/deep/a.rs"), "two");
  seen.push(hashOf([file("src")]));
  writeFileSync(file("src/b.rs"), "");
  seen.push(hashOf([file("src")]));
  seen.push(hashOf([file("src")], ["rustc 1.95"]));
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(hashOf([file("src")]), seen[2]);
});

test("work is done once for the same inputs, and again when its output is gone or it is forced", async () => {
  let done = 0;
  const build = (hash, force) =>
    unlessFresh({ stamp: file("stamps/pkg"), hash, outputs: [file("out")], force }, () => {
      done += 1;
      writeFileSync(file("out"), "");
    });
  assert.equal(await build("1"), true);
  assert.equal(await build("1"), false);
  assert.equal(await build("2"), true);
  assert.equal(await build("2", true), true);
  rmSync(file("out"));
  assert.equal(await build("2"), true);
  assert.equal(done, 4);
});

test("work that failed is done again", async () => {
  const build = (work) =>
    unlessFresh({ stamp: file("stamp"), hash: "1", outputs: [], force: false }, work);
  await assert.rejects(build(() => Promise.reject(new Error("no"))));
  assert.equal(await build(() => {}), true);
});
