/**
 * A trial: a client in a good world meets trouble once; then everything is good again, and the same client
 * and a new one must answer as if nothing had been.
 *
 * Trouble is an object that replaces parts of `good` below for one call. It is written as source text in the
 * tests, next to what is expected of it; the names of `words` mean something there.
 */
const flowId = "9b2e4c70-6d1f-ee11-8179-000d3a2b0001";
const triggerUrl =
  "https://7f3a91c85d2e4b60a8f1c3d5e7b9.0c.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/7f3a91c85d2e4b60a8f1c3d5e7b90001/triggers/manual/paths/invoke?api-version=1";
const token = "good.access.token";
const row = { resourceid: flowId, statecode: 1, category: 5 };
const account = { homeAccountId: "a.b", tenantId: "t1", username: "ada@contoso.example" };

const good = {
  auth: { getToken: async () => token },
  webApi: {
    retrieveRecord: async () => row,
    retrieveMultipleRecords: async () => ({ entities: [] }),
  },
  discovery: async () => Response.json({ response: { value: triggerUrl } }),
  invoke: async () => Response.json({ answer: 42 }),
  org: async () => Response.json({}, { status: 404 }),
  /** Whether the user has just clicked. */
  userActivation: { isActive: false },
  settings: {
    environmentId: "e3b7c912-4f06-4a5d-8d21-7b90ac4e15f8",
    cloud: "public",
    maxAttempts: 1,
    timeoutMs: 3000,
  },
  target: flowId,
  body: { order: 1 },
  options: undefined,
  create: (Client, options) => Client.create(options),
  call: (client, { target, body, options }) => client.invoke(target, body, options),
};

const msal = {
  getAllAccounts: () => [account],
  acquireTokenSilent: async () => ({ accessToken: token }),
  ssoSilent: async () => ({ accessToken: token }),
  acquireTokenPopup: async () => ({ accessToken: token }),
};

/** Throws whatever is done to it, its own `typeof` excepted. */
const nasty = (target) => new Proxy(target, new Proxy({}, { get: thrower("a trap") }));

/** An object all of whose members, known ones and others, throw when they are read. */
const unreadable = (target = {}) =>
  new Proxy(target, { get: (_, key) => (key === "then" ? undefined : thrower("a getter")()) });

const forever = () => new Promise(() => {});
/** A call that has so long, and tells how it ended. */
const endOf = (client, timeoutMs, ends) =>
  client.invoke(flowId, {}, { timeoutMs }).catch(({ code }) => ends.push([timeoutMs, code]));
const wait = (ms) => new Promise((resolve) => realSetTimeout(resolve, ms));
const realSetTimeout = window.setTimeout.bind(window);

/** A body that breaks off after its first bytes. */
const breakingOff = (why = new Error("the line went dead")) =>
  new ReadableStream({
    pull(controller) {
      if (this.begun) controller.error(why);
      else controller.enqueue(new TextEncoder().encode('{"answer":'));
      this.begun = true;
    },
  });

/** What looks like a Response and is none. */
const fakeResponse = (members) => ({
  [Symbol.toStringTag]: "Response",
  status: 200,
  headers: new Headers({ "content-type": "application/json" }),
  body: {},
  text: async () => '{"answer":42}',
  clone() {
    return this;
  },
  ...members,
});

function thrower(what) {
  return () => {
    throw new Error(what);
  };
}

/** The window of another frame, whose classes are not this one's. */
function otherFrame() {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  return frame.contentWindow;
}
const elsewhere = otherFrame();

const words = {
  flowId,
  triggerUrl,
  row,
  account,
  good,
  msal,
  nasty,
  unreadable,
  forever,
  endOf,
  wait,
  put,
  breakingOff,
  fakeResponse,
  thrower,
  elsewhere,
};

