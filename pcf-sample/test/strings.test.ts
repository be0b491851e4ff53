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

test("every string is translated, but for what is the same word", () => {
  const valuesOf = (file: string) =>
    new Map(
      [...resx(file).matchAll(/<data name="(\w+)"[^>]*>\s*<value>([^<]*)/g)].map(
        ([, name, value]) => [name, value] as const,
      ),
    );
  const original = valuesOf("FlowButton.1033.resx");
  const same = ["Seconds", "Detail_Code", "Detail_Status", "Detail_Message", "Details"];
  for (const file of files.filter((name) => !name.includes("1033"))) {
    const left = [...valuesOf(file)]
      .filter(([name, value]) => value === original.get(name) && !same.includes(name))
      .map(([name]) => name);
    // In German a flow is a flow, and its column has its own name.
    assert.deepEqual(left, file.includes("1031") ? ["WorkflowId_Name"] : [], file);
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
