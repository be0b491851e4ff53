/** What else a call sends, and how its answer is read. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { e2e, fails, invoke, invokeIn, oneClient, sandbox } from "./one-client.mjs";
import { patient } from "./page.mjs";

oneClient();

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
