/**
 * What the docs' blocks may use without declaring it: what a host gives to a script, what the guides make in
 * their first step, and what an app does to show something. Nothing of entra-flow: blocks import that.
 */
import type { IPublicClientApplication } from "@azure/msal-browser";
import type { FlowClient } from "entra-flow";

declare global {
  // The first step of docs/start.md.
  const msalInstance: IPublicClientApplication;
  const client: FlowClient;
  const workflowId: string;
  // The host's.
  // biome-ignore lint/suspicious/noExplicitAny: each control's manifest has other inputs.
  const context: ComponentFramework.Context<any>;
  const formContext: Xrm.FormContext;
  // dist/entra-flow.global.js and MSAL's lib/msal-browser.min.js, each in a script element or a web resource.
  const EntraFlow: typeof import("entra-flow");
  const msal: typeof import("@azure/msal-browser");
  const msalRedirectBridge: typeof import("@azure/msal-browser/redirect-bridge");
  // The app's own.
  const showMessage: (text: string) => void;
  const showSignInButton: (onClick: () => Promise<void>) => void;
}
