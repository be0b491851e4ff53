/**
 * Much at once, much in a row, and much in one call: nothing is mixed up, nothing runs twice, nothing is left.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { instrument, listenersOn, measure } from "./support/instruments.mjs";
import { openStage, veryPatient } from "./support/stage.mjs";

let stage;
let sandbox;
let page;
let cdp;
before(async () => {
  stage = await openStage();
  ({ sandbox, page } = stage);
  await instrument(stage.context);
  cdp = await stage.context.newCDPSession(page);
}, veryPatient);
beforeEach(() => stage.ready(), veryPatient);
after(() => stage?.close());

const held = () => page.evaluate(() => window.instruments.held());

/** MSAL and the page may have had some of each before, but nothing on a signal. */
function assertPutBack(before, after) {
  const left = Object.entries(after).filter(([kind, count]) => count > (before[kind] ?? 0));
  assert.deepEqual(left, [], "more is held than before");
  assert.equal(after["listener on AbortSignal"], undefined);
}

test("whatever a page holds is counted, until it is put back", veryPatient, async () => {
  const counts = await page.evaluate(async () => {
    const { held } = window.instruments;
    const before = held();
    /** What is held now and was not before. */
    const more = () => {
      const now = Object.entries(held()).map(([kind, count]) => [
        kind,
        count - (before[kind] ?? 0),
      ]);
      return Object.fromEntries(now.filter(([, count]) => count !== 0));
    };
    const counts = {};
    const count = (name) => {
      counts[name] = more();
    };
    const work = () => undefined;
    const target = new EventTarget();
    const { signal } = new AbortController();
    const { port1 } = new MessageChannel();
    const broadcast = new BroadcastChannel("a");
    const observer = new MutationObserver(work);
    observer.observe(document, { childList: true });
    const timers = [setTimeout(work, 60_000), setInterval(work, 60_000)];
    const idle = requestIdleCallback(work, { timeout: 60_000 });
    target.addEventListener("a", work);
    target.addEventListener("a", work, { capture: false });
    target.addEventListener("a", work, true);
    window.addEventListener("a", work);
    signal.addEventListener("abort", work);
    signal.onabort = work;
    count("all");

    target.removeEventListener("a", work, { capture: true });
    target.removeEventListener("another", work);
    cancelIdleCallback(idle);
    timers.map(clearTimeout);
    for (const one of [port1, broadcast]) one.close();
    observer.disconnect();
    removeEventListener("a", work);
    signal.removeEventListener("abort", work);
    count("one listener");

    signal.onabort = null;
    target.removeEventListener("a", work);
    const controller = new AbortController();
    target.addEventListener("once", work, { once: true });
    target.addEventListener("a", { handleEvent: work }, controller);
    target.addEventListener("a", work, { signal: AbortSignal.abort() });
    count("two that end by themselves");

    target.dispatchEvent(new Event("once"));
    target.dispatchEvent(new Event("a"));
    controller.abort();
    await new Promise((done) => setTimeout(done));
    await new Promise((done) => requestAnimationFrame(done));
    count("none");
    return counts;
  });
  assert.deepEqual(counts, {
    all: {
      timer: 2,
      "idle callback": 1,
      "listener on EventTarget": 2,
      "listener on Window": 1,
      "listener on AbortSignal": 2,
      channel: 2,
      observer: 1,
    },
    "one listener": { "listener on EventTarget": 1, "listener on AbortSignal": 1 },
    "two that end by themselves": { "listener on EventTarget": 2 },
    none: {},
  });
});

/** Every how many of the calls in a row go to the sandbox; the page answers the others itself, at once. */
const each = process.env.FAULTS_LONG ? 1 : 9;
const kilobyte = 1024;

