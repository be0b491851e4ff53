/** The pure pieces of *This environment*: where tokens may go, what is kept of a definition, what a report may hold. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { clouds } from "../sandbox/clouds.mjs";
import { loadModule } from "./support/modules.mjs";

let cloud;
let definition;
let report;
let tokens;
let questions;
before(async () => {
  [cloud, definition, report, tokens, questions] = await Promise.all(
    ["cloud.ts", "definition.ts", "probe/report.ts", "probe/tokens.ts", "probe/questions.ts"].map(
      loadModule,
    ),
  );
});

const orgHosts = {
  public: "contoso.crm4.dynamics.com",
  gcc: "agency.crm9.dynamics.com",
  gccHigh: "bureau.crm.microsoftdynamics.us",
  dod: "command.crm.appsplatform.us",
  china: "huaxia.crm.dynamics.cn",
};

test("each cloud's hosts are those that the sandbox has from another source", () => {
  for (const [name, host] of Object.entries(orgHosts)) {
    const ours = cloud.cloudOf(host);
    const theirs = clouds[name];
    assert.equal(ours.flowApiHost, theirs.flowApiHost, name);
    assert.equal(ours.scope, `${theirs.flowAudience}/.default`, name);
    assert.equal(ours.loginHost, theirs.loginHosts[0], name);
    assert.deepEqual(
      ours.triggerSuffixes,
      [`.${theirs.environmentSuffix}`, `.${theirs.logicSuffix}`],
      name,
    );
  }
  for (const host of ["localhost", "dynamics.com.evil.net", "contoso.example.com", ""])
    assert.equal(cloud.cloudOf(host), undefined, host);
});

test("a token goes to hosts of the cloud's flow service, by https, and nowhere else", () => {
  const own = cloud.cloudOf(orgHosts.public);
  const may = (url) => cloud.isFlowService(url, own);
  for (const good of [
    "https://api.flow.microsoft.com/x",
    "https://a.b.environment.api.powerplatform.com:443/x",
    "https://prod-1.westeurope.logic.azure.com/x",
    "https://API.FLOW.microsoft.com/x",
  ])
    assert.ok(may(good), good);
  for (const bad of [
    "http://api.flow.microsoft.com/x",
    "https://me@api.flow.microsoft.com/x",
    "https://api.flow.microsoft.com.evil.net/x",
    "https://evil.net/api.flow.microsoft.com",
    "https://evil.net\\@api.flow.microsoft.com/x",
    "https://evilapi.flow.microsoft.com/x",
    "https://environment.api.powerplatform.com.evil.net/x",
    "https://xenvironment.api.powerplatform.com/x",
    "https://api.flow.microsoft.us/x",
    "https://gov.api.flow.microsoft.us/x",
    "https://graph.microsoft.com/x",
    "api.flow.microsoft.com",
    "",
  ])
    assert.ok(!may(bad), bad);
});

test("of a trigger's list of users only the way it is written is kept", () => {
  const id = "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e601";
  const formOf = (triggerAllowedUsers) =>
    definition.allowedUsersForm(
      JSON.stringify({
        properties: { definition: { triggers: { t: { inputs: { triggerAllowedUsers } } } } },
      }),
      "t",
    );
  assert.equal(formOf(`${id},${id}`), "{guid},{guid}");
  assert.equal(formOf(` ${id}; ${id.toUpperCase()} `), "{guid}; {guid}");
  assert.equal(formOf("ada@contoso.com;Bob O'Neill"), "{name};{text} {text}'{text}");
  assert.equal(formOf(`["${id}", "${id}"]`), '["{guid}", "{guid}"]');
  assert.equal(formOf([id, id]), "[{text},{text}]");
  for (const few of [id, "", undefined, 7, [id]]) assert.equal(formOf(few), undefined);
  for (const odd of ["no JSON", "null", "{}"])
    assert.equal(definition.allowedUsersForm(odd, "t"), undefined);
});

test("the made-up token is long over, names nobody, and is signed by nobody", () => {
  const [header, claims, signature] = tokens.expiredToken().split(".");
  const read = (part) => JSON.parse(Buffer.from(part, "base64url").toString());
  assert.equal(read(header).typ, "JWT");
  assert.ok(read(claims).exp < 1_100_000_000);
  assert.deepEqual([read(claims).aud, read(claims).iss, signature], ["nobody", "nobody", "none"]);
});

test("a report that would hold a secret is none", () => {
  // Newer Nodes have one.
  if (!("navigator" in globalThis)) globalThis.navigator = { userAgent: "" };
  const one = (found) => [{ id: "url.form", found, verdict: "news" }];
  assert.match(report.reportOf(one("a form"), "1.0"), /"url.form": "a form"/);
  for (const secret of [
    "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.",
    "https://a.b/?x=1&sig=abc",
    "Bearer abc",
  ])
    assert.throws(() => report.reportOf(one(secret), "1.0"), /secret/);
});

test("every question says why it is asked, and stands in one section of the page", () => {
  const ids = Object.keys(questions.questions);
  assert.ok(ids.length > 35);
  const beginnings = questions.groups.flatMap(([, begins]) => begins);
  assert.equal(new Set(beginnings).size, beginnings.length);
  for (const id of ids) {
    const { question, why } = questions.questions[id];
    assert.ok(question.length > 5 && why.length > 10, id);
    assert.ok(beginnings.includes(id.split(".")[0]), id);
  }
});
