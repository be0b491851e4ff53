/** The sandbox as the benchmark uses it, with production's HTTP version. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import { startSandbox } from "../index.mjs";

test("a fault that would need HTTP/1.1 is refused, one of time is not", async (t) => {
  const sandbox = await startSandbox({ http2: true });
  t.after(() => sandbox.close());
  assert.doesNotThrow(() => sandbox.fault({ effect: { delayMs: 1, until: Promise.resolve() } }));
  assert.throws(
    () => sandbox.fault({ effect: { delayMs: 1, cut: { at: "read" } } }),
    /Over HTTP\/2 .*`cut`/,
  );
});

test("a flow is called over HTTP/2, several times at once on one connection", async (t) => {
  const sandbox = await startSandbox({ http2: true });
  t.after(() => sandbox.close());
  const url = new URL(sandbox.flow("echo").triggerUrl());
  const bearer = await sandbox.mint({ user: "ada" });
  const connection = connect(`https://127.0.0.1:${sandbox.port}`, {
    servername: url.hostname,
    rejectUnauthorized: false,
  });
  t.after(() => connection.destroy());
  const call = async (number) => {
    const stream = connection.request({
      ":method": "POST",
      ":authority": url.hostname,
      ":path": url.pathname + url.search,
      authorization: `Bearer ${bearer}`,
      "content-type": "application/json",
    });
    stream.end(JSON.stringify({ number }));
    const [headers] = await once(stream, "response");
    const text = (await stream.setEncoding("utf8").toArray()).join("");
    return [headers[":status"], JSON.parse(text).youSent];
  };
  assert.deepEqual(await Promise.all([1, 2, 3].map(call)), [
    [200, { number: 1 }],
    [200, { number: 2 }],
    [200, { number: 3 }],
  ]);
  assert.deepEqual(
    sandbox.requests.map(({ kind, host, aborted }) => ({ kind, host, aborted })),
    Array(3).fill({ kind: "trigger", host: url.hostname, aborted: false }),
  );
});
