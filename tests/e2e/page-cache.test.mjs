/** Copies of the library in one window: what they share, and what becomes of one that goes away. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { openPage, patient } from "./page.mjs";

const library = readFileSync(new URL("../../dist/entra-flow.global.js", import.meta.url), "utf8");

let e2e;
before(async () => {
  e2e = await openPage();
  const { host } = e2e.sandbox.world.orgs.contoso;
  e2e.sandbox.page(host, "/e2e/other-module.js", { body: repacked(library, addSection) });
  e2e.sandbox.page(host, "/e2e/other-layout.js", {
    body: repacked(library, renumber).replaceAll("entra-flow/page/1", "entra-flow/page/2"),
  });
  e2e.sandbox.page(host, "/e2e/frame.html", {
    body: `<!doctype html><title>A web resource</title><script src="/e2e/entra-flow.global.js"></script>`,
  });
}, patient);
beforeEach(async () => {
  await e2e.as("ada");
  await openWithCopies();
}, patient);
after(() => e2e?.close());

/** The library with its module changed. */
function repacked(text, change) {
  const packed = text.match(/"([A-Za-z0-9+/=]{10000,})"/)[1];
  const module = change(inflateRawSync(Buffer.from(packed, "base64")));
  return text.replace(packed, deflateRawSync(module).toString("base64"));
}

/** Another build: the same module with a custom section more. */
function addSection(module) {
  return Buffer.concat([module, Buffer.from([0, 6, 5, ...Buffer.from("other")])]);
}

/** A version to come, with another layout of what is shared. */
function renumber(module) {
  const at = module.indexOf("entra-flow/page/1");
  assert.ok(at > 0, "the module does not name the registry");
  module.write("entra-flow/page/2", at);
  return module;
}

/** A new page, with what tests need to have several copies in it. */
async function openWithCopies() {
  await e2e.open();
  await e2e.page.waitForFunction(() => window.e2e);
  await e2e.page.evaluate(() => {
    const { compileStreaming } = WebAssembly;
    window.compiled = 0;
    WebAssembly.compileStreaming = (...given) => {
      window.compiled += 1;
      return compileStreaming.apply(WebAssembly, given);
    };
    /** Another copy of the library, as another bundle brings it. */
    window.copy = async (file = "entra-flow.global.js") => {
      const text = await (await fetch(`/e2e/${file}`)).text();
      const own = window.EntraFlow;
      new Function(text)();
      const copy = window.EntraFlow;
      window.EntraFlow = own;
      return copy;
    };
    window.clientOf = async ({ FlowClient }, options) =>
      FlowClient.fromXrm(await window.e2e.msal(), { interaction: "none", ...options });
    window.openFrame = () =>
      new Promise((opened) => {
        const frame = document.createElement("iframe");
        frame.src = "/e2e/frame.html";
        frame.onload = () => opened(frame);
        document.body.append(frame);
      });
  });
  e2e.sandbox.reset();
}

test("what one copy found, another knows, and each has a module of its own", patient, async () => {
  const found = await e2e.get(async (id) => {
    const copies = [window.EntraFlow, await window.copy()];
    for (const copy of copies) await (await window.clientOf(copy)).flow(id).invoke();
    return { compiled: window.compiled, same: copies[0].FlowClient === copies[1].FlowClient };
  }, e2e.id("echo"));
  assert.deepEqual(found, { compiled: 2, same: false });
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 2 });
  e2e.assertTrust();
});

test("copies that start at once make one discovery", patient, async () => {
  const compiled = await e2e.get(async (id) => {
    const copies = await Promise.all([1, 2, 3, 4].map(() => window.copy()));
    const call = async (copy) => (await window.clientOf(copy)).flow(id).invoke();
    await Promise.all(copies.map(call));
    return window.compiled;
  }, e2e.id("echo"));
  assert.equal(compiled, 4);
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 4 });
});

test("what a variable said is read once a page", patient, async () => {
  await e2e.get(async () => {
    const copies = await Promise.all([1, 2, 3].map(() => window.copy()));
    const call = async (copy) =>
      (await window.clientOf(copy)).flow({ environmentVariable: "ef_EchoUrl" }).invoke();
    await Promise.all(copies.map(call));
    await call(await window.copy());
  });
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 0, trigger: 4 });
});

test("a web resource in a frame shares with the form that it is on", patient, async () => {
  await e2e.get(async (id) => {
    const frame = await window.openFrame();
    await (await window.clientOf(frame.contentWindow.EntraFlow)).flow(id).invoke();
    await (await window.clientOf(window.EntraFlow)).flow(id).invoke();
    // What it found outlives it.
    frame.remove();
    await (await window.clientOf(await window.copy())).flow(id).invoke();
  }, e2e.id("echo"));
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 3 });
});

test(
  "a frame that was closed or left while it asked does not hang the others",
  patient,
  async () => {
    for (const end of ["remove", "leave"]) {
      await openWithCopies();
      e2e.sandbox.fault({ kind: "flowApi", effect: { delayMs: 8000 } });
      const { value, ms } = await e2e.run(
        async ([id, how]) => {
          const frame = await window.openFrame();
          const theirs = await window.clientOf(frame.contentWindow.EntraFlow);
          theirs
            .flow(id)
            .callbackUrl()
            .catch(() => undefined);
          const own = (await window.clientOf(window.EntraFlow)).flow(id).invoke({ call: how });
          await new Promise((passed) => setTimeout(passed, 300));
          if (how === "remove") frame.remove();
          else frame.contentWindow.location.replace("about:blank");
          return (await own).durationMs;
        },
        [e2e.id("echo"), end],
      );
      assert.ok(value > 250, `${end}: it did not wait for the other copy (${value} ms)`);
      assert.ok(ms < 5000, `${end}: ${ms} ms`);
      assert.deepEqual(e2e.counts(), { dataverse: 2, flowApi: 2, trigger: 1 });
    }
  },
);

