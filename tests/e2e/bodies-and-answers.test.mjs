/** What a call sends, byte by byte, and how its answer is read. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { throttled } from "../sandbox/index.mjs";
import { openPage, patient } from "./page.mjs";

let e2e;
let sandbox;
before(async () => {
  e2e = await openPage();
  ({ sandbox } = e2e);
  await e2e.as("ada");
  await e2e.page.evaluate(async () => {
    window.client = await window.e2e.client();
  });
}, patient);
beforeEach(() => sandbox.reset());
afterEach(() => {
  sandbox.setCors("strict");
  e2e.assertTrust();
  e2e.assertKeepsSecrets(e2e.said);
});
after(() => e2e?.close());

/** A call by the one client of this file: it is warm after its first. */
const call = ({ flow, body, options }) => window.client.flow(flow).invoke(body, options);
const invoke = (key, { body, options } = {}) => e2e.get(call, { flow: e2e.id(key), body, options });
const fails = (expected, key, { body, options } = {}) =>
  e2e.fail(expected, call, { flow: e2e.id(key), body, options });
/** `invoke` with a body or options that only JavaScript can say. @param {string} given */
const invokeIn = (key, given) =>
  e2e.get(
    `async (flow) => {
      const { body, options } = await (${given})();
      return window.client.flow(flow).invoke(body, options);
    }`,
    e2e.id(key),
  );
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

describe("a request", () => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]) {
    test(`may be a ${method}`, patient, async () => {
      sandbox.flow("echo").setMethod(method);
      const { status, data } = await invoke("echo", { options: { method } });
      assert.equal(status, 200);
      assert.equal(sandbox.runs[0].method, method);
      if (method === "HEAD") assert.equal(data, undefined);
      else assert.equal(data.method, method);
    });
  }

  test("has its path's segments, each as the flow wrote it", patient, async () => {
    const name = "ü?#%&=+ \"'(.)/..";
    const path = ["things", "a/b c", name];
    const { data } = await invoke("putThing", { options: { method: "PUT", path } });
    assert.deepEqual(data.parameters, { group: "a/b c", name });
    const [{ path: sent, query }] = e2e.sent("trigger");
    const [, last] = /\/paths\/invoke\/things\/a%2Fb%20c\/([^/]+)$/.exec(sent) ?? [];
    assert.equal(decodeURIComponent(last), name, sent);
    assert.deepEqual(query, { "api-version": "1" });
  });

  for (const templateInValue of [false, true]) {
    const where = templateInValue ? "where the discovered URL has it" : "where the trigger has it";
    test(`has its path in the template's place ${where}`, patient, async () => {
      sandbox.settings.templateInValue = templateInValue;
      const options = { method: "GET", path: ["orders", "42"] };
      const cold = (given) => window.e2e.call(given);
      const { data } = await e2e.get(cold, { flow: e2e.id("getOrder"), options });
      assert.equal(data.orderNumber, "42");
    });
  }

  test("has its query, with what is undefined left out", patient, async () => {
    const { data } = await invokeIn(
      "echo",
      `() => ({
        options: { query: { q: "a&b=c d#?+", "ü[]": "€", n: 1.5, big: 1e21, yes: true, no: false, none: undefined } },
      })`,
    );
    const sent = { q: "a&b=c d#?+", "ü[]": "€", n: "1.5", big: "1e+21", yes: "true", no: "false" };
    assert.deepEqual(data.query, sent);
  });

  test("has the caller's headers, where the flow's CORS lets it", patient, async () => {
    sandbox.setCors("open");
    await invoke("echo", { options: { headers: { "x-order": "42", "X-Name": "Zürich" } } });
    const { headers } = sandbox.runs[0];
    assert.equal(headers["x-order"], "42");
    assert.equal(Buffer.from(headers["x-name"], "latin1").toString("latin1"), "Zürich");
  });

  test(
    "has no header of ours but the token and the content type, and no cookie",
    patient,
    async () => {
      const { environmentHost } = sandbox.world.orgs.contoso;
      const cookie = { name: "lure", value: "1", secure: true, sameSite: "None" };
      await e2e.context.addCookies([{ ...cookie, url: `https://${environmentHost}` }]);
      // A flow that no other test calls: the browser remembers its preflights.
      await invoke("unitHost", { body: {} });
      const asked = sandbox.requests
        .filter(({ kind }) => kind === "preflight")
        .map(({ headers }) => headers["access-control-request-headers"]);
      assert.deepEqual(asked, ["authorization", "authorization,content-type"]);
      const [{ headers }] = e2e.sent("trigger");
      assert.equal(headers.cookie, undefined);
      await e2e.context.clearCookies({ name: "lure" });
    },
  );
});

