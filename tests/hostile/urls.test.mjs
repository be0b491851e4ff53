/** URLs that must not get a token, from whatever names one; and answers that lead elsewhere. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { e2e, patient, sandbox, stage, triggerUrl } from "./stage.mjs";

stage();

/** URLs that look like the flow service's, or nearly. `host` and `path` are those of a true one. */
function strange() {
  const { host, pathname, search } = new URL(triggerUrl);
  const path = pathname + search;
  const domain = "environment.api.powerplatform.com";
  return [
    // what redirects, or names a true one as its goal
    `https://evil.example/?to=https://${host}${path}`,
    `https://evil.example/https://${host}${path}`,
    `https://evil.example//${host}${path}`,
    `https://make.powerautomate.com${path}`,
    `https://login.microsoftonline.com/common/oauth2/v2.0/authorize?redirect_uri=https://${host}${path}`,
    // user info
    `https://@${host}${path}`,
    `https://user:@${host}${path}`,
    `https://user@${host}${path}`,
    `https://user:password@${host}${path}`,
    `https://:@${host}${path}`,
    `https://${host}@evil.example${path}`,
    `https://${host}:443@evil.example${path}`,
    `https://${host}%40evil.example${path}`,
    // backslashes, blanks, escapes
    `https://evil.example\\@${host}${path}`,
    `https://evil.example\\.${domain}${path}`,
    `https:\\\\evil.example\\.${domain}${path}`,
    `https://${host}\\@evil.example${path}`,
    `https://evil.example\t.${domain}${path}`,
    `https://evil.example\n/.${domain}${path}`,
    `https://evil.example\r\n.${domain}${path}`,
    `https://${host}\t.evil.example${path}`,
    `https://${host}\n.evil.example${path}`,
    `https://${host}\r@evil.example${path}`,
    `https://${host.replace("api", "a\tpi")}${path}`,
    `https://${host.replace("api", "a\npi")}${path}`,
    `https://\t${host}${path}`,
    `https:\n//${host}${path}`,
    `ht\ttps://${host}${path}`,
    `\u0001https://${host}${path}`,
    `https://${host}${pathname}\t${search}`,
    `https://${host}${pathname}\t/..//evil.example${search}`,
    `https://${host} ${path}`,
    `https://evil.example%2f.${domain}${path}`,
    `https://evil.example%00.${domain}${path}`,
    `https://%65vil.example${path}`,
    // dots
    `https://${host}.${path}`,
    `https://${host}.:443${path}`,
    `https://${host}..${path}`,
    `https://.${domain}${path}`,
    `https://a..${domain}${path}`,
    `https://evil.example/.${domain}${path}`,
    `https://evil.example?.${domain}${path}`,
    `https://evil.example#.${domain}${path}`,
    // look-alikes
    `https://${host}.evil.example${path}`,
    `https://evil-${domain}${path}`,
    `https://a.0c.environment-api.powerplatform.com${path}`,
    `https://a.0c.environment.api.powerp1atform.com${path}`,
    `https://a.0c.environment.api.powerplatform.com.co${path}`,
    `https://prod-42.westeurope.logic.azure.com.evil.example${path}`,
    `https://prod-42.westeurope.logic-azure.com${path}`,
    // another cloud's
    `https://a.c.environment.api.gov.powerplatform.microsoft.us${path}`,
    `https://prod-42.westeurope.logic.azure.us${path}`,
    // IDN: Cyrillic, full width, an ideographic full stop, what is left out of names
    `https://a.0c.environment.api.p\u043ewerplatform.com${path}`,
    `https://a.0c.environment.api.xn--pwerplatform-6fg.com${path}`,
    `https://evil.example\u3002${domain}${path}`,
    `https://a.0c.environment.api.powerplatform\uff0ecom${path}`,
    `https://a.0c.environment.api.power\u00adplatform.com${path}`,
    `https://prod-42.westeurope.l\u043egic.azure.com${path}`,
    `https://prod-42.westeurope.xn--lgic-55d.azure.com${path}`,
    `https://prod-42.westeurope.logic.\u0430zure.com${path}`,
    `https://${host}\u2024evil.example${path}`,
    `https://\u24d4vil.example${path}`,
    `https://evil\u2044.${domain}${path}`,
    // addresses
    `https://10.1.2.3${path}`,
    `https://10.1.2.3/.${domain}${path}`,
    `https://10.1.2.3.${path}`,
    `https://10.1.515${path}`,
    `https://167838211${path}`,
    `https://012.01.02.03${path}`,
    `https://01200201003${path}`,
    `https://0x0a010203${path}`,
    `https://0x0a.0x1.0x2.0x3${path}`,
    `https://%31%30.1.2.3${path}`,
    `https://\uff11\uff10.1.2.3${path}`,
    `https://[2001:db8::1]${path}`,
    `https://[2001:db8::1]:443${path}`,
    `https://[::ffff:10.1.2.3]${path}`,
    `https://[::ffff:a01:203]${path}`,
    `https://[fe80::1%25eth0]${path}`,
    `https://[2001:db8::1].${domain}${path}`,
    // schemes
    `http://${host}${path}`,
    `HTTP://${host}${path}`,
    `wss://${host}${path}`,
    `ftp://${host}${path}`,
    `https:${host}${path}`,
    `https:/${host}${path}`,
    `https:///${host}${path}`,
    `//${host}${path}`,
    `blob:https://${host}${path}`,
    `javascript:alert(1)//.${domain}`,
    `data:text/plain,.${domain}`,
    // ports
    `https://${host}:0${path}`,
    `https://${host}:99999${path}`,
    `https://${host}:443.evil.example${path}`,
    `https://${host}:${path}`,
    `https://${host}:443:443${path}`,
    `https://${host}:+443${path}`,
    `https://${host}:0x1bb${path}`,
    `https://${host}:44\t3${path}`,
    `https://${host}:\uff14\uff14\uff13${path}`,
    `https://evil.example:8443${path}`,
    // no URL at all
    path,
    "evil.example",
    "[object Object]",
  ];
}

