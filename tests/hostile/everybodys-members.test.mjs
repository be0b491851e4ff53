/** Members that a script gave to every object, by `Object.prototype`: none of them is anybody's option, answer or setting. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { e2e, patient, sandbox, stage } from "./stage.mjs";

stage();

const evilUrl = "https://evil.example/workflows/1/triggers/manual/paths/invoke?api-version=1";
const cloud = {
  audience: "https://evil.example/",
  flowApi: "https://evil.example",
  triggerHosts: ["evil.example", "*.evil.example"],
};

/** What a merge of data can bring in, by what would believe it. */
const data = {
  "a client's options": {
    ...{ cloud, environmentId: "Default-6a1f0c52-3d1e-4b8a-9c07-2f64d3b81e95" },
    ...{ tenantId: "6a1f0c52-3d1e-4b8a-9c07-2f64d3b81e95", loginHint: "eve@contoso.example" },
    ...{ account: { homeAccountId: "evil" }, interaction: "popup", discovery: "environmentApi" },
    ...{ timeoutMs: 1, maxAttempts: 1, sas: "allow", cache: "page", userTiming: 7, onEvent: 7 },
    ...{ triggerHosts: ["evil.example"], flowApi: "https://evil.example", audience: "evil" },
  },
  "a call's options": {
    ...{ method: "DELETE", path: ["evil"], query: { evil: 1 }, headers: { "x-evil": "1" } },
    ...{ responseType: "text", timeoutMs: 1, signal: {}, idempotent: true, follow: false },
    ...{ onBehalfOf: { scopes: ["api://evil/x"], property: "evil" }, acceptStatus: 7, schema: 7 },
    ...{ scopes: ["evil"], header: "x-evil", property: "evil", refresh: true },
  },
  "a target": { url: evilUrl, environmentVariable: "ef_AnyoneUrl", trigger: "evil" },
  "an answer": {
    ...{ response: { value: evilUrl }, value: evilUrl, $content: evilUrl, basePath: evilUrl },
    ...{ queries: { sig: "evil" }, error: { code: "WorkflowNotFound" }, code: "WorkflowNotFound" },
    ...{ message: "evil", errorCode: 1, Detail: { EnvironmentId: "evil" }, entities: [{}] },
    ...{ resourceid: "evil", statecode: 0, category: 1, clientdata: "{}", accessToken: "evil" },
    ...{ status: 404, ok: false, body: 7, type: "opaque", length: 7, aborted: true, reason: 7 },
  },
  "fetch's settings": {
    ...{ mode: "no-cors", credentials: "include", redirect: "follow", cache: "force-cache" },
    ...{ integrity: "sha256-evil", referrer: "https://evil.example/", keepalive: true, window: 7 },
    ...{ referrerPolicy: "unsafe-url", duplex: "evil", priority: "evil", body: "evil" },
    ...{ authorization: "evil", "content-type": "evil", "x-evil": "1", detail: 7, start: -1 },
  },
  "a member's description": { get: 7, set: 7, writable: false, configurable: false },
  "what is no function": { then: 7, toJSON: 7, valueOf: 7, hasOwnProperty: 7, cloud },
};

/** In the page: a cold and a warm call while every object has these members. */
async function callsWith(members) {
  const { client, flow } = window.hostile;
  const settle = async (work) => {
    try {
      const { status, data, accepted } = await work();
      return { status, youSent: data.youSent, accepted };
    } catch (error) {
      return { failed: `${error.code} at ${error.stage}: ${error.message}` };
    }
  };
  const names = Object.keys(members);
  const before = names.map((name) => Object.getOwnPropertyDescriptor(Object.prototype, name));
  for (const name of names) Object.prototype[name] = members[name];
  try {
    let made;
    const cold = await settle(async () => {
      made = await client();
      return made.flow(flow).invoke({ order: 7 });
    });
    const warm = await settle(() => made.flow(flow).invoke({ order: 8 }, {}));
    return { cold, warm };
  } finally {
    for (const [index, name] of names.entries()) {
      delete Object.prototype[name];
      if (before[index]) Object.defineProperty(Object.prototype, name, before[index]);
    }
  }
}

/** What was sent, without what differs from one call to the next. */
const sent = () =>
  e2e.sent("flowApi", "trigger").map(({ kind, method, path, query, headers, body }) => {
    const { authorization, "content-length": _, ...others } = headers;
    return { kind, method, path, query, bearer: Boolean(authorization), headers: others, body };
  });

const good = {
  cold: { status: 200, youSent: { order: 7 }, accepted: false },
  warm: { status: 200, youSent: { order: 8 }, accepted: false },
};
let clean;

