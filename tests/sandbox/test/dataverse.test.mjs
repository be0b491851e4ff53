/** Dataverse against table 6 of platform.md: rows, definitions, environment variables, roles, throttling. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "../client.mjs";
import { dataverseThrottled } from "../index.mjs";
import { sandbox, world } from "./trial.mjs";

describe("Dataverse", () => {
  const api = (path, { as = "ada", org = "contoso", ...options } = {}) =>
    send(sandbox, `${world.orgs[org].url}/api/data/v9.2/${path}`, {
      cookie: as && sandbox.sessionCookie(as),
      ...options,
    });
  const assertError = (answer, status, code) => {
    assert.equal(answer.json?.error?.code, code, answer.text);
    assert.equal(answer.status, status);
  };

  test("wants a session, of the org's own tenant", async () => {
    assert.equal((await api("WhoAmI", { as: "" })).status, 401);
    assert.equal((await api("WhoAmI", { as: "fay" })).status, 401);
    const login = await send(sandbox, `${world.orgs.contoso.url}/login?user=ada&next=/main.aspx`);
    assert.equal(login.status, 302);
    assert.equal(login.headers.location, "/main.aspx");
    const [cookie] = login.headers["set-cookie"][0].split(";");
    const who = await api("WhoAmI", { cookie });
    assert.equal(who.json.UserId, world.users.ada.systemUserId);
    assert.equal(sandbox.requests.at(-1).user, "ada");
  });

  test("reads a workflow row with the selected columns and its key", async () => {
    const { echo } = world.flows;
    const answer = await api(`workflows(${echo.workflowId})?$select=resourceid,statecode,category`);
    const { "@odata.context": context, "@odata.etag": etag, ...row } = answer.json;
    assert.deepEqual(row, {
      resourceid: echo.resourceId,
      statecode: 1,
      category: 5,
      workflowid: echo.workflowId,
    });
    assert.match(context, /#workflows\(resourceid,statecode,category\)\/\$entity$/);
    assert.match(etag, /^W\/"\d+"$/);
    const all = await api(`workflows(${echo.workflowId})`);
    assert.equal(all.json.name, "Echo");
    assert.equal("clientdata" in all.json, false);
  });

  test("shows definitions in clientdata when asked", async () => {
    const filter = encodeURIComponent("category eq 5 and statecode eq 1");
    const answer = await api(`workflows?$select=name,clientdata&$filter=${filter}`);
    const byName = Object.fromEntries(answer.json.value.map((row) => [row.name, row]));
    const trigger = (name) =>
      JSON.parse(byName[name].clientdata).properties.definition.triggers.manual;
    assert.deepEqual(trigger("Echo"), {
      type: "Request",
      kind: "Http",
      inputs: { triggerAuthenticationType: "Tenant" },
    });
    assert.equal(trigger("Only for Ada").inputs.triggerAllowedUsers, world.users.ada.oid);
    assert.equal(trigger("Reads one order").inputs.relativePath, "orders/{id}");
    assert.equal(byName["Switched off"], undefined);
  });

  test("follows the flow's switch, and switches it", async () => {
    const path = `workflows(${world.flows.echo.workflowId})`;
    sandbox.flow("echo").switchOff();
    assert.equal((await api(`${path}?$select=statecode`)).json.statecode, 0);
    assert.equal((await api(path, { method: "PATCH", json: { statecode: 1 } })).status, 204);
    assert.equal(world.flows.echo.state, "on");
  });

  test("says what is wrong with a query", async () => {
    const id = world.flows.echo.workflowId;
    const unknown = await api(`workflows(${id})?$select=resourceid,nope`);
    assertError(unknown, 400, "0x80060888");
    assert.match(unknown.json.error.message, /'nope' on type 'Microsoft.Dynamics.CRM.workflow'/);
    assertError(await api("workflows(42)"), 400, "0x80060888");
    assertError(await api("nothings"), 404, "0x8006088a");
    const wrong = [
      "name eq",
      "nope eq 1",
      "name eq 'a",
      `workflowid eq '${id}'`,
      "category eq 'x'",
      "(name eq 'a'",
    ];
    for (const text of wrong) {
      assertError(await api(`workflows?$filter=${encodeURIComponent(text)}`), 400, "0x80060888");
    }
    assertError(await api("workflows?$orderby=nope"), 400, "0x80060888");
    assertError(await api("workflows?$expand=nope"), 400, "0x80060888");
    assertError(await api("workflows?$search=x"), 400, "0x80060888");
  });

  test("filters with and, or, quotes, guids and In", async () => {
    const { echo, orders, off } = world.flows;
    const names = async (filter) => {
      const answer = await api(
        `workflows?$select=name&$orderby=name&$filter=${encodeURIComponent(filter)}`,
      );
      return answer.json.value?.map(({ name }) => name) ?? answer.text;
    };
    sandbox.rows("contoso", "workflow")[0].name = "Ada's echo";
    assert.deepEqual(await names("name eq 'ada''s ECHO'"), ["Ada's echo"]);
    assert.deepEqual(
      await names(`workflowid eq ${echo.workflowId} or workflowid eq ${orders.workflowId}`),
      ["Ada's echo", orders.name],
    );
    const list = `'${echo.workflowId}','${off.workflowId}'`;
    assert.deepEqual(
      await names(`Microsoft.Dynamics.CRM.In(PropertyName='workflowid',PropertyValues=[${list}])`),
      ["Ada's echo", off.name],
    );
    assert.deepEqual(await names("contains(name,'classic') and not (category eq 5)"), [
      "A classic background workflow",
    ]);
  });

  test("pages by odata.maxpagesize", async () => {
    const headers = { prefer: "odata.maxpagesize=10" };
    const seen = [];
    let path = "workflows?$select=name&$orderby=name";
    for (let pages = 0; path && pages < 9; pages += 1) {
      const { json } = await api(path, { headers });
      assert.ok(json.value.length <= 10);
      seen.push(...json.value.map(({ name }) => name));
      path = json["@odata.nextLink"]?.split("/v9.2/")[1];
    }
    assert.equal(seen.length, sandbox.rows("contoso", "workflow").length);
    assert.deepEqual(seen, [...seen].sort());
  });

  test("refuses what the user's role does not grant, and says what", async () => {
    const path = `workflows(${world.flows.echo.workflowId})?$select=resourceid`;
    const answer = await api(path, { as: "bob" });
    assertError(answer, 403, "0x80040220");
    assert.match(answer.json.error.message, /missing prvReadWorkflow privilege/);
    assertError(await api("environmentvariablevalues", { as: "eve" }), 403, "0x80040220");
    const json = { schemaname: "x", value: "y" };
    assertError(await api("environmentvariablevalues", { as: "bob", json }), 403, "0x80040220");
  });

  test("does not find what is not there", async () => {
    const missing = await api("workflows(00000000-0000-0000-0000-000000000001)?$select=name");
    assertError(missing, 404, "0x80040217");
    assert.match(missing.json.error.message, /Does Not Exist/);
  });

  test("throttles on demand", async () => {
    sandbox.fault({ kind: "dataverse", effect: dataverseThrottled(3) });
    const answer = await api("WhoAmI");
    assertError(answer, 429, "0x80072322");
    assert.equal(answer.headers["retry-after"], "3");
  });

  test("reads environment variables with their values", async () => {
    const read = async (name, as = "bob") => {
      const filter = encodeURIComponent(`schemaname eq '${name}'`);
      const answer = await api(
        `environmentvariabledefinitions?$filter=${filter}&$select=schemaname,defaultvalue&$expand=environmentvariabledefinition_environmentvariablevalue($select=value)`,
        { as },
      );
      return answer.json.value[0];
    };
    const echo = await read("ef_EchoUrl");
    const [value] = echo.environmentvariabledefinition_environmentvariablevalue;
    assert.equal(value.value, sandbox.flow("echo").triggerUrl());
    const orders = await read("ef_OrdersUrl");
    assert.equal(orders.defaultvalue, sandbox.flow("orders").triggerUrl());
    assert.deepEqual(orders.environmentvariabledefinition_environmentvariablevalue, []);
    const empty = await read("ef_EmptyUrl");
    assert.equal(empty.defaultvalue, null);
    assert.equal(await read("ef_Nothing"), undefined);
  });

  test("creates one value per variable, and updates it", async () => {
    const filter = encodeURIComponent("schemaname eq 'ef_EmptyUrl'");
    const { json } = await api(`environmentvariabledefinitions?$filter=${filter}`);
    const id = json.value[0].environmentvariabledefinitionid;
    const bind = `/environmentvariabledefinitions(${id})`;
    const row = { value: "https://x", "EnvironmentVariableDefinitionId@odata.bind": bind };
    assertError(await api("environmentvariablevalues", { json: row }), 400, "0x80040203");
    const full = { ...row, schemaname: "ef_EmptyUrl" };
    const created = await api("environmentvariablevalues", { json: full });
    assert.equal(created.status, 204);
    const entity = created.headers["odata-entityid"].split("/v9.2/")[1];
    assertError(await api("environmentvariablevalues", { json: full }), 412, "0x80040237");
    const unknown = { ...full, environmentvariabledefinitionid: id };
    assertError(await api("environmentvariablevalues", { json: unknown }), 400, "0x80060888");
    const patched = await api(entity, { method: "PATCH", json: { value: "https://y" } });
    assert.equal(patched.status, 204);
    const read = await api(`${entity}?$select=value,_environmentvariabledefinitionid_value`);
    assert.equal(read.json.value, "https://y");
    assert.equal(read.json._environmentvariabledefinitionid_value, id);
    assert.equal((await api(entity, { method: "DELETE" })).status, 204);
    assertError(await api(entity), 404, "0x80040217");
  });

  test("tells the environment, in every org", async () => {
    const parameter = encodeURIComponent("Microsoft.Dynamics.CRM.EndpointAccessType'Default'");
    const people = {
      contoso: "ada",
      fabrikam: "fay",
      gcc: "gil",
      gccHigh: "hana",
      dod: "dom",
      china: "chen",
    };
    for (const [org, as] of Object.entries(people)) {
      const path = `RetrieveCurrentOrganization(AccessType=@p)?@p=${parameter}`;
      const { json } = await api(path, { as, org });
      assert.equal(json.Detail.EnvironmentId, world.orgs[org].environmentId);
      assert.equal(json.Detail.TenantId, world.orgs[org].tenantId);
    }
    assertError(await api("RetrieveCurrentOrganization(AccessType=@p)"), 400, "0x80060888");
  });

  test("runs the flow that starts on a new operation row", async () => {
    const { states } = world.operationTable;
    const start = async (input) => {
      const created = await api("ef_flowoperations", {
        as: "bob",
        json: { ef_input: JSON.stringify(input), ef_status: states.pending },
      });
      return created.headers["odata-entityid"].split("/v9.2/")[1];
    };
    const [good, bad] = [
      await start({ a: 1, delayMs: 50 }),
      await start({ fail: "No stock", delayMs: 50 }),
    ];
    assert.equal((await api(`${good}?$select=ef_status`)).json.ef_status, states.pending);
    await sleep(400);
    const done = (await api(good)).json;
    assert.equal(done.ef_status, states.completed);
    assert.deepEqual(JSON.parse(done.ef_result).youSent, { a: 1 });
    assert.equal(JSON.parse(done.ef_result).createdBy, world.users.bob.upn);
    const failed = (await api(bad)).json;
    assert.deepEqual([failed.ef_status, failed.ef_error], [states.failed, "No stock"]);
    assert.deepEqual(
      sandbox.runs.map(({ flow }) => flow),
      ["operationWorker", "operationWorker"],
    );
  });
});