/** As a header can say it: its bytes, but what would end it. @param {string} text */
const inHeader = (text) =>
  Buffer.from(text)
    .toString("latin1")
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, encodeURIComponent);

/** Each URL with the code that it came to, where that is not the one expected. */
const others = (outcomes, expected) => outcomes.filter(([, code]) => code !== expected);

async function refusedAsOption(urls) {
  return e2e.get(async (list) => {
    const client = await window.hostile.client();
    const outcomes = [];
    for (const url of list) {
      const outcome = await window.e2e.settle(() => client.flow({ url }).invoke({}));
      outcomes.push([url, outcome.error?.code]);
    }
    return outcomes;
  }, urls);
}

test("a leak would be seen: every name and address leads to the sandbox", patient, async () => {
  const hosts = ["evil.example", "10.1.2.3", "[2001:db8::1]", "xn--pwerplatform-6fg.com"];
  await e2e.page.evaluate(async (list) => {
    for (const host of list) await fetch(`https://${host}/`).catch(() => undefined);
  }, hosts);
  const reached = e2e.sent("unknown").map(({ host }) => host);
  assert.deepEqual([...new Set(reached)], hosts);
  assert.throws(() => e2e.assertTrust());
  sandbox.reset();
});

test("from a caller", patient, async () => {
  assert.deepEqual(others(await refusedAsOption(strange()), "untrusted_url"), []);
  // The page's own files may come late, and what the browser itself asks for at any time.
  const sent = sandbox.requests.filter(({ kind }) => kind !== "page" && kind !== "chromium");
  assert.deepEqual(
    sent.map(({ kind, host }) => `${kind} ${host}`),
    [],
  );
});

