/** The control's texts, in the user's language: strings/FlowButton.*.resx holds them. */
export type StringKey =
  | "Run"
  | "Cancel"
  | "TryAgain"
  | "SignIn"
  | "Details"
  | "Seconds"
  | "Running"
  | "SigningIn"
  | "SigningIn_Note"
  | "Done"
  | "Accepted"
  | "Answer"
  | "EmptyAnswer"
  | "Shortened"
  | "Cancelled"
  | "MayHaveRun"
  | "SignedOut_Title"
  | "SignedOut_Text"
  | "PopupBlocked"
  | "SignInCancelled"
  | "Unconfigured_Title"
  | "Unconfigured_Text"
  | "Payload_Title"
  | "Payload_Hint"
  | "ResultPath_Missing"
  | "ResultPath_Hint"
  | "Failed_Title"
  | "FlowFailed_Title"
  | "Forbidden_Title"
  | "FlowOff_Title"
  | "FlowMissing_Title"
  | "NoAnswer_Title"
  | "Network_Title"
  | "Busy_Title"
  | "Masked"
  | "WorkflowId_Name"
  | "ClientId_Name"
  | "TenantId_Name";

/** `text("Done", "1.2")`: the string with its `{0}` filled in. */
export type Text = (key: StringKey, value?: string) => string;

export function textFrom(resources: Pick<ComponentFramework.Resources, "getString">): Text {
  return (key, value = "") => (resources.getString(key) || key).split("{0}").join(value);
}
