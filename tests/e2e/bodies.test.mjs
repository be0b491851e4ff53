/** What a call sends as its body, byte by byte. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { throttled } from "../sandbox/index.mjs";
import { e2e, invoke, invokeIn, oneClient, sandbox } from "./one-client.mjs";
import { patient } from "./page.mjs";

oneClient();

const textOf = ({ bytes }) => bytes.toString("utf8");

describe("a body", () => {
  for (const [what, body, text] of [
    ["an object", { a: [1, null], ü: "€" }, '{"a":[1,null],"ü":"€"}'],
    ["a list", [1, "two"], '[1,"two"]'],
    ["a number", 7, "7"],
    ["zero", 0, "0"],
    ["false", false, "false"],
  ]) {
    test(`that is ${what} goes as JSON`, patient, async () => {
      const { data } = await invoke("echo", { body });
      const [run] = sandbox.runs;
      assert.equal(run.headers["content-type"], "application/json");
      assert.equal(textOf(run), text);
      assert.deepEqual(data.youSent, body);
    });
  }

  test("that has toJSON goes as that says", patient, async () => {
    await invokeIn("echo", '() => ({ body: { at: new Date(0), by: { toJSON: () => "ada" } } })');
    assert.equal(textOf(sandbox.runs[0]), '{"at":"1970-01-01T00:00:00.000Z","by":"ada"}');
  });

  for (const [what, make, change, sent] of [
    ["URLSearchParams", 'new URLSearchParams({ a: "1" })', 'body.set("a", "2")', /^a=1$/],
    [
      "FormData",
      "form()",
      'body.set("a", "2")',
      /name="a"\r\n\r\n1\r\n[\s\S]*name="f"; filename="ü.txt"/,
    ],
    ["a Uint8Array", "new TextEncoder().encode('1')", "body[0] = 50", /^1$/],
    ["an object", "{ a: 1 }", "body.a = 2", /^{"a":1}$/],
  ]) {
    test(`that is ${what} goes as it was when the call was made`, patient, async () => {
      await e2e.get(
        `async (flow) => {
          const form = () => {
            const made = new FormData();
            made.append("a", "1");
            made.append("f", new File(["x"], "ü.txt", { type: "text/plain" }));
            return made;
          };
          const body = ${make};
          const client = await window.e2e.client();
          const call = client.flow(flow).invoke(body);
          ${change};
          return (await call).status;
        }`,
        e2e.id("echo"),
      );
      assert.match(textOf(sandbox.runs[0]), sent);
    });
  }

  for (const nothing of ["undefined", "null"]) {
    test(`that is ${nothing} is none`, patient, async () => {
      await invokeIn("echo", `() => ({ body: ${nothing} })`);
      const [run] = sandbox.runs;
      assert.equal(run.headers["content-type"], undefined);
      assert.equal(run.bytes.length, 0);
    });
  }

  const formData = `() => {
    const form = new FormData();
    form.append("order", "1/ü");
    form.append("file", new File([new Uint8Array([0, 255, 10])], "a.bin", { type: "x/y" }));
    return form;
  }`;
  for (const [what, make] of [
    ["text", '() => "Grüße"'],
    ["an empty text", '() => ""'],
    ["a form", formData],
    ["a Blob", '() => new Blob([new Uint8Array([0, 200, 255])], { type: "application/pdf" })'],
    ["a Blob without a type", "() => new Blob(['abc'])"],
    ["a File", '() => new File(["abc"], "a.txt", { type: "text/csv" })'],
    ["an ArrayBuffer", "() => new Uint8Array([0, 128, 255]).buffer"],
    ["a view of a part of one", "() => new Uint8Array([9, 0, 128, 255, 9]).subarray(1, 4)"],
    ["a DataView", "() => new DataView(new Uint8Array([9, 8, 7]).buffer, 1)"],
    ["form fields", '() => new URLSearchParams({ a: "1 & 2", ü: "€" })'],
    ["a large text", '() => "ü€\\ud800".repeat(50_000)'],
    ["a large ArrayBuffer", "() => new Uint8Array(100_000).fill(200).buffer"],
    ["a large view", "() => new Uint8Array(100_000).fill(200).subarray(7, 90_000)"],
    ["large form fields", '() => new URLSearchParams({ a: "€".repeat(50_000) })'],
  ]) {
    test(`that is ${what} goes as fetch would send it`, patient, async () => {
      await invokeIn("echo", `() => ({ body: (${make})() })`);
      await e2e.get(
        `async ({ url, scopes }) => {
          const app = await window.e2e.msal();
          const [account] = app.getAllAccounts();
          const { accessToken } = await app.acquireTokenSilent({ scopes, account });
          const headers = { authorization: "Bearer " + accessToken };
          await fetch(url, { method: "POST", headers, body: (${make})() });
        }`,
        {
          url: sandbox.flow("echo").triggerUrl(),
          scopes: ["https://service.flow.microsoft.com//.default"],
        },
      );
      const [ours, fetchs, ...more] = sandbox.runs.map((run) => {
        const type = run.headers["content-type"];
        const boundary = /boundary=(.*)/.exec(type ?? "")?.[1];
        const plain = (text) => (boundary ? text.replaceAll(boundary, "-") : text);
        return { type: type && plain(type), text: plain(run.bytes.toString("latin1")) };
      });
      assert.deepEqual(more, []);
      assert.deepEqual(ours, fetchs);
      if (what !== "an empty text") assert.ok(ours.text.length > 0);
    });
  }

  test("goes as a Blob where it is large, and only there", patient, async () => {
    const sent = await e2e.get(async (flow) => {
      const tags = [];
      const real = window.fetch;
      window.fetch = (url, init) => {
        tags.push(Object.prototype.toString.call(init.body).slice(8, -1));
        return real(url, init);
      };
      try {
        for (const length of [65_535, 65_536]) {
          for (const body of ["x".repeat(length), new Uint8Array(length)]) {
            await window.client.flow(flow).invoke(body);
          }
        }
      } finally {
        window.fetch = real;
      }
      return tags;
    }, e2e.id("echo"));
    assert.deepEqual(sent, ["String", "Uint8Array", "Blob", "Blob"]);
  });

  test("is sent as it is on a page that has another Blob", patient, async () => {
    await e2e.get(async (flow) => {
      const real = window.Blob;
      window.Blob = function Blob() {};
      try {
        await window.client.flow(flow).invoke("x".repeat(70_000));
        await window.client.flow(flow).invoke(new Uint8Array(70_000));
      } finally {
        window.Blob = real;
      }
    }, e2e.id("echo"));
    assert.deepEqual(
      sandbox.runs.map(({ bytes }) => bytes),
      [Buffer.alloc(70_000, "x"), Buffer.alloc(70_000)],
    );
  });

  test("of text may be JSON that the caller wrote", patient, async () => {
    const headers = { "Content-Type": "application/json" };
    const { data } = await invoke("orders", { body: '{"orderNumber":"7"}', options: { headers } });
    assert.equal(data.orderNumber, "7");
    assert.equal(sandbox.runs[0].headers["content-type"], "application/json");
  });

  test("that is JSON may have another JSON type", patient, async () => {
    const headers = { "content-type": "application/vnd.order+json" };
    await invoke("echo", { body: { a: 1 }, options: { headers } });
    assert.equal(sandbox.runs[0].headers["content-type"], "application/vnd.order+json");
  });

  test("is sent once more, and whole, where the call is repeated", patient, async () => {
    const fault = sandbox.fault({ kind: "trigger", effect: throttled(1) });
    const { attempts } = await invokeIn("echo", `() => ({ body: (${formData})() })`);
    assert.deepEqual([attempts, fault.hits], [2, 1]);
    const [first, second] = e2e.sent("trigger").map(({ body }) => body.replace(/-+WebKit\w+/g, ""));
    assert.match(second, /name="order".*1\/ü.*filename="a\.bin"/s);
    assert.equal(first, second);
  });

  test("is the one that the caller passed, whatever becomes of it later", patient, async () => {
    const { data } = await e2e.get(async (flow) => {
      const body = { order: 1 };
      const options = { headers: { "content-type": "application/json" } };
      const answer = window.client.flow(flow).invoke(body, options);
      body.order = 2;
      options.method = "DELETE";
      return answer;
    }, e2e.id("echo"));
    assert.deepEqual(data.youSent, { order: 1 });
  });

  for (const [what, make, length] of [
    ["an ArrayBuffer", "(bytes) => bytes.buffer", 3],
    ["a view", "(bytes) => bytes", 3],
    ["a DataView", "(bytes) => new DataView(bytes.buffer)", 3],
    ["a large ArrayBuffer", "(bytes) => bytes.buffer", 100_000],
    [
      "memory that may grow",
      "(bytes) => { const all = new Uint8Array(new ArrayBuffer(3, { maxByteLength: 9 })); all.set(bytes); return all; }",
      3,
    ],
    [
      "large memory that may grow",
      "(bytes) => { const all = new Uint8Array(new ArrayBuffer(100_000, { maxByteLength: 200_000 })); all.set(bytes); return all; }",
      100_000,
    ],
    ["a large view", "(bytes) => bytes", 100_000],
  ]) {
    test(`that is ${what} is what it was at the call`, patient, async () => {
      const page = `(flow) => {
        const bytes = new Uint8Array(${length}).fill(1);
        const answer = window.client.flow(flow).invoke((${make})(bytes));
        bytes.fill(9);
        structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        return answer;
      }`;
      await e2e.get(page, e2e.id("echo"));
      assert.deepEqual(sandbox.runs[0].bytes, Buffer.alloc(length, 1));
    });
  }

  for (const [what, make] of [
    [
      "a buffer that was given away",
      "() => { const { buffer } = new Uint8Array(3); structuredClone(buffer, { transfer: [buffer] }); return buffer; }",
    ],
    [
      "shared memory",
      "() => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer",
    ],
    [
      "a view of shared memory",
      "() => new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer)",
    ],
    ["a circle", "() => { const circle = {}; circle.circle = circle; return circle; }"],
    ["a BigInt", "() => ({ big: 1n })"],
    ["a function", "() => () => 1"],
    ["a stream", "() => new Blob(['abc']).stream()"],
    ["an object that throws", '() => ({ toJSON() { throw new Error("no"); } })'],
  ]) {
    test(`that is ${what} is invalid_argument, and nothing is sent`, patient, async () => {
      const error = await e2e.fail(
        { code: "invalid_argument", mayHaveRun: false },
        `(flow) => window.client.flow(flow).invoke((${make})())`,
        e2e.id("echo"),
      );
      assert.match(error.message, /body/);
      assert.equal(e2e.counts().trigger, 0);
    });
  }
});