test("from an environment variable", patient, async () => {
  const variable = sandbox
    .rows("contoso", "environmentvariablevalue")
    .find(({ schemaname }) => schemaname === "ef_EchoUrl");
  const outcomes = [];
  for (const url of strange()) {
    variable.value = url;
    const { error } = await e2e.run(async () => {
      const client = await window.e2e.client();
      return client.flow({ environmentVariable: "ef_EchoUrl" }).invoke({});
    });
    outcomes.push([url, error?.code]);
  }
  assert.deepEqual(others(outcomes, "untrusted_url"), []);
  assert.deepEqual(e2e.sent("trigger", "flowApi"), []);
});

const shapes = {
  wrapped: (value) => ({ response: { value, method: "POST" }, httpStatusCode: "OK" }),
  bare: (value) => ({ value, method: "POST" }),
  content: (value) => ({ $content: value }),
  parts: (basePath) => ({ basePath, queries: { "api-version": "1" } }),
};
for (const [shape, answer] of Object.entries(shapes)) {
  test(`from the Power Automate API, ${shape}`, patient, async () => {
    const outcomes = [];
    for (const url of strange()) {
      sandbox.fault({ kind: "flowApi", effect: { status: 200, json: answer(url) } });
      const { error } = await e2e.run(async () => {
        const client = await window.hostile.client();
        return client.flow(window.hostile.flow).invoke({});
      });
      outcomes.push([url, error?.code]);
    }
    assert.deepEqual(others(outcomes, "untrusted_url"), []);
    assert.deepEqual(e2e.sent("trigger"), []);
  });
}

test("from the Power Automate API, to be published or fetched ahead", patient, async () => {
  const before = sandbox.rows("contoso", "environmentvariablevalue").map(({ value }) => value);
  for (const url of strange().filter((_, index) => index % 4 === 0)) {
    sandbox.fault({
      kind: "flowApi",
      times: 2,
      effect: { status: 200, json: shapes.wrapped(url) },
    });
    const [result, ahead] = await e2e.get(async (flow) => {
      const client = await window.e2e.client();
      const entry = { workflowId: flow, environmentVariable: "ef_EchoUrl" };
      const [one] = await client.publish([entry]);
      const { error } = await window.e2e.settle(() => client.prefetch([flow]));
      return [`${one.outcome} ${one.error?.code}`, error?.code];
    }, e2e.id("echo"));
    assert.equal(result, "failed untrusted_url", url);
    assert.equal(ahead, "untrusted_url", url);
  }
  const now = sandbox.rows("contoso", "environmentvariablevalue").map(({ value }) => value);
  assert.deepEqual(now, before);
});

test("from another script, in what copies share", patient, async () => {
  const outcomes = await e2e.get(async (list) => {
    const client = await window.e2e.client();
    const call = (flow) => window.e2e.settle(() => client.flow(flow).callbackUrl());
    await call(window.hostile.flow);
    const { urls, flights } = window["entra-flow/page/1"];
    const [key, good] = [...urls][0];
    const found = [];
    for (const url of list) {
      urls.set(key, url);
      found.push([url, (await call(window.hostile.flow)).value === good && urls.get(key) === good]);
      urls.clear();
      flights.set(key, { document, landed: Promise.resolve(url), land: () => undefined });
      found.push([url, (await call(window.hostile.flow)).value === good && urls.get(key) === good]);
    }
    return found;
  }, strange());
  assert.deepEqual(others(outcomes, true), [], "each was asked for anew");
});

test("from a 202's Location", patient, async () => {
  sandbox.setCors("open");
  const outcomes = [];
  for (const url of strange()) {
    const headers = { location: inHeader(url), "retry-after": "0" };
    sandbox.fault({ kind: "trigger", effect: { status: 202, headers, body: "" } });
    const { value, error } = await e2e.run(async (given) => {
      const client = await window.hostile.client();
      return client.flow({ url: given }).invoke({});
    }, triggerUrl);
    outcomes.push([url, error?.code ?? `${value.status} ${value.accepted}`]);
  }
  assert.deepEqual(others(outcomes, "202 true"), [], "accepted, and not followed");
  assert.deepEqual(e2e.sent("poll"), []);
});

