/**
 * The flows of the default world. `answer` names a behaviour of power-automate/behaviours.mjs.
 *
 * @typedef {object} WorldFlow
 * @property {string} key
 * @property {string} name
 * @property {string} org
 * @property {string} workflowId   the same in every environment
 * @property {string} resourceId   another one in each environment
 * @property {string} pathId       the 32 hex digits in the trigger URL; neither of the two above
 * @property {number} category     5 is a cloud flow
 * @property {"on" | "off" | "suspended"} state
 * @property {FlowTrigger} trigger
 * @property {string} answer
 * @property {"environment" | "unit" | "logic"} urlForm  which of the known forms its URL has
 * @property {number} retryAfterSeconds  what an asynchronous answer tells its poller
 * @property {"wrapped" | "bare" | "content" | "parts"} [answerShape] of listCallbackUrl; else the sandbox's
 * @property {boolean} suppressHeaders   the maker switched the workflow headers off
 *
 * @typedef {object} FlowTrigger
 * @property {string} name
 * @property {string} type
 * @property {string} kind
 * @property {"All" | "Tenant" | "User"} auth
 * @property {string[]} allowedUsers  object ids
 * @property {string} [method]
 * @property {string} [relativePath]
 * @property {object} [schema]
 */

const orderSchema = {
  type: "object",
  properties: {
    orderNumber: { type: "string" },
    action: { type: "string", enum: ["status", "approve"] },
    comment: { type: "string" },
    quantity: { type: "integer" },
  },
  required: ["orderNumber"],
};

/**
 * @param {Record<string, unknown>} orgs
 * @param {Record<string, {oid: string}>} users
 * @returns {Record<string, WorldFlow>}
 */
export function defaultFlows(orgs, users) {
  const flows = [
    flow("echo", "Echo", 1),
    flow("orders", "Order status and approval", 2, { trigger: { schema: orderSchema } }),
    flow("onlyAda", "Only for Ada", 3, {
      answer: "echo",
      trigger: { auth: "User", allowedUsers: [users.ada.oid] },
    }),
    flow("anyone", "Anyone may start this", 4, { answer: "echo", trigger: { auth: "All" } }),
    flow("off", "Switched off", 5, { answer: "echo", state: "off" }),
    flow("suspended", "Suspended by a policy", 6, { answer: "echo", state: "suspended" }),
    flow("buttonTrigger", "Instant flow with a button", 7, {
      answer: "echo",
      trigger: { kind: "Button" },
    }),
    flow("slow", "Takes its time", 8),
    flow("accepted", "Has no Response action", 9),
    flow("asynchronous", "Answers asynchronously", 10),
    flow("failing", "Answers with the status it is told", 11),
    flow("text", "Answers plain text", 12),
    flow("binary", "Answers a picture", 13),
    flow("badJson", "Says JSON, sends something else", 14),
    flow("empty", "Answers nothing", 15),
    flow("getOrder", "Reads one order", 16, {
      trigger: { method: "GET", relativePath: "orders/{id}" },
    }),
    flow("notACloudFlow", "A classic background workflow", 17, { category: 0, answer: "echo" }),
    flow("oldHost", "Still on the old host", 18, { answer: "echo", urlForm: "logic" }),
    flow("unitHost", "On a numbered capacity unit", 19, { answer: "echo", urlForm: "unit" }),
    flow("noResponse", "Its Response action never runs", 20),
    flow("quiet", "Suppresses its workflow headers", 21, { answer: "echo", suppressHeaders: true }),
    flow("putThing", "Takes a PUT", 22, {
      answer: "echo",
      trigger: { method: "PUT", relativePath: "things/{group}/{name}" },
    }),
    /** Starts on a new row of ef_flowoperation, so it has no HTTP trigger. */
    flow("operationWorker", "Works on flow operations", 23, {
      answer: "echo",
      trigger: { name: "When_a_row_is_added", type: "OpenApiConnectionWebhook", kind: "" },
    }),
    flow("otherTriggerName", "Its trigger has a name of its own", 24, {
      answer: "echo",
      trigger: { name: "When_a_HTTP_request_is_received" },
    }),
    flow("whoCalled", "Asks on behalf of its caller who that is", 61),
    ...Object.keys(orgs)
      .filter((org) => org !== "contoso")
      .map((org, index) => echoElsewhere(org, index)),
  ];
  return Object.fromEntries(flows.map((entry) => [entry.key, entry]));
}

/** The same echo flow, imported into another environment: same workflowid, another resourceid. */
function echoElsewhere(org, index) {
  const key = `echo${org[0].toUpperCase()}${org.slice(1)}`;
  const there = flow(key, "Echo", 41 + index, { org, answer: "echo" });
  return { ...there, workflowId: flow("echo", "Echo", 1).workflowId };
}

/**
 * @param {string} key
 * @param {string} name
 * @param {number} number makes the ids
 * @param {object} [changes]
 * @returns {WorldFlow}
 */
function flow(key, name, number, { trigger, ...changes } = {}) {
  const tail = number.toString(16).padStart(4, "0");
  return {
    key,
    name,
    org: "contoso",
    workflowId: `9b2e4c70-6d1f-ee11-8179-000d3a2b${tail}`,
    resourceId: `c4d85f16-3a7b-4e92-b0c8-6f17a9d3${tail}`,
    pathId: `7f3a91c85d2e4b60a8f1c3d5e7b9${tail}`,
    category: 5,
    state: "on",
    answer: key,
    urlForm: "environment",
    retryAfterSeconds: 1,
    suppressHeaders: false,
    ...changes,
    trigger: {
      name: "manual",
      type: "Request",
      kind: "Http",
      auth: "Tenant",
      allowedUsers: [],
      ...trigger,
    },
  };
}