describe("an answer", () => {
  const types = {
    text: { is: "string", of: "text" },
    blob: { is: "Blob", of: "binary" },
    arrayBuffer: { is: "ArrayBuffer", of: "binary" },
    stream: { is: "ReadableStream", of: "binary" },
  };
  for (const [responseType, { is, of }] of Object.entries(types)) {
    test(`is a ${is} where the caller asks for ${responseType}`, patient, async () => {
      const { data } = await invoke(of, { options: { responseType } });
      if (is === "string") return assert.equal(data, "Grüße vom Flow");
      assert.equal(data.is, is);
      assert.deepEqual(data.bytes.slice(0, 4), [137, ...Buffer.from("PNG")]);
      if (is === "Blob") assert.equal(data.type, "image/png");
    });
  }

  test("of JSON may be had as text, whatever it says", patient, async () => {
    const { data } = await invoke("badJson", { options: { responseType: "text" } });
    assert.equal(data, '{"message": "it looked like JSON, but');
  });

  test("may be read as JSON whatever its type says", patient, async () => {
    sandbox.flow("text").respond({ headers: { "Content-Type": "text/plain" }, body: '{"a":1}' });
    const { data } = await invoke("text", { options: { responseType: "json" } });
    assert.deepEqual(data, { a: 1 });
  });

  test(
    "that is not the JSON it should be is output_invalid and keeps its text",
    patient,
    async () => {
      const expected = { code: "output_invalid", stage: "invoke", status: 200, mayHaveRun: true };
      const error = await fails(expected, "text", { options: { responseType: "json" } });
      assert.equal(error.data, "Grüße vom Flow");
      assert.equal(sandbox.runs.length, 1);
    },
  );

  for (const [type, body, expected] of [
    ["application/json", '{"a":1}', { a: 1 }],
    ["Application/Problem+JSON; charset=utf-8", '{"a":1}', { a: 1 }],
    ["application/json", "null", null],
    ["application/json", "", undefined],
    ["text/html; charset=utf-8", "<p>Grüße", "<p>Grüße"],
    ["application/xml", "<a/>", "<a/>"],
    ["application/x-www-form-urlencoded", "a=1", "a=1"],
    ["application/pdf", "%PDF", { is: "Blob", type: "application/pdf", bytes: [37, 80, 68, 70] }],
  ]) {
    test(`of ${type} is read as that: ${body || "nothing"}`, patient, async () => {
      sandbox.flow("echo").respond({ headers: { "Content-Type": type }, body });
      const { data } = await invoke("echo");
      assert.deepEqual(data, expected);
    });
  }

  test("without content is nothing, or an empty text where it names no type", patient, async () => {
    const { status, data } = await invoke("empty");
    assert.deepEqual([status, data], [200, ""]);
    sandbox.flow("echo").respond({ status: 204 });
    const none = await invoke("echo", { options: { responseType: "json" } });
    assert.deepEqual([none.status, none.data, none.accepted], [204, undefined, false]);
  });

  test("of any 2xx is an answer, whatever it looks like", patient, async () => {
    const body = { error: { code: "WorkflowNotFound", message: "a word of the flow's" } };
    sandbox.flow("echo").respond({ status: 201, body });
    const { status, data } = await invoke("echo");
    assert.deepEqual([status, data], [201, body]);
    assert.equal(sandbox.runs.length, 1);
  });

  for (const key of ["accepted", "asynchronous"]) {
    test(`of a flow that goes on is accepted: ${key}`, patient, async () => {
      const { status, accepted, data } = await invoke(key);
      assert.deepEqual([status, accepted, data], [202, true, ""]);
    });
  }

  test("that comes in pieces is whole", patient, async () => {
    const text = "Grüße".repeat(200);
    sandbox.flow("echo").respond({ body: { text } });
    sandbox.fault({ kind: "trigger", effect: { slowBody: { chunkMs: 5, chunkBytes: 101 } } });
    const { data } = await invoke("echo");
    assert.equal(data.text, text);
  });
});

