/** The console's texts stand in one place: its views have none of their own. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";

const folder = new URL("../../js/samples/flow-console/src/ui/", import.meta.url);
/** Attributes that people see or hear. */
const spoken = ["label", "aria-label", "placeholder", "title", "alt", "legend", "about"];

test("no view has a text of its own", () => {
  const found = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".tsx"))) {
    const text = readFileSync(new URL(file, folder), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    const visit = (node) => {
      const isText = ts.isJsxText(node) && /\p{L}{2}/u.test(node.text);
      const isSpoken =
        ts.isJsxAttribute(node) &&
        spoken.includes(node.name.getText()) &&
        node.initializer !== undefined &&
        ts.isStringLiteral(node.initializer);
      if (isText || isSpoken) found.push(`${file}: ${node.getText().trim()}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  // What is pasted into the data parameter is no text but a format.
  assert.deepEqual(found, ["settings-form.tsx: clientId=…&tenantId=…"]);
});