test("it survives a form navigation, and not the page", patient, async () => {
  const call = (id) =>
    window.copy().then(async (copy) => (await window.clientOf(copy)).flow(id).invoke());
  await e2e.get(call, e2e.id("echo"));
  await e2e.page.evaluate(() => history.pushState({}, "", "/e2e/page.html?form=next"));
  await e2e.get(call, e2e.id("echo"));
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 2 });
  const stored = await e2e.page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
  );
  assert.ok(!stored.includes("/triggers/"), "a trigger URL is in a storage");
  assert.ok(!stored.includes("entra-flow"), "something of ours is in a storage");
  await openWithCopies();
  await e2e.get(call, e2e.id("echo"));
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 1 });
});

test("two versions live side by side", patient, async () => {
  const compiled = await e2e.get(async (id) => {
    for (const file of ["entra-flow.global.js", "other-module.js", "other-layout.js"]) {
      const copy = await window.copy(file);
      await (await window.clientOf(copy)).flow(id).invoke();
    }
    return window.compiled;
  }, e2e.id("echo"));
  assert.equal(compiled, 3);
  // Another build shares the URL; another layout of the registry has its own.
  assert.deepEqual(e2e.counts(), { dataverse: 2, flowApi: 2, trigger: 3 });
});

test("another user of the host shares nothing", patient, async () => {
  await e2e.get(async (id) => {
    await (await window.clientOf(window.EntraFlow)).flow(id).callbackUrl();
    const bob = await window.clientOf(window.EntraFlow, { loginHint: "somebody@contoso.example" });
    await bob
      .flow(id)
      .callbackUrl()
      .catch(() => undefined);
  }, e2e.id("echo"));
  assert.equal(e2e.counts().dataverse, 2);
});

test("what one API gave out is not taken by who asks the other", patient, async () => {
  await e2e.get(async (id) => {
    for (const discovery of ["flowApi", "environmentApi", "flowApi", "environmentApi"]) {
      await (await window.clientOf(window.EntraFlow, { discovery })).flow(id).callbackUrl();
    }
  }, e2e.id("echo"));
  const hosts = e2e.sent("flowApi").map(({ host }) => host);
  const { environmentHost } = e2e.sandbox.world.orgs.contoso;
  assert.deepEqual(hosts, ["api.flow.microsoft.com", environmentHost]);
});

test("clearCache of one copy clears the page", patient, async () => {
  await e2e.get(async (id) => {
    const [first, second] = [window.EntraFlow, await window.copy()];
    const clients = [await window.clientOf(first), await window.clientOf(second)];
    await clients[0].flow(id).callbackUrl();
    clients[1].clearCache();
    await clients[0].flow(id).callbackUrl();
  }, e2e.id("echo"));
  assert.deepEqual(e2e.counts(), { dataverse: 2, flowApi: 2, trigger: 0 });
});

test("the caches client and none share nothing", patient, async () => {
  await e2e.get(async (id) => {
    for (const cache of ["client", "none"]) {
      const client = await window.clientOf(window.EntraFlow, { cache });
      await client.flow(id).callbackUrl();
      await client.flow(id).callbackUrl();
    }
  }, e2e.id("echo"));
  assert.deepEqual(e2e.counts(), { dataverse: 3, flowApi: 3, trigger: 0 });
  await e2e.fail({ code: "invalid_argument", stage: "options" }, () =>
    window.clientOf(window.EntraFlow, { cache: "forever" }),
  );
});

test("a SAS URL is not on the page", patient, async () => {
  const kept = await e2e.get(async (id) => {
    const client = await window.clientOf(window.EntraFlow, { sas: "allow" });
    await client.flow(id).invoke({});
    await client.flow(id).invoke({});
    return [...window["entra-flow/page/1"].urls.values()];
  }, e2e.id("anyone"));
  assert.deepEqual(kept, []);
  assert.deepEqual(e2e.counts(), { dataverse: 1, flowApi: 1, trigger: 2 });
});

test(
  "what another script wrote is checked, and a broken registry is no harm",
  patient,
  async () => {
    await e2e.get(async (id) => {
      const registry = window["entra-flow/page/1"];
      const call = async () => (await window.clientOf(await window.copy())).flow(id).invoke();
      await call();
      const { urls, flights } = window["entra-flow/page/1"];
      const [key, good] = [...urls][0];
      const trap = new Proxy(
        {},
        {
          get: () => {
            throw new Error("a trap");
          },
        },
      );
      for (const url of ["https://evil.example/", "http://x.logic.azure.com/", 7, null, trap]) {
        urls.set(key, url);
        await call();
        if (urls.get(key) !== good) throw new Error(`${String(url?.name ?? url)} stayed`);
      }
      for (const flight of [
        7,
        trap,
        { document, landed: Promise.resolve("https://evil.example/") },
      ]) {
        urls.clear();
        flights.set(key, flight);
        await call();
      }
      Object.assign(window["entra-flow/page/1"], {
        urls: 7,
        flights: trap,
        epoch: {},
      });
      await call();
      return registry;
    }, e2e.id("echo"));
    e2e.assertTrust();
  },
);

test("the registry is one name on the window that no loop shows", patient, async () => {
  const names = await e2e.get(async () => {
    await window.clientOf(window.EntraFlow);
    return { shown: Object.keys(window), own: Object.getOwnPropertyNames(window) };
  });
  assert.ok(!names.shown.some((name) => name.includes("entra-flow")));
  assert.deepEqual(
    names.own.filter((name) => name.includes("entra-flow")),
    ["entra-flow/page/1"],
  );
});
