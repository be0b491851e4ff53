/**
 * Answers that lie: about their type, their length, their encoding, or that are no answer at all. Each with the
 * flow's run (the work was done by then), with a call's outcome, and with a good call on the same client after it.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { sandbox, shareStage, stage } from "./support/hooks.mjs";
import { patient, road } from "./support/stage.mjs";

shareStage();

const json = "application/json; charset=utf-8";
/** An answer of that type, its length true. */
const typed = (type, body, headers = {}, status = 200) => ({
  status,
  headers: { "content-type": type, "content-length": String(Buffer.byteLength(body)), ...headers },
  body,
});
const html = "<!doctype html><title>Sign in to the proxy</title>";
const utf8 = (text) => Buffer.from(text, "utf8");
const gzip = { "content-encoding": "gzip" };
/** @param {Buffer} bytes */
const half = (bytes) => bytes.subarray(0, bytes.length / 2);
const invalidUtf8 = Buffer.from([0x22, 0x61, 0xff, 0xfe, 0x62, 0x22]);

/** A flow's answer that is no JSON although it says so. */
const notJson = (data) => ({ code: "output_invalid", data, retryable: false });
const broken = { code: "network", retryable: true };

/**
 * Each lie: what the trigger answers, and what becomes of it: an error's facts, or the answer's data.
 * @type {Record<string, [import("../sandbox/wire.mjs").Raw, {error?: object, data?: unknown, options?: object}]>}
 */
const lies = {
  "HTML that says it is JSON": [typed(json, html), { error: notJson(html) }],
  "half of a JSON": [typed(json, '{"a": [1, 2'), { error: notJson('{"a": [1, 2') }],
  "JSON and something after it": [typed(json, '{"a":1}{'), { error: notJson('{"a":1}{') }],
  "nothing that says it is JSON": [typed(json, ""), { data: undefined }],
  "only white space as JSON": [typed(json, " \n"), { error: notJson(" \n") }],
  "JSON after a byte order mark": [typed(json, utf8('\ufeff{"a":1}')), { data: { a: 1 } }],
  "JSON after two byte order marks": [
    typed(json, utf8('\ufeff\ufeff{"a":1}')),
    { error: notJson('\ufeff{"a":1}') },
  ],
  "JSON in UTF-16": [
    typed("application/json; charset=utf-16", Buffer.from('\ufeff{"a":1}', "utf16le")),
    { error: { code: "output_invalid" } },
  ],
  "JSON in UTF-8 that calls itself Latin-1": [
    typed("application/json; charset=iso-8859-1", utf8('{"a":"ü"}')),
    { data: { a: "ü" } },
  ],
  "JSON in a charset that nobody knows": [
    typed("application/json; charset=klingon", utf8('{"a":"ü"}')),
    { data: { a: "ü" } },
  ],
  "JSON with bytes that are no UTF-8": [typed(json, invalidUtf8), { data: "a\ufffd\ufffdb" }],
  "JSON without a type": [
    { status: 200, headers: { "content-length": "7" }, body: '{"a":1}' },
    { data: '{"a":1}' },
  ],
  "JSON that says it is HTML": [typed("text/html", '{"a":1}'), { data: '{"a":1}' }],
  "JSON that says it is HTML, to who asks for JSON": [
    typed("text/html", '{"a":1}'),
    { data: { a: 1 }, options: { responseType: "json" } },
  ],
  "a type of two kinds": [typed("application/json, text/html", '{"a":1}'), { data: "a Blob" }],
  "text with bytes that are no UTF-8": [
    typed("text/plain", invalidUtf8),
    { data: '"a\ufffd\ufffdb"' },
  ],
  "more bytes promised than come": [
    typed(json, '{"a":1}', { "content-length": "70" }),
    { error: broken },
  ],
  "more bytes than promised": [
    typed(json, '{"a":1}{"b":2}', { "content-length": "7" }),
    { data: { a: 1 } },
  ],
  "two lengths": [
    {
      status: 200,
      headers: { "content-type": json, "content-length": "7", "Content-Length": "9" },
      body: '{"a":1}',
    },
    { error: broken },
  ],
  "a length that is no number": [
    typed(json, '{"a":1}', { "content-length": "seven" }),
    { data: { a: 1 } },
  ],
  "gzip that is none": [typed(json, '{"a":1}', gzip), { error: broken }],
  "gzip that breaks off": [
    typed(json, half(gzipSync(JSON.stringify({ a: randomBytes(5000).toString("hex") }))), gzip),
    { error: { code: "output_invalid" } },
  ],
  // Chromium takes what could be unpacked for the whole: nothing, here.
  "gzip that breaks off at once": [
    typed(json, gzipSync('{"a":1}').subarray(0, 10), gzip),
    { data: undefined },
  ],
  "gzip that does not say so": [
    typed(json, gzipSync('{"a":1}')),
    { error: { code: "output_invalid" } },
  ],
  "an encoding that nobody knows": [
    typed(json, '{"a":1}', { "content-encoding": "rot13" }),
    { data: { a: 1 } },
  ],
  "chunks that are none": [
    typed(json, '{"a":1}', { "transfer-encoding": "chunked" }),
    { error: broken },
  ],
  "204 with a body": [typed(json, '{"a":1}', {}, 204), { data: undefined }],
  "205 with a body": [typed(json, '{"a":1}', {}, 205), { data: undefined }],
  "304 that nobody asked for": [
    typed(json, '{"a":1}', {}, 304),
    { error: { code: "flow_failed" } },
  ],
  "a redirect to another host": [
    typed(json, "{}", { location: "https://evil.example/" }, 307),
    { error: broken },
  ],
  "a status that there is not": [typed(json, '{"a":1}', {}, 299), { data: { a: 1 } }],
  "a status beyond all": [
    typed(json, '{"a":1}', {}, 999),
    { error: { code: "flow_failed", status: 999 } },
  ],
  "an error of the service's that says it is text": [
    typed("text/plain", '{"error":{"code":"WorkflowDisabled","message":"off"}}', {}, 400),
    { error: { code: "flow_off", mayHaveRun: false } },
  ],
  "an error of the service's that breaks off": [
    typed(json, '{"error":{"code":"WorkflowDisabled"', { "content-length": "70" }, 400),
    { error: { ...broken, status: 400 } },
  ],
  "an error of the service's that is half a JSON": [
    typed(json, '{"error":{"code":"WorkflowDisabled"', {}, 400),
    { error: { code: "flow_failed", status: 400, data: '{"error":{"code":"WorkflowDisabled"' } },
  ],
};

