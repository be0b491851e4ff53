/**
 * Metadata of the tables: wire names and types as shared/dataverse.md lists them.
 *
 * @typedef {"Guid" | "String" | "Int32" | "Boolean" | "DateTimeOffset"} EdmType
 *
 * @typedef {object} Table
 * @property {string} name       logical name
 * @property {string} set        entity set name
 * @property {string} key        primary key column
 * @property {string} privilege  as in prvRead…
 * @property {Record<string, EdmType>} columns
 * @property {Record<string, {table: string, column: string}>} lookups   bindable navigation properties
 * @property {Record<string, {table: string, column: string}>} children  collections that $expand knows
 * @property {string[]} onlyWhenSelected  columns too big to come unasked
 * @property {string[]} required on create
 * @property {{name: string, column: string}} [uniqueKey]
 * @property {string[]} readOnly
 */

const bookkeeping = {
  createdon: "DateTimeOffset",
  modifiedon: "DateTimeOffset",
  statecode: "Int32",
  statuscode: "Int32",
  _ownerid_value: "Guid",
  _createdby_value: "Guid",
  _modifiedby_value: "Guid",
};

/** @type {Table[]} */
export const tables = [
  table({
    name: "workflow",
    set: "workflows",
    key: "workflowid",
    privilege: "Workflow",
    columns: {
      ...bookkeeping,
      workflowid: "Guid",
      workflowidunique: "Guid",
      resourceid: "Guid",
      name: "String",
      category: "Int32",
      type: "Int32",
      primaryentity: "String",
      clientdata: "String",
      description: "String",
      ismanaged: "Boolean",
      modernflowtype: "Int32",
      schemaversion: "String",
    },
    onlyWhenSelected: ["clientdata"],
    required: ["name", "category", "type", "primaryentity"],
    readOnly: ["resourceid", "workflowidunique"],
  }),
  table({
    name: "environmentvariabledefinition",
    set: "environmentvariabledefinitions",
    key: "environmentvariabledefinitionid",
    privilege: "EnvironmentVariableDefinition",
    columns: {
      ...bookkeeping,
      environmentvariabledefinitionid: "Guid",
      schemaname: "String",
      displayname: "String",
      defaultvalue: "String",
      description: "String",
      type: "Int32",
      isrequired: "Boolean",
      ismanaged: "Boolean",
    },
    children: {
      environmentvariabledefinition_environmentvariablevalue: {
        table: "environmentvariablevalue",
        column: "_environmentvariabledefinitionid_value",
      },
    },
    required: ["schemaname", "displayname", "type"],
    uniqueKey: { name: "ndx_envvardef_schemaname", column: "schemaname" },
  }),
  table({
    name: "environmentvariablevalue",
    set: "environmentvariablevalues",
    key: "environmentvariablevalueid",
    privilege: "EnvironmentVariableValue",
    columns: {
      ...bookkeeping,
      environmentvariablevalueid: "Guid",
      schemaname: "String",
      value: "String",
      _environmentvariabledefinitionid_value: "Guid",
    },
    lookups: {
      EnvironmentVariableDefinitionId: {
        table: "environmentvariabledefinition",
        column: "_environmentvariabledefinitionid_value",
      },
    },
    required: ["schemaname", "_environmentvariabledefinitionid_value"],
    uniqueKey: { name: "ndx_envvarval_schemaname", column: "schemaname" },
  }),
  table({
    name: "ef_flowoperation",
    set: "ef_flowoperations",
    key: "ef_flowoperationid",
    privilege: "ef_flowoperation",
    columns: {
      ...bookkeeping,
      ef_flowoperationid: "Guid",
      ef_name: "String",
      ef_input: "String",
      ef_result: "String",
      ef_error: "String",
      ef_status: "Int32",
    },
  }),
  table({
    name: "systemuser",
    set: "systemusers",
    key: "systemuserid",
    privilege: "User",
    columns: {
      systemuserid: "Guid",
      fullname: "String",
      domainname: "String",
      internalemailaddress: "String",
      azureactivedirectoryobjectid: "Guid",
      isdisabled: "Boolean",
    },
  }),
];

/** @returns {Table} */
function table(parts) {
  return { lookups: {}, children: {}, onlyWhenSelected: [], required: [], readOnly: [], ...parts };
}

/** @param {string} set */
export const tableBySet = (set) => tables.find((one) => one.set === set);

/** @param {string} name */
export const tableByName = (name) => tables.find((one) => one.name === name);
