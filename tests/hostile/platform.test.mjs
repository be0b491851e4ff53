/** A script that replaced what the platform gives: `fetch`, promises, array methods. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { e2e, patient, sandbox, stage } from "./stage.mjs";

stage();

/** In the page: a warm call while `fetch` is what the text says, with the true one in `real`. */
const callWith = (source, options = {}) =>
  e2e.run(
    async ([text, given]) => {
      const { client, flow } = window.hostile;
      const made = await client({ maxAttempts: 2, timeoutMs: 2000, ...given });
      await made.flow(flow).callbackUrl();
      const real = window.fetch;
      window.fetch = new Function("real", `return ${text}`)(real);
      try {
        const { status, data } = await made.flow(flow).invoke({ order: 7 });
        return { status, youSent: data?.youSent };
      } finally {
        window.fetch = real;
        // The same client works once the page does.
        await made.flow(flow).invoke({ after: true });
      }
    },
    [source, options],
  );
const good = { status: 200, youSent: { order: 7 } };

/** As monitoring libraries do it. */
const monitoring = {
  "counts and passes on":
    "(...all) => { window.calls = (window.calls ?? 0) + 1; return real(...all); }",
  "takes the request apart and makes another":
    "(...all) => { const made = new Request(...all); return real(made, { headers: new Headers(made.headers) }); }",
  "waits before and after":
    "async (...all) => { await null; const a = await real(...all); await null; return a; }",
  "reads a copy of the answer":
    "async (...all) => { const a = await real(...all); await a.clone().text(); return a; }",
  "is a proxy":
    "new Proxy(real, { apply: (target, _self, all) => Reflect.apply(target, window, all) })",
};
for (const [name, source] of Object.entries(monitoring)) {
  test(`a fetch that ${name} works`, patient, async () => {
    const { value, error } = await callWith(source);
    assert.equal(error, undefined, JSON.stringify(error));
    assert.deepEqual(value, good);
  });
}

/** With what a user sees; a flow that may have run is never said not to have. */
const lying = {
  "throws at once": ["() => { throw new Error('no'); }", "network"],
  "throws nothing that is an error": ["() => { throw undefined; }", "network"],
  "rejects with a string": ["() => Promise.reject('no')", "network"],
  "never settles": ["() => new Promise(() => undefined)", "timeout"],
  "gives undefined": ["() => undefined", "network"],
  "gives an object": ["() => ({ status: 200, ok: true, json: () => ({}) })", "network"],
  "gives an opaque answer": ["() => Response.error()", "network"],
  "gives a proxy that throws": [
    "() => new Proxy({}, { get: (_, key) => { if (key === 'then') return undefined; throw new Error(key.toString()); } })",
    "network",
  ],
  "says that the flow is gone, as the service would": [
    "() => Response.json({ error: { code: 'WorkflowNotFound', message: 'no' } }, { status: 404 })",
    // Asked again for the URL, it lies once more.
    "discovery_failed",
  ],
  "says that it ran, and lies": ["() => Response.json({ youSent: 'lie' })", undefined],
  "answers from elsewhere": ["() => real('https://evil.example/', { mode: 'no-cors' })", "network"],
};
for (const [name, [source, code]] of Object.entries(lying)) {
  test(`a fetch that ${name}: ${code ?? "its answer"}`, patient, async () => {
    const { value, error } = await callWith(source);
    assert.equal(error?.code, code, JSON.stringify(error ?? value));
    if (code && code !== "discovery_failed") assert.equal(error.mayHaveRun, true);
    // A script that has replaced fetch may well send what it likes itself; the library did not.
    const strangers = e2e.sent("unknown");
    for (const { headers } of strangers) assert.equal(headers.authorization, undefined);
    assert.equal(sandbox.runs.length, 1, "the call afterwards");
    if (strangers.length > 0) sandbox.reset();
  });
}

test(
  "a fetch that sends the caller elsewhere can't be asked where it went: its Response is refused unless it is one",
  patient,
  async () => {
    const { error } = await callWith("() => Object.create(Response.prototype)");
    assert.deepEqual([error.code, error.mayHaveRun], ["network", true]);
  },
);

for (const source of ["undefined", "() => undefined", "class { constructor() { throw 7; } }"]) {
  test(`a large body where Blob is ${source}`, patient, async () => {
    const { value, error } = await e2e.run(async (text) => {
      const { client, flow } = window.hostile;
      const made = await client();
      const real = window.Blob;
      window.Blob = new Function(`return ${text}`)();
      try {
        const { data } = await made.flow(flow).invoke({ order: "7".repeat(100_000) });
        return data.youSent.order.length;
      } finally {
        window.Blob = real;
      }
    }, source);
    assert.equal(error, undefined, JSON.stringify(error));
    assert.equal(value, 100_000);
  });
}

test("promises whose `then` is wrapped, as zone.js does it", patient, async () => {
  const { value, error } = await e2e.run(async () => {
    const { client, flow } = window.hostile;
    const { then } = Promise.prototype;
    let calls = 0;
    Promise.prototype.then = function (...all) {
      calls += 1;
      return then.apply(
        this,
        all.map((one) => one && ((...given) => one(...given))),
      );
    };
    try {
      const { status, data } = await (await client()).flow(flow).invoke({ order: 7 });
      return { status, youSent: data.youSent, calls: calls > 0 };
    } finally {
      Promise.prototype.then = then;
    }
  });
  assert.equal(error, undefined, JSON.stringify(error));
  assert.deepEqual(value, { ...good, calls: true });
});