describe("acceptStatus", () => {
  const accept = (given, statuses = "status < 500") =>
    e2e.run(
      `({ flow, body }) => window.client.flow(flow).invoke(body, { acceptStatus: (status) => ${statuses} })`,
      given,
    );
  const failing = (status) => ({ flow: e2e.id("failing"), body: { status, json: { status } } });

  for (const status of [404, 401, 429, 409]) {
    test(`makes the flow's own ${status} an answer`, patient, async () => {
      const { value } = await accept(failing(status));
      assert.deepEqual([value?.status, value?.data, value?.accepted], [status, { status }, false]);
      assert.equal(sandbox.runs.length, 1);
    });
  }

  test("leaves out what it does not name, 2xx too", patient, async () => {
    const { error } = await accept(failing(503));
    assert.deepEqual([error?.code, error?.status], ["flow_failed", 503]);
    const refused = await accept({ flow: e2e.id("echo"), body: {} }, "status === 404");
    assert.equal(refused.error?.code, "flow_failed");
    assert.deepEqual([refused.error.status, refused.error.mayHaveRun], [200, true]);
  });

  test("does not take the service's refusal for the flow's answer", patient, async () => {
    sandbox.flow("echo").setAuth("User", [sandbox.world.users.bob.oid]);
    const { error } = await accept({ flow: e2e.id("echo"), body: {} }, "true");
    assert.equal(error?.code, "claims_mismatch");
    assert.equal(error.mayHaveRun, false);
  });

  test("that throws is the caller's own mistake, after the flow ran", patient, async () => {
    const { error } = await accept(failing(200), "{ throw new Error('mine'); }");
    assert.deepEqual([error?.code, error?.mayHaveRun], ["invalid_argument", true]);
    assert.match(error.message, /acceptStatus/);
    assert.equal(error.cause, "Error");
    await invoke("echo");
  });
});

describe("a FlowResponse", () => {
  const facts = (key) =>
    e2e.get(async (flow) => {
      const answer = await window.client.flow(flow).invoke({ delayMs: 300 });
      const { headers } = answer;
      const isHeaders = headers instanceof Headers;
      return { ...answer, isHeaders, headerRunId: headers.get("x-ms-workflow-run-id") };
    }, e2e.id(key));

  test("tells status, headers, attempts and how long it took", patient, async () => {
    const answer = await facts("slow");
    assert.equal(answer.status, 200);
    assert.ok(answer.isHeaders);
    assert.match(answer.headers["content-type"], /^application\/json/);
    assert.deepEqual([answer.attempts, answer.accepted], [1, false]);
    assert.ok(answer.durationMs >= 295 && answer.durationMs < 20_000, `${answer.durationMs} ms`);
  });

  test("has no run where CORS hides it", patient, async () => {
    const answer = await facts("echo");
    assert.deepEqual(
      [answer.runId, answer.trackingId, answer.headerRunId],
      [undefined, undefined, null],
    );
  });

  test("names its run where CORS shows it", patient, async () => {
    sandbox.setCors("open");
    const answer = await facts("echo");
    const [{ runId }] = sandbox.runs;
    assert.deepEqual([answer.runId, answer.trackingId, answer.headerRunId], [runId, runId, runId]);
  });

  test("has none where the flow suppresses it", patient, async () => {
    sandbox.setCors("open");
    const answer = await facts("quiet");
    assert.deepEqual(
      [answer.runId, answer.trackingId, answer.headerRunId],
      [undefined, undefined, null],
    );
  });
});