describe("the trigger answers with", () => {
  for (const [what, [raw, { error, data, options }]] of Object.entries(lies)) {
    test(what, patient, async () => {
      await stage.client();
      const fault = sandbox.fault({ ...road.invoke.match, effect: { raw } });
      if (error) {
        await stage.failing({ ...road.invoke.says, ...error }, { options });
      } else {
        const answer = await stage.call({ options });
        assert.deepEqual(answer.data?.is ? `a ${answer.data.is}` : answer.data, data);
        assert.equal(answer.status, raw.status);
      }
      // One run, whatever it looked like from here.
      assert.deepEqual([fault.hits, sandbox.runs.length], [1, 1]);
      const { data: next } = await stage.call({ body: { next: true } });
      assert.deepEqual(next.youSent, { next: true });
    });
  }
});

describe("the answer's bytes are the caller's", () => {
  for (const responseType of ["arrayBuffer", "blob", "stream"]) {
    test(`as ${responseType}, whatever they say they are`, patient, async () => {
      await stage.client();
      sandbox.fault({ ...road.invoke.match, effect: { raw: typed(json, invalidUtf8) } });
      const { data } = await stage.call({ options: { responseType } });
      assert.deepEqual(data.bytes, [...invalidUtf8]);
    });
  }
});

/** What the other services may say in the place of theirs, and the error that it is. */
const misled = {
  row: {
    html: [typed("text/html", html), { code: "service_error" }],
    "half of a JSON": [typed(json, '{"resourceid":'), { code: "service_error" }],
    nothing: [typed(json, ""), { code: "service_error" }],
    null: [typed(json, "null"), { code: "service_error" }],
    // Then the workflowid has to do.
    "a row of nothing": [typed(json, "{}"), { code: "discovery_failed", stage: "discovery" }],
    "more bytes promised than come": [
      typed(json, "{}", { "content-length": "70" }),
      { code: "network" },
    ],
    "gzip that is none": [typed(json, "{}", gzip), { code: "network" }],
    "a status that there is not": [typed(json, "{}", {}, 999), { code: "service_error" }],
  },
  token: {
    html: [typed("text/html", html), { code: "network" }],
    "half of a JSON": [typed(json, '{"access_token":"ey'), { code: "network" }],
    nothing: [typed(json, ""), { code: "network" }],
    null: [typed(json, "null"), { code: "network" }],
    "no token": [typed(json, "{}"), { code: "token_failed" }],
    "more bytes promised than come": [
      typed(json, "{}", { "content-length": "70" }),
      { code: "network" },
    ],
  },
  discovery: {
    html: [typed("text/html", html), { code: "discovery_failed" }],
    "half of a JSON": [typed(json, '{"response":'), { code: "discovery_failed" }],
    nothing: [typed(json, ""), { code: "discovery_failed" }],
    null: [typed(json, "null"), { code: "discovery_failed" }],
    "204 with a body": [typed(json, "{}", {}, 204), { code: "discovery_failed" }],
    "more bytes promised than come": [
      typed(json, "{}", { "content-length": "70" }),
      { code: "network" },
    ],
    "gzip that is none": [typed(json, "{}", gzip), { code: "network" }],
    "a redirect": [
      typed(json, "{}", { location: "https://evil.example/" }, 307),
      { code: "network" },
    ],
    "a status that there is not": [typed(json, "{}", {}, 999), { code: "discovery_failed" }],
  },
};

for (const [name, answers] of Object.entries(misled)) {
  describe(`instead of the ${name} comes`, () => {
    for (const [what, [raw, error]] of Object.entries(answers)) {
      test(what, patient, async () => {
        await stage.client({ maxAttempts: 1 });
        const fault = sandbox.fault({ ...road[name].match, times: Infinity, effect: { raw } });
        await stage.failing({ ...road[name].says, ...error });
        assert.equal(stage.counts().trigger, 0);
        fault.remove();
        await stage.call();
        assert.equal(sandbox.runs.length, 1);
      });
    }
  });
}