test("array methods that throw, and a setter for every array's items", patient, async () => {
  const { value, error } = await e2e.run(async () => {
    const { client, flow } = window.hostile;
    const made = await client();
    const names = [
      "push",
      "map",
      "filter",
      "forEach",
      "slice",
      "concat",
      "join",
      "includes",
      "find",
    ];
    const real = names.map((name) => Array.prototype[name]);
    const seen = [];
    for (const name of names) {
      Array.prototype[name] = () => {
        throw new Error(`no ${name}`);
      };
    }
    for (const index of ["0", "1", "2", "3"]) {
      Object.defineProperty(Array.prototype, index, {
        configurable: true,
        get: () => undefined,
        set(given) {
          seen[seen.length] = given;
        },
      });
    }
    try {
      const { status, data } = await made.flow(flow).invoke({ order: 7 });
      return { status, youSent: data.youSent };
    } finally {
      for (const index of ["0", "1", "2", "3"]) delete Array.prototype[index];
      Array.prototype.length = 0;
      for (const [index, name] of names.entries()) Array.prototype[name] = real[index];
    }
  });
  assert.equal(error, undefined, JSON.stringify(error));
  assert.deepEqual(value, good);
});

test(
  "JSON, Reflect and Object that throw end the call with a code, and the next one works",
  patient,
  async () => {
    for (const [owner, name] of [
      ["JSON", "stringify"],
      ["JSON", "parse"],
      ["Reflect", "get"],
      ["Reflect", "apply"],
      ["Object", "entries"],
    ]) {
      const outcome = await e2e.get(
        async ([of, method]) => {
          const { client, flow } = window.hostile;
          const made = await client({ timeoutMs: 2000 });
          const real = window[of][method];
          window[of][method] = () => {
            throw new Error("no");
          };
          let code;
          try {
            code = (await made.flow(flow).invoke({ order: 7 })).status;
          } catch (error) {
            code = error.code;
          } finally {
            window[of][method] = real;
          }
          const { status } = await made.flow(flow).invoke({ after: true });
          return { code, status };
        },
        [owner, name],
      );
      assert.equal(outcome.status, 200, `${owner}.${name}`);
      assert.ok(outcome.code !== undefined, `${owner}.${name}: ${JSON.stringify(outcome)}`);
    }
  },
);

test(
  "the longest timeoutMs is no time-out at once, whatever the clock's fractions are",
  patient,
  async () => {
    const { value, error } = await e2e.run(async () => {
      const now = performance.now.bind(performance);
      const created = { id: "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e601" };
      const webApi = {
        ...window.hostile.parts.webApi,
        createRecord: () => new Promise((done) => setTimeout(() => done(created), 50)),
      };
      const made = await window.hostile.client({ webApi, timeoutMs: 2147483647 });
      const operation = made.operation({
        table: "ef_flowoperation",
        input: "ef_input",
        status: "ef_status",
        result: "ef_result",
        states: { completed: 1, failed: 2 },
      });
      const ids = [];
      for (const fraction of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
        performance.now = () => Math.floor(now()) + fraction;
        ids.push(await operation.start({ order: 7 }));
      }
      return ids.length;
    });
    assert.equal(error, undefined, JSON.stringify(error));
    assert.equal(value, 10);
  },
);

/** In the page: its first client and call, where `window.scheduler` is what the text says. */
const startWith = (source) =>
  e2e.run(async (text) => {
    Object.defineProperty(window, "scheduler", {
      value: new Function(`return ${text}`)(),
      configurable: true,
    });
    const { client, flow } = window.hostile;
    const { status } = await (await client()).flow(flow).invoke({ order: 7 });
    return status;
  }, source);

const schedulers = {
  "is not there": "undefined",
  "cannot yield": "({ postTask: () => undefined })",
  "has another yield": "({ yield: 7 })",
  throws: "({ yield: () => { throw new Error('no'); } })",
  rejects: "({ yield: () => Promise.reject(new Error('no')) })",
  "never yields": "({ yield: () => new Promise(() => undefined) })",
  "has no tasks": "({ yield: () => undefined, postTask: 7 })",
  "gives a task no turn":
    "({ yield: () => undefined, postTask: () => new Promise(() => undefined) })",
  "refuses tasks": "({ yield: () => undefined, postTask: () => Promise.reject(new Error('no')) })",
};
for (const [name, source] of Object.entries(schedulers)) {
  test(`a page whose scheduler ${name} has its client`, patient, async () => {
    const { value, error } = await startWith(source);
    assert.equal(error, undefined, JSON.stringify(error));
    assert.equal(value, 200);
  });
}

test(
  "a client that is made in a task of the page's has its way when the task is aborted",
  patient,
  async () => {
    const { value, error } = await e2e.run(async () => {
      const { client, flow } = window.hostile;
      const controller = new AbortController();
      let made;
      const start = () => {
        made = client();
      };
      // What yields in such a task is aborted with it.
      await scheduler.postTask(start, { signal: controller.signal });
      controller.abort();
      const { status } = await (await made).flow(flow).invoke({ order: 7 });
      return status;
    });
    assert.equal(error, undefined, JSON.stringify(error));
    assert.equal(value, 200);
  },
);