/** Holds one trial; `body` is the source of a function's body that returns the trouble. */
export async function trial(Client, body) {
  const trouble = new Function(...Object.keys(words), body)(...Object.values(words));
  const calm = { ...good, ...trouble.calm };
  const world = { ...calm };
  const requests = [];
  const undo = [
    put(window, "fetch", async (url, init) => {
      if (url.includes("/api/data/") || init.mode === "no-cors") return world.org(url, init);
      const request = new Request(url, init);
      requests.push(request);
      return request.url.includes("listCallbackUrl")
        ? world.discovery(request)
        : world.invoke(request);
    }),
  ];
  // Playwright counts as a user who clicks all the time.
  undo.push(
    put(navigator, "userActivation", {
      get isActive() {
        return world.userActivation.isActive;
      },
    }),
  );
  if (trouble.hurry) {
    undo.push(
      put(window, "setTimeout", (work, ms, ...passed) =>
        realSetTimeout(work, Math.ceil(ms / trouble.hurry), ...passed),
      ),
    );
  }
  undo.push(trouble.end ?? (() => {}));
  const loose = looseEnds();
  try {
    const told = await toldOf(async () => {
      if (trouble.create) Object.assign(world, trouble);
      const client = await created(Client, calm, world, trouble);
      Object.assign(world, trouble);
      return { client, work: world.call(client, world) };
    });
    told.seen = JSON.stringify(await trouble.see?.({ ...told, requests }));
    undo.pop()();
    Object.assign(world, calm);
    if (told.client) await mustAnswer(told.client, world, "the same client");
    const another = await created(Client, calm, world, {});
    await mustAnswer(another, world, "a new client");
    await loose.mustBeNone();
    return told;
  } finally {
    for (const back of undo.reverse()) back();
    loose.stop();
  }
}

/** What became of a call, in words: `200 {"a":1}`, `network at invoke, may have run`. */
async function toldOf(start) {
  let client;
  try {
    const started = await start();
    client = started.client;
    if (!(started.work instanceof Promise)) return { what: "answered with no promise", client };
    const answer = await inTime(started.work);
    return { what: wordsOf(answer), message: "", answer, client };
  } catch (error) {
    mustBeReport(error);
    const ran = error.mayHaveRun ? ", may have run" : "";
    return { what: `${error.code} at ${error.stage}${ran}`, message: error.message, error, client };
  }
}

function wordsOf(answer) {
  if (typeof answer !== "object" || answer === null) return String(answer);
  const data = answer.data === undefined ? "nothing" : JSON.stringify(answer.data);
  return `${answer.status} ${data}`;
}

/** A client whose host objects are at any time those of the world. */
function created(Client, calm, world, trouble) {
  const options = {
    auth: standIn(world, "auth"),
    webApi: standIn(world, "webApi"),
    ...calm.settings,
    ...trouble.settings,
  };
  return inTime((trouble.create ?? good.create)(Client, options, world));
}

/** Always the world's present object; no member of it is called with another `this`. */
function standIn(world, role) {
  return new Proxy(
    {},
    {
      get(_, key) {
        const owner = world[role];
        const value = Reflect.get(owner, key);
        return typeof value === "function" ? (...args) => Reflect.apply(value, owner, args) : value;
      },
    },
  );
}

async function mustAnswer(client, world, whose) {
  // Long enough for what trouble left hanging to be given up; see `hurry`.
  const calmly = { ...world, call: good.call, options: { timeoutMs: 100_000 } };
  const answer = await inTime(good.call(client, calmly)).catch((error) => {
    throw new Error(`afterwards, ${whose}: ${error.code ?? error} ${error.message ?? ""}`);
  });
  if (answer.data?.answer !== 42) throw new Error(`afterwards, ${whose} answers wrongly`);
}

/** The report that the TypeScript layer makes a FlowError of. */
function mustBeReport(error) {
  const types = {
    code: "string",
    stage: "string",
    message: "string",
    hint: "string",
    mayHaveRun: "boolean",
    retryable: "boolean",
  };
  for (const [name, type] of Object.entries(types)) {
    if (typeof error?.[name] !== type) {
      throw new Error(`no report of the module's: ${name} is missing in ${show(error)}`);
    }
  }
  const { headers, data, cause, ...plain } = error;
  if (JSON.stringify(plain).includes(token)) throw new Error(`it tells the token: ${show(plain)}`);
}

function show(value) {
  try {
    return value instanceof Error ? value.stack : JSON.stringify(value);
  } catch {
    return "(can't be shown)";
  }
}

function inTime(work) {
  const late = wait(5000).then(() => {
    throw new Error("not settled after 5 s");
  });
  return Promise.race([work, late]);
}

/** Errors that nobody handled. */
function looseEnds() {
  const found = [];
  const note = (event) => {
    event.preventDefault();
    found.push(event.message ?? `unhandled rejection: ${show(event.reason)}`);
  };
  window.addEventListener("error", note);
  window.addEventListener("unhandledrejection", note);
  return {
    async mustBeNone() {
      await wait(0);
      if (found.length > 0) throw new Error(`left unhandled: ${found.join(", ")}`);
    },
    stop() {
      window.removeEventListener("error", note);
      window.removeEventListener("unhandledrejection", note);
    },
  };
}

function put(owner, name, value) {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(owner, name, before);
    else delete owner[name];
  };
}
