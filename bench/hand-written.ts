/**
 * The hand-written way: what a careful developer writes without this library. Token and row side by side,
 * then the callback URL, then the flow; the URL is kept for the next call of the same control.
 */
import type { AccountInfo, IPublicClientApplication } from "@azure/msal-browser";

const scopes = ["https://service.flow.microsoft.com//.default"];

interface Host {
  msal: Pick<IPublicClientApplication, "acquireTokenSilent" | "acquireTokenPopup">;
  account: AccountInfo;
  webApi: {
    retrieveRecord(table: string, id: string, options: string): Promise<{ resourceid?: string }>;
  };
  environmentId: string;
}

export class HandWrittenFlow {
  readonly #host: Host;
  readonly #workflowId: string;
  #url: string | undefined;

  constructor(host: Host, workflowId: string) {
    this.#host = host;
    this.#workflowId = workflowId;
  }

  async invoke(body: unknown): Promise<unknown> {
    const response = await fetch(await this.callbackUrl(), {
      method: "POST",
      headers: {
        authorization: `Bearer ${await this.#token()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The flow answered ${response.status}.`);
    return response.json();
  }

  async callbackUrl(): Promise<string> {
    this.#url ??= await this.#discover();
    return this.#url;
  }

  async #discover(): Promise<string> {
    const { webApi, environmentId } = this.#host;
    const [row, token] = await Promise.all([
      webApi.retrieveRecord("workflow", this.#workflowId, "?$select=resourceid"),
      this.#token(),
    ]);
    const response = await fetch(
      `https://api.flow.microsoft.com/providers/Microsoft.ProcessSimple/environments/${environmentId}/flows/${row.resourceid}/triggers/manual/listCallbackUrl?api-version=2016-11-01`,
      { method: "POST", headers: { authorization: `Bearer ${token}` } },
    );
    if (!response.ok) throw new Error(`listCallbackUrl answered ${response.status}.`);
    const answer = await response.json();
    return answer.response.value;
  }

  async #token(): Promise<string> {
    const { msal, account } = this.#host;
    try {
      return (await msal.acquireTokenSilent({ scopes, account })).accessToken;
    } catch (error) {
      if ((error as Error).name !== "InteractionRequiredAuthError") throw error;
      return (await msal.acquireTokenPopup({ scopes, account })).accessToken;
    }
  }
}
