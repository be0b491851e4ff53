/** What a page may send and read, strict and open. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { send } from "../client.mjs";
import { discoveryUrl, invoke, sandbox, world } from "./trial.mjs";

describe("CORS", () => {
  const preflight = (url, headers, origin = world.orgs.contoso.url) =>
    send(sandbox, url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
      },
    });

  test("strict allows authorization and content-type, and exposes nothing", async () => {
    const url = sandbox.flow("echo").triggerUrl();
    const allowed = await preflight(url, "authorization,content-type,x-other");
    assert.equal(allowed.status, 200);
    assert.equal(allowed.headers["access-control-allow-origin"], world.orgs.contoso.url);
    assert.equal(allowed.headers["access-control-allow-headers"], "authorization, content-type");
    assert.equal(allowed.headers["access-control-allow-credentials"], undefined);
    const answer = await invoke("echo", { headers: { origin: world.orgs.contoso.url } });
    assert.equal(answer.headers["access-control-allow-origin"], world.orgs.contoso.url);
    assert.equal(answer.headers["access-control-expose-headers"], undefined);
    assert.equal(sandbox.requests[0].kind, "preflight");
    assert.equal(sandbox.runs.length, 1);
  });

  test("open exposes headers and allows any", async () => {
    sandbox.setCors("open");
    const url = discoveryUrl(world.flows.echo);
    const allowed = await preflight(url, "authorization,x-other");
    assert.equal(allowed.headers["access-control-allow-headers"], "authorization,x-other");
    const answer = await invoke("echo", { headers: { origin: world.orgs.contoso.url } });
    assert.match(answer.headers["access-control-expose-headers"], /Location, Retry-After/);
  });

  test("errors and faults carry the headers too, unless a fault takes them", async () => {
    const headers = { origin: world.orgs.contoso.url };
    const allowedOrigin = async () =>
      (await invoke("off", { headers })).headers["access-control-allow-origin"];
    assert.equal(await allowedOrigin(), world.orgs.contoso.url);
    sandbox.fault({ kind: "trigger", effect: { status: 503 } });
    assert.equal(await allowedOrigin(), world.orgs.contoso.url);
    sandbox.fault({ kind: "trigger", effect: { noCors: true } });
    assert.equal(await allowedOrigin(), undefined);
  });

  test("strangers and Dataverse get none", async () => {
    const stranger = await preflight(
      sandbox.flow("echo").triggerUrl(),
      "authorization",
      "https://evil.example",
    );
    assert.equal(stranger.headers["access-control-allow-origin"], undefined);
    const own = await preflight(`${world.orgs.contoso.url}/api/data/v9.2/WhoAmI`, "authorization");
    assert.equal(own.headers["access-control-allow-origin"], undefined);
  });
});