for (const [what, members] of Object.entries(data)) {
  test(`${what}: a call is what it was`, patient, async () => {
    if (!clean) {
      assert.deepEqual(await e2e.get(callsWith, {}), good);
      clean = sent();
      assert.equal(clean.length, 3);
    }
    // All at once, while the module loads; then each alone, since one may hide what another does.
    const alone = Object.entries(members).map(([name, value]) => ({ [name]: value }));
    for (const some of [members, ...alone]) {
      sandbox.reset();
      const names = Object.keys(some).join(", ");
      assert.deepEqual(await e2e.get(callsWith, some), good, names);
      assert.deepEqual(sent(), clean, names);
      assert.equal(sandbox.runs.length, 2, names);
    }
  });
}

test(
  "an ambiguous failure is not tried again because every object is `idempotent`",
  patient,
  async () => {
    sandbox.fault({ kind: "trigger", times: 3, effect: { status: 503, afterWork: true } });
    const { error } = await e2e.run(async () => {
      const client = await window.hostile.client();
      Object.prototype.idempotent = true;
      try {
        await client.flow(window.hostile.flow).invoke({});
      } finally {
        delete Object.prototype.idempotent;
      }
    });
    assert.deepEqual([error.code, error.mayHaveRun], ["flow_failed", true]);
    assert.equal(sandbox.runs.length, 1);
  },
);

test("setters neither see a token nor keep anything from its place", patient, async () => {
  const names = [
    ...Object.values(data).flatMap((members) => Object.keys(members)),
    ...["authorization", "content-type", "Authorization", "forceRefresh", "claims", "cause"],
    ...["stage", "hint", "mayHaveRun", "retryable", "serviceCode", "serviceMessage", "failures"],
    ...["data", "issues", "correlationId", "runId", "trackingId", "attempts", "durationMs"],
    ...["checks", "outcome", "name", "document", "landed", "land", "accepted"],
  ].filter((name) => !["get", "set", "valueOf", "hasOwnProperty", "then", "toJSON"].includes(name));
  const found = await e2e.get(async (all) => {
    const { client, flow } = window.hostile;
    // Texts: an array's items would go through the setters, too.
    let seen = "";
    const own = (one, name) => Object.getOwnPropertyDescriptor(one, name)?.value;
    for (const name of all) {
      Object.defineProperty(Object.prototype, name, {
        __proto__: null,
        configurable: true,
        get: () => undefined,
        set(value) {
          seen += `${name} ${typeof value === "string" ? value : typeof value} `;
        },
      });
    }
    let answer;
    let failure;
    let told = "";
    try {
      const onEvent = (event) => {
        told += `${typeof own(event, "durationMs")} `;
      };
      const one = await client({ onEvent });
      answer = await one.flow(flow).invoke({ order: 7 });
      failure = await one
        .flow("8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d")
        .invoke({}, { query: 7 })
        .catch((e) => e);
    } finally {
      for (const name of all) delete Object.prototype[name];
    }
    const fields = ["code", "stage", "hint", "mayHaveRun", "retryable"];
    return {
      seen,
      status: own(answer, "status"),
      youSent: own(answer, "data").youSent,
      fields: fields.map((name) => typeof own(failure, name)),
      told,
    };
  }, names);
  e2e.secrets.write("setter", found.seen);
  assert.deepEqual([found.status, found.youSent], [200, { order: 7 }]);
  assert.deepEqual(found.fields, ["string", "string", "string", "boolean", "boolean"]);
  assert.match(found.told, /^(?:number ){4,}$/);
  assert.equal(e2e.sent("trigger")[0].bearer?.claims.upn, sandbox.world.users.ada.upn);
});

test(
  "a `then` that every object has hears of nothing secret and delays nothing",
  patient,
  async () => {
    const found = await e2e.get(async () => {
      const heard = [];
      const client = await window.hostile.client();
      Object.defineProperty(Object.prototype, "then", {
        configurable: true,
        get() {
          // What a promise of the page's resolves with, and no more: a script could as well replace Promise.
          heard.push(Object.keys(this));
          return undefined;
        },
      });
      try {
        const { status } = await client.flow(window.hostile.flow).invoke({ order: 7 });
        return { status, heard: JSON.stringify(heard) };
      } finally {
        delete Object.prototype.then;
      }
    });
    assert.equal(found.status, 200);
    e2e.secrets.write("then", found.heard);
  },
);

test(
  "a `toJSON` of every array, as old libraries bring it, changes the body as in any call, and no setting",
  patient,
  async () => {
    const found = await e2e.get(async () => {
      Array.prototype.toJSON = () => ["*.evil.example"];
      try {
        const cloud = {
          audience: "https://service.flow.microsoft.com/",
          flowApi: "https://api.flow.microsoft.com",
          triggerHosts: ["*.environment.api.powerplatform.com"],
        };
        const client = await window.hostile.client({ cloud });
        const url = "https://flows.evil.example/workflows/1";
        const refused = await client
          .flow({ url })
          .invoke({})
          .catch((error) => error.code);
        const { status } = await client.flow(window.hostile.flow).invoke({}, { path: [] });
        return { refused, status };
      } finally {
        delete Array.prototype.toJSON;
      }
    });
    assert.deepEqual(found, { refused: "untrusted_url", status: 200 });
  },
);