describe("1,000 calls at once", () => {
  test("share what they can, and each has its own answer", veryPatient, async () => {
    await stage.client();
    await stage.forgetTokens();
    const before = await held();
    const added = () => page.evaluate(() => window.instruments.added());
    const addedBefore = await added();
    const wrong = await stage.get(async (flow) => {
      const { signal } = new AbortController();
      const calls = Array.from({ length: 1000 }, async (_, n) => {
        const { data } = await window.client.flow(flow).invoke({ n }, { signal });
        return data.youSent.n === n;
      });
      return (await Promise.all(calls)).filter((right) => !right).length;
    }, stage.id("echo"));
    assert.equal(wrong, 0);
    assert.deepEqual(stage.counts(), { dataverse: 1, flowApi: 1, trigger: 1000 });
    assert.equal(stage.sent("entra").filter(({ path }) => path.endsWith("/token")).length, 1);
    const numbers = new Set(sandbox.runs.map(({ body }) => body.n));
    assert.deepEqual([sandbox.runs.length, numbers.size], [1000, 1000]);
    assert.ok((await added()) - addedBefore >= 1000, "each listened to the signal");
    assertPutBack(before, await held());
  });

  test("of which half are given up leave the other half alone", veryPatient, async () => {
    await stage.client();
    const before = await held();
    const { codes, answered } = await stage.get(async (flow) => {
      const controller = new AbortController();
      const calls = Array.from({ length: 1000 }, (_, n) => {
        const options = n % 2 ? { signal: controller.signal } : {};
        return window.client.flow(flow).invoke({ n }, options);
      });
      setTimeout(() => controller.abort(), 150);
      const outcomes = await Promise.allSettled(calls);
      const of = (parity) => outcomes.filter((_, n) => n % 2 === parity);
      return {
        codes: [...new Set(of(1).map(({ reason }) => reason?.code ?? "answered"))],
        answered: of(0).filter(({ value }, index) => value?.data.youSent.n === 2 * index).length,
      };
    }, stage.id("echo"));
    assert.ok(codes.includes("aborted"), codes.join());
    assert.deepEqual(
      codes.filter((code) => !["aborted", "answered"].includes(code)),
      [],
    );
    assert.equal(answered, 500);
    const times = new Map();
    for (const { body } of sandbox.runs) times.set(body.n, (times.get(body.n) ?? 0) + 1);
    assert.deepEqual(
      [...times].filter(([, count]) => count > 1),
      [],
    );
    assertPutBack(before, await held());
    await stage.call();
  });
});

