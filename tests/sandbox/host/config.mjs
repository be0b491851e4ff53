/** What the form shows and what its controls are set to: from the sandbox's world and the query. */
import { registration } from "./form-script.mjs";

/** The record's own text; no other table of the sandbox knows it. */
const records = [
  {
    table: "ef_order",
    id: "0d6f4c1e-83b2-4a57-9c0e-5f1a2b3c4d01",
    title: "Order 1042 – Northwind bikes",
    values: {
      ef_ordernumber: "1042",
      ef_statusrequest: '{"orderNumber":"1042","action":"status"}',
      ef_approvalrequest: '{"orderNumber":"1042","action":"approve"}',
      ef_customer: "Northwind Traders",
      ef_orderedon: "11/17/2026",
      ef_deliverby: "12/4/2026",
      ef_shipto: "Pier 4, Rotterdam",
      ef_total: "€12,480.00",
      ef_amount: 12480,
      ef_deliverbydate: "2026-12-04",
      ef_rush: true,
      statuscode: "Confirmed",
      ownerid: "Ada Lovelace",
      ef_warehouse: "Rotterdam South",
    },
    lines: [
      ["Northwind Tourer 28″", "12", "€7,680.00"],
      ["Northwind City 26″", "6", "€3,300.00"],
      ["Child seat, rear", "10", "€1,500.00"],
    ],
  },
  {
    table: "ef_order",
    id: "0d6f4c1e-83b2-4a57-9c0e-5f1a2b3c4d02",
    title: "Order 1043 – Adventure Works",
    values: {
      ef_ordernumber: "1043",
      ef_statusrequest: '{"orderNumber":"1043","action":"status"}',
      ef_approvalrequest: '{"orderNumber":"1043","action":"approve"}',
      ef_customer: "Adventure Works Cycles",
      ef_orderedon: "11/18/2026",
      ef_deliverby: "12/11/2026",
      ef_shipto: "Hall 2, Utrecht",
      ef_total: "€2,150.00",
      ef_amount: 2150,
      ef_deliverbydate: "2026-12-11",
      ef_rush: false,
      statuscode: "New",
      ownerid: "Ada Lovelace",
      ef_warehouse: "Rotterdam South",
    },
    lines: [["Adventure Trail 29″", "2", "€2,150.00"]],
  },
];

/** A view's rows; their primary column is the order number. */
const rows = [
  ["1042", "Northwind Traders", "€12,480.00"],
  ["1043", "Adventure Works Cycles", "€2,150.00"],
  ["1044", "Fabrikam Sport", "€940.00"],
  ["1045", "Wide World Importers", "€6,310.00"],
  ["1046", "Proseware Outdoors", "€388.00"],
].map(([name, customer, total], index) => ({
  id: `0d6f4c1e-83b2-4a57-9c0e-5f1a2b3c4d0${index + 1}`,
  name,
  customer,
  total,
}));

/** `payload` names the column that the control's input is bound to. */
const fields = [
  field("ef_status", "Order status", "Check status", "ef_statusrequest"),
  field("ef_approval", "Approval", "Approve order", "ef_approvalrequest"),
  field("ef_delivery", "Delivery", "Ask carrier", "ef_statusrequest"),
];

function field(column, label, buttonLabel, payload) {
  return { column, label, buttonLabel, payload };
}

/** The columns that a payload may name; their types are the platform's. */
const values = {
  value1: { column: "ef_ordernumber", type: "SingleLine.Text" },
  value2: { column: "ef_amount", type: "Currency" },
  value3: { column: "ef_deliverbydate", type: "DateAndTime.DateOnly" },
  value4: { column: "ef_rush", type: "TwoOptions" },
};

/** Where the built control is served. */
export const CONTROL_BASE = "/WebResources/cc_EntraFlow.FlowButton";

/**
 * Query: `controls` (1), `user`, `workflowId`, `flow` (a key of the world), `clientId`, `tenantId`,
 * `payload`, `resultPath`, `label`, `theme` (light|dark), `disabled=1`, `design=off`,
 * `undocumented=off`, `lcid`, `rtl=1`, `maxLength`, `script=1` (the form script sample),
 * `pagetype=entitylist` (a view, with the sample's grid command).
 *
 * @param {import("../world.mjs").World} world
 * @param {string} orgKey
 * @param {URLSearchParams} query
 * @param {Record<string, string>} [defaults] what a query that says nothing means
 */
export function formConfig(world, orgKey, query, defaults = {}) {
  const org = world.orgs[orgKey];
  const ask = (name, otherwise) => query.get(name) ?? defaults[name] ?? otherwise;
  const user = world.users[ask("user", "ada")] ?? world.users.ada;
  const flow = world.flows[ask("flow", "orders")];
  const parameters = {
    workflowId: ask("workflowId", flow?.workflowId ?? ""),
    clientId: ask("clientId", world.clients.formApp.clientId),
    tenantId: ask("tenantId", org.tenantId),
    resultPath: ask("resultPath", "message"),
  };
  const count = Math.max(1, Math.min(fields.length, Number(ask("controls", "1")) || 1));
  return {
    clientUrl: org.url,
    environmentId: org.environmentId,
    tenantId: org.tenantId,
    organizationId: org.organizationId,
    organizationName: orgKey,
    user: { name: user.name, systemUserId: user.systemUserId },
    languageId: Number(ask("lcid", "1033")),
    rightToLeft: ask("rtl") === "1",
    theme: ask("theme", "light"),
    design: ask("design") !== "off",
    undocumented: ask("undocumented") !== "off",
    disabled: ask("disabled") === "1",
    records,
    rows,
    ...((ask("script") === "1" || ask("pagetype") === "entitylist") && {
      script: registration(parameters.workflowId),
    }),
    fields: fields.slice(0, count).map(({ column, label, buttonLabel, payload }) => ({
      base: CONTROL_BASE,
      column,
      label,
      maxLength: Number(ask("maxLength", "400")),
      parameters: {
        ...parameters,
        ...values,
        buttonLabel: ask("label", buttonLabel),
        payload: ask("payload", { column: payload }),
      },
    })),
  };
}
