import type { IPublicClientApplication, PopupRequest } from "@azure/msal-browser";
import {
  FlowClient,
  fallBackTo,
  isFlowError,
  type MsalInstance,
  type PcfContext,
} from "entra-flow";
import { answerFrom } from "./answer";
import type { Inputs } from "./inputs";
import { sharedMsal } from "./msal";
import { bodyFrom } from "./payload";
import { payloadProblem, problemFrom, resultPathProblem } from "./problem";
import type { Event } from "./state";
import type { Text } from "./strings";

/**
 * The library in plain JavaScript, which the solution has as a web resource. It is fetched only where a content security
 * policy keeps WebAssembly from running.
 */
// eslint-disable-next-line @microsoft/power-apps/use-cached-webresource -- A cached path has a timestamp in it, and nothing tells a control which.
const COMPAT = "/WebResources/ef_/entra-flow.compat.global.js";

/** Where the runner lives: what it may ask, and whom it tells. */
export interface RunnerHost {
  context(): PcfContext;
  inputs(): Inputs;
  text: Text;
  tell(event: Event): void;
}

/** Runs the flow, one run at a time, and tells what becomes of it. It knows no DOM. */
export class Runner {
  private client?: { key: string; promise: Promise<FlowClient> };
  private current?: AbortController;

  constructor(private readonly host: RunnerHost) {}

  run(): void {
    void this.go({ type: "run", at: Date.now() }, false);
  }

  /** From a click: the window opens now, and the run that was asked for follows. */
  signIn(): void {
    void this.go({ type: "signIn", at: Date.now() }, true);
  }

  cancel(): void {
    this.current?.abort();
  }

  /** Ends what runs and tells nobody. */
  dispose(): void {
    const current = this.current;
    this.current = undefined;
    this.client = undefined;
    current?.abort();
  }

  private async go(first: Event, signIn: boolean): Promise<void> {
    if (this.current) return;
    const mine = (this.current = new AbortController());
    const { signal } = mine;
    const inputs = this.host.inputs();
    const tell = (event: Event) => this.tell(mine, event);
    tell(first);
    try {
      let body: unknown;
      try {
        body = bodyFrom(inputs.payload, inputs.values);
      } catch (error) {
        tell({ type: "failed", problem: payloadProblem(error, this.host.text) });
        return;
      }
      const client = await unlessAborted(this.connect(inputs), signal);
      if (signIn) {
        await unlessAborted(client.signIn(), signal);
        tell({ type: "run", at: Date.now() });
      }
      const answer = await client.flow(inputs.workflowId).invoke(body, { signal });
      // A flow that only accepted has not answered yet.
      const path = answer.accepted ? "" : inputs.resultPath;
      const found = answerFrom(answer.data, path, inputs.maxLength);
      if (!found) {
        tell({ type: "failed", problem: resultPathProblem(path, this.host.text) });
        return;
      }
      tell({
        type: "answered",
        answer: found.text,
        shortened: found.shortened,
        accepted: answer.accepted,
        durationMs: answer.durationMs,
      });
    } catch (error) {
      tell(this.eventFrom(error, signal));
    } finally {
      if (this.current === mine) this.current = undefined;
    }
  }

  /** After dispose, or once a newer run has begun, a run has nobody to tell. */
  private tell(run: AbortController | undefined, event: Event): void {
    if (run && this.current === run) this.host.tell(event);
  }

  /**
   * The shared MSAL, as this control uses it. msal-browser 5 can't tell that its window was closed: it
   * waits on, and refuses the next window. So the user is shown that a window is open, Cancel ends the
   * wait for it, and a new click gives up on the old window.
   */
  private authOf(msal: IPublicClientApplication): MsalInstance {
    return {
      acquireTokenSilent: (request: Parameters<typeof msal.acquireTokenSilent>[0]) =>
        msal.acquireTokenSilent(request),
      ssoSilent: (request: Parameters<typeof msal.ssoSilent>[0]) => msal.ssoSilent(request),
      getAllAccounts: () => msal.getAllAccounts(),
      acquireTokenPopup: async (request: PopupRequest) => {
        const run = this.current;
        this.tell(run, { type: "signIn", at: Date.now() });
        const popup = msal.acquireTokenPopup({ ...request, overrideInteractionInProgress: true });
        const result = await (run ? unlessAborted(popup, run.signal) : popup);
        this.tell(run, { type: "run", at: Date.now() });
        return result;
      },
    };
  }

  private eventFrom(error: unknown, signal: AbortSignal): Event {
    const code = isFlowError(error) ? error.code : undefined;
    if (signal.aborted) {
      return { type: "cancelled", mayHaveRun: isFlowError(error) && error.mayHaveRun };
    }
    switch (code) {
      case "interaction_required":
        return { type: "signInNeeded", reason: "needed" };
      case "popup_blocked":
        return { type: "signInNeeded", reason: "blocked" };
      case "sign_in_cancelled":
        return { type: "signInNeeded", reason: "cancelled" };
      default:
        return { type: "failed", problem: problemFrom(error, this.host.text) };
    }
  }

  /** The client for these settings; made on the first run, since most forms are opened to be read. */
  private connect({ clientId, tenantId }: Inputs): Promise<FlowClient> {
    const key = `${tenantId}/${clientId}`;
    if (this.client?.key !== key) {
      fallBackTo(COMPAT);
      const promise = sharedMsal(clientId, tenantId).then((msal) =>
        FlowClient.fromPcf(this.host.context(), this.authOf(msal), {
          tenantId,
          // The default, said aloud: every control of the window shares what one of them has found.
          cache: "page",
        }),
      );
      const client = (this.client = { key, promise });
      promise.catch(() => {
        if (this.client === client) this.client = undefined;
      });
    }
    return this.client.promise;
  }
}

/** Cancel answers at once also in the steps that take no signal. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(new UserCancelled());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise
      .finally(() => signal.removeEventListener("abort", stop))
      .then(resolve, reject)
      .catch(reject);
  });
}

/** Says what MSAL says where it does notice. */
class UserCancelled extends Error {
  readonly name = "BrowserAuthError";
  readonly errorCode = "user_cancelled";
}