test("10,000 calls in a row leave nothing behind", { timeout: 300_000 }, async () => {
  // A module of its own: memory that many calls at once have made it take is never given back.
  await stage.open();
  // The page keeps what a client's events told, to search it for secrets.
  await stage.client({ onEvent: null });
  await stage.call();
  sandbox.runs.length = 0;
  await page.evaluate((every) => {
    window.shared = new AbortController();
    const { fetch: real } = window;
    let asked = 0;
    window.answered = 0;
    window.fetch = async (...given) => {
      const [input, init] = given;
      if (!String(input.url ?? input).includes("/paths/invoke")) return real(...given);
      asked += 1;
      if (asked % every === 0 || (init ?? input).signal.aborted) return real(...given);
      window.answered += 1;
      const { call } = await new Request(...given).json();
      const status = call % 10 === 6 ? 400 : 200;
      return Response.json({ youSent: { call } }, { status });
    };
  }, each);
  /** Answers, a flow's refusals, aborts and arguments that can't be used; signals that live and that go. */
  const calls = (flows) =>
    stage.get(async ({ echo, failing, count }) => {
      const { client, shared } = window;
      const outcomes = {};
      const before = window.answered;
      for (let call = 0; call < count; call += 1) {
        const kind = call % 10;
        const signal = kind % 2 ? shared.signal : new AbortController().signal;
        const options = { signal };
        if (kind === 7) options.signal = AbortSignal.abort();
        if (kind === 8) options.query = { sig: "mine" };
        if (kind === 9) options.acceptStatus = (status) => status === 200;
        const outcome = await client
          .flow(kind === 6 ? failing : echo)
          .invoke({ call }, options)
          .then(
            ({ data }) => (data.youSent.call === call ? "right" : "mixed up"),
            ({ code }) => code,
          );
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      return { ...outcomes, answered: window.answered - before };
    }, flows);
  const flows = { echo: stage.id("echo"), failing: stage.id("failing") };

  /** The requests of each call that ran more than once. */
  const repeated = () => {
    const seen = new Map();
    for (const { body } of sandbox.runs) seen.set(body.call, (seen.get(body.call) ?? 0) + 1);
    return stage
      .sent("trigger")
      .filter(({ body }) => seen.get(JSON.parse(body).call) > 1)
      .map(({ body, status, aborted, durationMs }) => ({ body, status, aborted, durationMs }));
  };
  let ran = 0;
  const batch = async (count) => {
    const { answered, ...outcomes } = await calls({ ...flows, count });
    assert.deepEqual(outcomes, {
      right: 0.7 * count,
      flow_failed: 0.1 * count,
      aborted: 0.1 * count,
      invalid_argument: 0.1 * count,
    });
    if (each > 1) assert.ok(answered > 0.6 * count, "the page answered most of them");
    ran += sandbox.runs.length + answered;
    assert.deepEqual(repeated(), [], "a call ran twice");
    sandbox.runs.length = 0;
    sandbox.requests.length = 0;
  };
  // The engine's own caches and the timeline's buffer have filled by then.
  await batch(2000);
  const early = await measure(cdp, page);
  for (let more = 0; more < 4; more += 1) await batch(2000);
  const late = await measure(cdp, page);

  assert.equal(ran, 8000, "each call that was made ran once");
  assert.deepEqual(late.wasm, early.wasm, "the module's memory is what it was");
  assert.ok(late.wasm.bytes <= 1_310_720, `${late.wasm.bytes} bytes`);
  // A leak of a hundred bytes a call would be 800 kB.
  const grown = late.heap - early.heap;
  assert.ok(grown < 400 * kilobyte, `the heap grew by ${grown} bytes`);
  assertPutBack(early.held, late.held);
  assert.ok(late.counted <= early.counted, `${early.counted} listeners, then ${late.counted}`);
  assert.equal(await listenersOn(cdp, "window.shared.signal"), 0);
  console.log(
    `# heap ${early.heap} then ${late.heap}; wasm ${early.wasm.bytes} then ${late.wasm.bytes}, ${late.wasm.table}; listeners ${early.counted} then ${late.counted}`,
  );
});

describe("50 MB", () => {
  // With the page's own fetch again.
  before(() => stage.open(), veryPatient);

  const size = 50 * kilobyte * kilobyte;
  const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

  /** What the page makes, sends, gets back and hashes; only the hashes leave it. */
  const roundTrip = ({ flow, as, size }) => {
    const hash = async (bytes) => {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    };
    const bytesOf = async (value) => new Uint8Array(await new Response(value).arrayBuffer());
    const work = async () => {
      const bytes = new Uint8Array(size);
      const words = new Uint32Array(bytes.buffer);
      for (let index = 0, seed = 1; index < words.length; index += 1) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
        words[index] = seed;
      }
      if (as === "json") {
        const text = 'Grüße, 世界! \u{1f30d} \\" \u2028'.repeat(Math.ceil(size / 28));
        const { data } = await window.client.flow(flow).invoke({ text });
        const [sent, got] = [text, data.text].map((one) => new TextEncoder().encode(one));
        return { sent: await hash(sent), got: await hash(got), length: sent.length };
      }
      const type = "application/octet-stream";
      const body = as === "blob" || as === "stream" ? new Blob([bytes], { type }) : bytes.buffer;
      const options = { responseType: as, headers: { "content-type": type } };
      const { data } = await window.client.flow(flow).invoke(body, options);
      const got = await bytesOf(data);
      return { sent: await hash(bytes), got: await hash(got), length: got.length };
    };
    return work();
  };

  for (const as of ["arrayBuffer", "blob", "stream", "json"]) {
    test(
      `go out and come back whole, as ${as}, past the module's memory`,
      veryPatient,
      async () => {
        await stage.client();
        await stage.call();
        sandbox.flow("echo").respond(({ bytes, headers }) => ({
          headers: { "Content-Type": String(headers["content-type"]) },
          body: bytes,
        }));
        const before = await page.evaluate(() => window.instruments.wasm());
        const { sent, got, length } = await stage.get(roundTrip, {
          flow: stage.id("echo"),
          as,
          size,
        });
        assert.equal(got, sent);
        assert.ok(length >= size);
        const { bytes } = sandbox.runs.at(-1);
        if (as === "json") assert.ok(bytes.length > size);
        else assert.equal(sha256(bytes), sent);
        assert.equal(sandbox.runs.length, 2);
        assert.deepEqual(await page.evaluate(() => window.instruments.wasm()), before);
      },
    );
  }
});
