import type { IInputs } from "./generated/ManifestTypes";
import { type PayloadValues, payloadValue } from "./payload";
import type { StringKey } from "./strings";

/** What the form tells the control, as plain values. */
export interface Inputs {
  workflowId: string;
  clientId: string;
  tenantId: string;
  /** Empty: the control's own label. */
  buttonLabel: string;
  payload: string;
  /** What the payload's placeholders stand for. */
  values: PayloadValues;
  resultPath: string;
  /** The bound column's value. */
  value: string;
  /** How much text the column holds, where the platform says so. */
  maxLength: number;
  /** A read-only form, a disabled field, or a column that the user may not write. */
  disabled: boolean;
  /** Why it is disabled. */
  locked?: "ReadOnly" | "NotEditable";
  /** The user may not read the column. */
  masked: boolean;
  hidden: boolean;
  /** The field's label on the form. */
  label: string;
  rightToLeft: boolean;
}

const GUID = /^[{]?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[}]?$/i;

export function readInputs(context: ComponentFramework.Context<IInputs>): Inputs {
  const { parameters, mode } = context;
  const { result } = parameters;
  const maxLength = result.attributes?.MaxLength;
  const locked = lockOf(context);
  return {
    workflowId: trimmed(parameters.workflowId),
    clientId: trimmed(parameters.clientId),
    tenantId: trimmed(parameters.tenantId),
    buttonLabel: trimmed(parameters.buttonLabel),
    payload: trimmed(parameters.payload),
    values: {
      value1: payloadValue(parameters.value1),
      value2: payloadValue(parameters.value2),
      value3: payloadValue(parameters.value3),
      value4: payloadValue(parameters.value4),
      result: result.raw ?? null,
      ...readRecord(mode),
    },
    resultPath: trimmed(parameters.resultPath),
    value: result.raw ?? "",
    maxLength: typeof maxLength === "number" && maxLength > 0 ? maxLength : Infinity,
    disabled: locked !== undefined,
    locked,
    masked: result.security?.readable === false,
    hidden: mode.isVisible === false,
    label: mode.label ?? "",
    rightToLeft: context.userSettings?.isRTL === true,
  };
}

/** The settings that a call can't do without and that are missing or malformed. */
export function missingSettings(inputs: Inputs): StringKey[] {
  const needed: [string, StringKey][] = [
    [inputs.workflowId, "WorkflowId_Name"],
    [inputs.clientId, "ClientId_Name"],
    [inputs.tenantId, "TenantId_Name"],
  ];
  return needed.filter(([value]) => !GUID.test(value)).map(([, name]) => name);
}

function trimmed(property?: ComponentFramework.PropertyTypes.StringProperty): string {
  return (property?.raw ?? "").trim();
}

function lockOf({ parameters, mode }: ComponentFramework.Context<IInputs>): Inputs["locked"] {
  if (parameters.result.security?.editable === false) return "NotEditable";
  return mode.isControlDisabled ? "ReadOnly" : undefined;
}

/** The record on the form. The platform has `contextInfo` at run time but not in its types: optional. */
function readRecord(mode: ComponentFramework.Mode): PayloadValues {
  const info = (mode as { contextInfo?: { entityId?: string; entityTypeName?: string } })
    .contextInfo;
  return {
    "record.table": info?.entityTypeName ?? null,
    "record.id": info?.entityId?.replace(/[{}]/g, "").toLowerCase() ?? null,
  };
}
