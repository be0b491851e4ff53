/** The rows that an org starts with, made from the world; and the flow definitions among them. */
import { createHash } from "node:crypto";
import { triggerUrl } from "../power-automate/trigger-url.mjs";

const states = {
  off: { statecode: 0, statuscode: 1 },
  on: { statecode: 1, statuscode: 2 },
  suspended: { statecode: 2, statuscode: 3 },
};

/**
 * @param {import("../world.mjs").World} world
 * @param {string} orgName
 */
export function initialRows(world, orgName) {
  const org = world.orgs[orgName];
  const people = Object.values(world.users).filter(({ tenantId }) => tenantId === org.tenantId);
  const owner = people[0].systemUserId;
  const variables = (world.environmentVariables[orgName] ?? []).map((variable) =>
    variableRows(world, org, variable, owner),
  );
  return {
    workflow: Object.values(world.flows)
      .filter((flow) => flow.org === orgName)
      .map((flow) => workflowRow(flow, owner)),
    environmentvariabledefinition: variables.map(({ definition }) => definition),
    environmentvariablevalue: variables.flatMap(({ values }) => values),
    ef_flowoperation: [],
    systemuser: people.map(userRow),
  };
}

/** @param {import("../world-flows.mjs").WorldFlow} flow @param {string} owner */
function workflowRow(flow, owner) {
  const row = {
    ...bookkeeping(owner),
    workflowid: flow.workflowId,
    workflowidunique: stableGuid(`unique ${flow.key}`),
    resourceid: flow.resourceId,
    name: flow.name,
    category: flow.category,
    type: 1,
    primaryentity: "none",
    description: null,
    ismanaged: false,
    modernflowtype: 0,
    schemaversion: "1.0.0.0",
  };
  // These follow the flow: a switch in the world shows in the table at once.
  Object.defineProperties(row, {
    statecode: live(() => states[flow.state].statecode),
    statuscode: live(() => states[flow.state].statuscode),
    clientdata: live(() => (flow.category === 5 ? JSON.stringify(clientData(flow)) : null)),
  });
  return row;
}

/** @param {() => unknown} get */
function live(get) {
  return { get, set: () => {}, enumerable: true, configurable: true };
}

/** @param {import("../world-flows.mjs").WorldFlow} flow */
function clientData({ trigger, answer }) {
  const isHttp = trigger.type === "Request" && trigger.kind === "Http";
  return {
    properties: {
      connectionReferences: {},
      definition: {
        $schema:
          "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        parameters: {
          $authentication: { defaultValue: {}, type: "SecureObject" },
          $connections: { defaultValue: {}, type: "Object" },
        },
        triggers: {
          [trigger.name]: {
            type: trigger.type,
            ...(trigger.kind && { kind: trigger.kind }),
            inputs: isHttp ? httpInputs(trigger) : {},
          },
        },
        actions: answer === "accepted" ? {} : { Response: responseAction(answer) },
        outputs: {},
      },
      templateName: null,
    },
    schemaVersion: "1.0.0.0",
  };
}

/** @param {import("../world-flows.mjs").FlowTrigger} trigger */
function httpInputs({ auth, allowedUsers, method, relativePath, schema }) {
  return {
    triggerAuthenticationType: auth,
    ...(auth === "User" && { triggerAllowedUsers: allowedUsers.join(",") }),
    ...(method && { method }),
    ...(relativePath && { relativePath }),
    ...(schema && { schema }),
  };
}

function responseAction(answer) {
  return {
    type: "Response",
    kind: "Http",
    inputs: { statusCode: 200, body: `@outputs('${answer}')` },
    runAfter: {},
    ...(answer === "asynchronous" && { operationOptions: "Asynchronous" }),
  };
}

function variableRows(world, org, variable, owner) {
  const id = stableGuid(`definition ${org.host} ${variable.schemaName}`);
  const urlOf = (key) => key && triggerUrl(world, world.flows[key]);
  const value = variable.value ?? urlOf(variable.flow);
  const definition = {
    ...bookkeeping(owner),
    environmentvariabledefinitionid: id,
    schemaname: variable.schemaName,
    displayname: variable.displayName,
    defaultvalue: variable.defaultValue ?? urlOf(variable.defaultFlow) ?? null,
    description: null,
    type: variable.secret ? 100000005 : 100000000,
    isrequired: false,
    ismanaged: false,
  };
  const valueRow = {
    ...bookkeeping(owner),
    environmentvariablevalueid: stableGuid(`value ${org.host} ${variable.schemaName}`),
    schemaname: variable.schemaName,
    value,
    _environmentvariabledefinitionid_value: id,
  };
  return { definition, values: value === undefined ? [] : [valueRow] };
}

function userRow({ systemUserId, name, upn, oid }) {
  return {
    systemuserid: systemUserId,
    fullname: name,
    domainname: upn,
    internalemailaddress: upn,
    azureactivedirectoryobjectid: oid,
    isdisabled: false,
  };
}

/** @param {string} owner */
export function bookkeeping(owner) {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return {
    createdon: now,
    modifiedon: now,
    statecode: 0,
    statuscode: 1,
    _ownerid_value: owner,
    _createdby_value: owner,
    _modifiedby_value: owner,
  };
}

/** The same id in every run. @param {string} text */
function stableGuid(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