test("from the Location of a poll's 202: the one before is asked on", patient, async () => {
  sandbox.setCors("open");
  const location = `https://evil.example${new URL(triggerUrl).pathname}`;
  const headers = { location, "retry-after": "1" };
  const fault = sandbox.fault({ kind: "poll", effect: { status: 202, headers, body: "" } });
  const { value, error } = await e2e.run(async (flow) => {
    const client = await window.e2e.client();
    return client.flow(flow).invoke({});
  }, e2e.id("asynchronous"));
  assert.equal(value?.status, 200, JSON.stringify(error));
  assert.equal(fault.hits, 1);
  assert.ok(e2e.sent("poll").length > 1);
});

test("another port of a true host is a port of that host", patient, async () => {
  sandbox.setCors("open");
  const url = new URL(triggerUrl);
  url.port = "8443";
  const variable = sandbox
    .rows("contoso", "environmentvariablevalue")
    .find(({ schemaname }) => schemaname === "ef_EchoUrl");
  variable.value = url.href;
  sandbox.fault({ kind: "flowApi", effect: { status: 200, json: shapes.wrapped(url.href) } });
  const statuses = await e2e.get(async (given) => {
    const flows = [{ url: given }, { environmentVariable: "ef_EchoUrl" }, window.hostile.flow];
    const answers = flows.map(async (flow) => {
      const client = await window.e2e.client();
      return (await client.flow(flow).invoke({})).status;
    });
    return Promise.all(answers);
  }, url.href);
  assert.deepEqual(statuses, [200, 200, 200]);
  const hosts = e2e.sent("trigger").map(({ headers }) => headers.host);
  assert.deepEqual(hosts, [url.host, url.host, url.host]);
});

for (const status of [301, 302, 303, 307, 308]) {
  test(
    `a ${status} is not followed, from the trigger or the Power Automate API`,
    patient,
    async () => {
      const headers = { location: "https://evil.example/collect" };
      for (const kind of ["flowApi", "trigger"]) {
        sandbox.fault({ kind, times: Number.POSITIVE_INFINITY, effect: { status, headers } });
        const { error } = await e2e.run(async () => {
          const client = await window.hostile.client({ maxAttempts: 1 });
          return client.flow(window.hostile.flow).invoke({});
        });
        assert.equal(error?.code, "network", kind);
        assert.equal(error.mayHaveRun, kind === "trigger");
        sandbox.reset();
      }
    },
  );
}

test("a poll's redirect is not followed", patient, async () => {
  sandbox.setCors("open");
  const headers = { location: "https://evil.example/collect" };
  sandbox.fault({
    kind: "poll",
    times: Number.POSITIVE_INFINITY,
    effect: { status: 302, headers },
  });
  const { error } = await e2e.run(async (flow) => {
    const client = await window.e2e.client({ maxAttempts: 1 });
    return client.flow(flow).invoke({});
  }, e2e.id("asynchronous"));
  assert.deepEqual([error.code, error.stage, error.mayHaveRun], ["network", "poll", true]);
});

test(
  "the org's own API redirects: no token is in that request, and none follows",
  patient,
  async () => {
    const headers = { location: "https://evil.example/collect" };
    sandbox.fault({
      kind: "dataverse",
      path: "RetrieveCurrentOrganization",
      effect: { status: 302, headers },
    });
    const { error } = await e2e.run(async () => {
      const { bapEnvironmentId: _, ...settings } =
        window.Xrm.Utility.getGlobalContext().organizationSettings;
      window.Xrm.Utility.getGlobalContext().organizationSettings = settings;
      return window.EntraFlow.FlowClient.fromXrm(window.hostile.parts.auth);
    });
    assert.ok(
      ["network", "environment_unknown", "service_error"].includes(error?.code),
      error?.code,
    );
    for (const { headers: sent } of e2e.sent("unknown")) {
      assert.deepEqual([sent.authorization, sent.cookie], [undefined, undefined]);
    }
    sandbox.reset();
  },
);
