import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { applyTheme } from "../FlowButton/theme";

const read = (path: string) =>
  readFileSync(new URL(`../FlowButton/${path}`, import.meta.url), "utf8");

/** As much of an element as a theme is put on. */
function element() {
  const set = new Map<string, string>();
  const style = {
    colorScheme: "",
    setProperty: (name: string, value: string) => set.set(name, value),
    removeProperty: (name: string) => set.delete(name),
  };
  return { root: { style } as unknown as HTMLElement, style, set };
}

const design = (tokenTheme: Record<string, unknown>, isDarkTheme = false) =>
  ({ tokenTheme, isDarkTheme }) as unknown as ComponentFramework.FluentDesignState;

test("the stylesheet uses the platform's tokens that the control takes, and no others", () => {
  const inStyles = new Set(
    [...read("css/FlowButton.css").matchAll(/var\(\s*--(\w+)/g)].map(([, name]) => name),
  );
  const taken = new Set([...read("theme.ts").matchAll(/^ {2}"(\w+)",$/gm)].map(([, name]) => name));
  assert.ok(taken.size > 20, "the tokens were read");
  assert.deepEqual([...inStyles].sort(), [...taken].sort());
});

test("every token has a light value to fall back to", () => {
  const bare = [...read("css/FlowButton.css").matchAll(/var\(\s*--(\w+)\s*\)/g)];
  assert.deepEqual(bare, []);
});

test("a company's colours come through, dark is told to the browser, and no theme takes both back", () => {
  const { root, style, set } = element();
  applyTheme(root, design({ colorBrandBackground: "#7719aa", colorNeutralForeground1: 7 }, true));
  assert.equal(set.get("--colorBrandBackground"), "#7719aa");
  assert.equal(set.has("--colorNeutralForeground1"), false, "what is no text is no colour");
  assert.equal(style.colorScheme, "dark");
  applyTheme(root, undefined);
  assert.equal(set.size, 0);
  assert.equal(style.colorScheme, "");
});
