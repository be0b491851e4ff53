/** What a script costs before it does something: evaluated in a page that is otherwise idle, once a page. */
import type * as Library from "../../js/src/index.js";

const config = JSON.parse(document.getElementById("config")?.textContent ?? "");
const never = () => new Promise<never>(() => {});
const idle = () => new Promise((resolve) => setTimeout(resolve, 30));

/** Until the first request of a first call is handed to the host. */
const untilUsed: Record<string, () => Promise<unknown>> = {
  us: () =>
    new Promise((left, failed) => {
      const { EntraFlow } = window as unknown as { EntraFlow: typeof Library };
      const webApi = {
        retrieveRecord() {
          left(undefined);
          return never();
        },
      };
      const { environmentId, tenantId } = config;
      EntraFlow.FlowClient.create({
        auth: { getToken: never },
        webApi,
        environmentId,
        tenantId,
        cloud: "public",
        interaction: "none",
      } as unknown as Library.ClientOptions)
        .then((client) => client.flow("9b2e4c70-6d1f-ee11-8179-000d3a2b0001").invoke({}))
        .catch(failed);
    }),
  msal: () => {
    const { clientId, authority } = config;
    const { msal } = window as unknown as { msal: typeof import("@azure/msal-browser") };
    return new msal.PublicClientApplication({ auth: { clientId, authority } }).initialize();
  },
};

Object.assign(window, {
  bench: {
    /**
     * Loads a script as forms do. Milliseconds from its first line to its last, and from there to its first use;
     * what the browser reads ahead on other threads is in neither.
     */
    async start(name: string, url: string) {
      const script = document.createElement("script");
      script.src = url;
      performance.clearMarks();
      await idle();
      performance.mark("bench-start");
      const evaluated = new Promise((resolve, reject) => {
        Object.assign(window, { evaluated: resolve });
        script.onerror = reject;
      });
      document.head.append(script);
      await evaluated;
      const at = (mark: string) => performance.getEntriesByName(mark)[0]?.startTime ?? Number.NaN;
      const [began, ended] = [at("script-start"), at("script-end")];
      await untilUsed[name]?.();
      const used = performance.now();
      performance.mark("bench-end");
      await idle();
      return { evaluateMs: ended - began, useMs: used - ended };
    },
  },
});
