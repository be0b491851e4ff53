import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../FlowButton/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), "utf8");
const keysIn = (text: string, pattern: RegExp) =>
  new Set([...text.matchAll(pattern)].map((match) => match[1]));

const files = readdirSync(new URL("strings/", folder));
const resx = (file: string) => read(`strings/${file}`);
const english = keysIn(resx("FlowButton.1033.resx"), /<data name="(\w+)"/g);

test("every language has every string, with the same places to fill in", () => {
  assert.equal(files.length, 3);
  const places = (text: string) =>
    [...text.matchAll(/<data name="(\w+)"[^>]*>\s*<value>([^<]*)/g)].map(
      ([, name, value]) => `${name}: ${value.includes("{0}")}`,
    );
  for (const file of files) {
    assert.deepEqual(places(resx(file)), places(resx("FlowButton.1033.resx")), file);
  }
});

test("the code and the manifest ask for no string that is missing", () => {
  const asked = new Set([
    ...keysIn(read("strings.ts"), /^ {2}\| "(\w+)"/gm),
    ...keysIn(read("ControlManifest.Input.xml"), /-key="(\w+)"/g),
  ]);
  assert.deepEqual(
    [...asked].filter((key) => !english.has(key)),
    [],
  );
});

test("the manifest lists every language", () => {
  for (const file of files) {
    assert.ok(read("ControlManifest.Input.xml").includes(`strings/${file}`), file);
  }
});
