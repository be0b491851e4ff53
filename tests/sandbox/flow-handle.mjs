/** What a test can do to a flow: `sandbox.flow("echo").switchOff()`. */
import { randomBytes } from "node:crypto";
import { setSignature, triggerUrl } from "./power-automate/trigger-url.mjs";

/**
 * @param {object} parts
 * @param {import("./world.mjs").World} parts.world
 * @param {import("./entra/tokens.mjs").Tokens} parts.tokens
 * @param {import("./power-automate/runtime.mjs").FlowRuntime} parts.runtime
 * @param {string} parts.key
 */
export function flowHandle({ world, tokens, runtime, key }) {
  const flow = world.flows[key];
  if (!flow) throw new Error(`There is no flow '${key}' in this world.`);
  return {
    /** The trigger's URL as it is now; with a signature only where Anyone may start the flow. */
    triggerUrl: () => triggerUrl(world, flow),
    /** Deleted and made again: another URL, and the old one is gone. */
    recreate() {
      flow.pathId = randomBytes(16).toString("hex");
      giveSignature(flow, tokens);
    },
    switchOff() {
      flow.state = "off";
    },
    switchOn() {
      flow.state = "on";
    },
    suspend() {
      flow.state = "suspended";
    },
    /**
     * @param {"All" | "Tenant" | "User"} auth
     * @param {string[]} [allowedUsers] object ids
     */
    setAuth(auth, allowedUsers = []) {
      // The URL changes when a flow is switched between Anyone and authenticated.
      if ((flow.trigger.auth === "All") !== (auth === "All")) this.recreate();
      Object.assign(flow.trigger, { auth, allowedUsers });
    },
    /** @param {string | undefined} method */
    setMethod(method) {
      flow.trigger.method = method;
    },
    /**
     * Puts another behaviour in place of the flow's own, until `sandbox.reset()`.
     * @param {import("./power-automate/behaviours.mjs").FlowAnswer | import("./power-automate/behaviours.mjs").Behaviour} answer
     */
    respond(answer) {
      runtime.overrides.set(key, typeof answer === "function" ? answer : () => answer);
    },
  };
}

/**
 * @param {import("./world-flows.mjs").WorldFlow} flow
 * @param {import("./entra/tokens.mjs").Tokens} tokens
 */
export function giveSignature(flow, tokens) {
  const signature = randomBytes(32).toString("base64url");
  setSignature(flow, signature);
  tokens.secrets.add(signature);
}
