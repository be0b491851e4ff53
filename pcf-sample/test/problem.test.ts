import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { UnknownValue } from "../FlowButton/payload";
import { payloadProblem, problemFrom } from "../FlowButton/problem";
import type { Text } from "../FlowButton/strings";

const strings = new URL("../FlowButton/strings/", import.meta.url);
const languages = readdirSync(strings).map((file) => {
  const xml = readFileSync(new URL(file, strings), "utf8");
  const entries = [...xml.matchAll(/<data name="(\w+)"[^>]*>\s*<value>([^<]*)/g)];
  return new Map(entries.map(([, name, value]) => [name, value]));
});

const textOf =
  (language: Map<string, string>): Text =>
  (key, value = "") => {
    const found = language.get(key);
    assert.ok(found, `no string ${key}`);
    return found.replace("{0}", value);
  };

/** The library's codes, as its types list them. */
const types = readFileSync(new URL("../../js/src/types.ts", import.meta.url), "utf8");
const codes = [...(/type FlowErrorCode =([^;]+);/.exec(types)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
  ([, code]) => code,
);

const failure = (more: object) =>
  Object.assign(new Error("The flow's trigger refused the input."), {
    name: "FlowError",
    code: "input_rejected",
    stage: "invoke",
    hint: "Compare the body with the trigger's JSON schema.",
    mayHaveRun: false,
    retryable: false,
    ...more,
  });

test("every code of the library has a title and a hint in every language", () => {
  assert.ok(codes.length > 30, "the codes were read");
  for (const language of languages) {
    const fallback = language.get("Failed_Title");
    for (const code of codes.filter((one) => one !== "aborted")) {
      const { title, hint, text } = problemFrom(failure({ code }), textOf(language));
      assert.notEqual(title, fallback, code);
      assert.ok(hint.length > 10, code);
      assert.equal(text, "", "the library's English stays in the details");
    }
  }
});

test("a code of a later version is told all the same", () => {
  const problem = problemFrom(failure({ code: "brand_new" }), textOf(languages[0]));
  assert.equal(problem.title, languages[0].get("Failed_Title"));
});

test("the library's and the service's words are in the details, for whoever is asked", () => {
  const error = failure({
    serviceCode: "TriggerInputSchemaMismatch",
    serviceMessage: "Got Null.",
    runId: "08",
  });
  const details = problemFrom(error, textOf(languages[0])).details.map(([, value]) => value);
  for (const value of ["input_rejected", error.message, error.hint, "Got Null.", "08"]) {
    assert.ok(details.includes(value), value);
  }
});

test("MSAL's message, which is but a link, is left out", () => {
  const error = failure({
    code: "token_failed",
    stage: "token",
    serviceMessage: "See https://aka.ms/x",
  });
  assert.ok(!JSON.stringify(problemFrom(error, textOf(languages[0]))).includes("aka.ms"));
});

test("the flow's own words are the user's to read", () => {
  const data = { message: "No stock." };
  assert.equal(
    problemFrom(failure({ code: "flow_failed", data }), textOf(languages[0])).text,
    "No stock.",
  );
});

test("a placeholder that stands for nothing is named", () => {
  const problem = payloadProblem(new UnknownValue("value9"), textOf(languages[0]));
  assert.match(problem.title, /value9/);
});
