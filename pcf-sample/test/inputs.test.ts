import assert from "node:assert/strict";
import { test } from "node:test";
import { missingSettings, readInputs } from "../FlowButton/inputs";

const GUID = "9b2e4c70-6d1f-ee11-8179-000d3a2b0002";

function context({ result = {}, mode = {}, ...inputs }: Record<string, unknown> = {}) {
  const property = (raw: unknown) => ({ raw });
  return {
    parameters: {
      result: { raw: null, ...(result as object) },
      workflowId: property(inputs.workflowId ?? GUID),
      clientId: property(inputs.clientId ?? GUID),
      tenantId: property(inputs.tenantId ?? GUID),
      buttonLabel: property(null),
      payload: property(inputs.payload ?? null),
      value1: property(inputs.value1 ?? null),
      resultPath: property(null),
    },
    mode: { isControlDisabled: false, isVisible: true, label: "Order status", ...(mode as object) },
    userSettings: {},
  } as never;
}

test("ids are trimmed and may stand in braces; what is missing or no GUID is named", () => {
  assert.deepEqual(missingSettings(readInputs(context())), []);
  assert.deepEqual(missingSettings(readInputs(context({ workflowId: ` {${GUID}} ` }))), []);
  const broken = context({ workflowId: "", tenantId: "contoso.com" });
  assert.deepEqual(missingSettings(readInputs(broken)), ["WorkflowId_Name", "TenantId_Name"]);
});

test("a read-only form and a column that the user may not write both disable the control", () => {
  assert.equal(readInputs(context()).disabled, false);
  assert.equal(readInputs(context({ mode: { isControlDisabled: true } })).disabled, true);
  assert.equal(readInputs(context({ mode: { isControlDisabled: true } })).locked, "ReadOnly");
  const locked = readInputs(context({ result: { security: { editable: false } } }));
  assert.equal(locked.disabled, true);
  assert.equal(locked.locked, "NotEditable");
});

test("a column that the user may not read is masked", () => {
  const inputs = readInputs(context({ result: { security: { readable: false } } }));
  assert.equal(inputs.masked, true);
});

test("an unknown length of the column means no limit", () => {
  assert.equal(readInputs(context()).maxLength, Infinity);
  const limited = readInputs(context({ result: { attributes: { MaxLength: 100 } } }));
  assert.equal(limited.maxLength, 100);
});

test("the payload may name the columns, the control's own, and the record where the platform tells it", () => {
  const { values } = readInputs(context({ value1: 12, result: { raw: "New" } }));
  assert.deepEqual(values, {
    value1: 12,
    value2: null,
    value3: null,
    value4: null,
    result: "New",
    "record.table": null,
    "record.id": null,
  });
  const contextInfo = { entityTypeName: "ef_order", entityId: `{${GUID.toUpperCase()}}` };
  const known = readInputs(context({ mode: { contextInfo } })).values;
  assert.equal(known["record.table"], "ef_order");
  assert.equal(known["record.id"], GUID);
});
