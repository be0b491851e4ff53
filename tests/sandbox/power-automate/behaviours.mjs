/**
 * What the flows do once they run. A behaviour gets the run and says how the flow answers:
 *
 * @typedef {object} FlowAnswer
 * @property {number} [status]    default 200
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body]     a Buffer or a string as it is, anything else as JSON
 * @property {number} [delayMs]   the flow works that long first
 * @property {true} [accepted]    there is no Response action: 202 at once
 * @property {number} [asynchronousMs]  202 and a Location to poll; the answer is there after so long
 * @property {true} [never]       a Response action exists but does not run
 *
 * @typedef {(run: import("./runtime.mjs").Run, flow: import("../world-flows.mjs").WorldFlow) => FlowAnswer | Promise<FlowAnswer>} Behaviour
 */

/** A red dot, 5 by 5. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
  "base64",
);

const defaultSlowMs = 1500;
const defaultAsynchronousMs = 700;

/** @type {Record<string, Behaviour>} */
export const behaviours = {
  echo: (run) => ({ body: echo(run) }),

  orders: ({ body }) => ({ body: order(body) }),

  slow: (run) => ({ body: echo(run), delayMs: run.body?.delayMs ?? defaultSlowMs }),

  accepted: () => ({ accepted: true }),

  asynchronous: (run) => ({
    body: { ...echo(run), message: "Finished after a while" },
    status: run.body?.status,
    asynchronousMs: run.body?.delayMs ?? defaultAsynchronousMs,
  }),

  /** `{status, json | text, headers}` in the request's body is what comes back. */
  failing: ({ body }) => ({
    status: body?.status ?? 400,
    headers: body?.headers,
    body: body?.text ??
      body?.json ?? { message: "The order could not be booked.", reason: "stock" },
  }),

  text: () => ({
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: "Grüße vom Flow",
  }),

  binary: () => ({ headers: { "Content-Type": "image/png" }, body: picture }),

  badJson: () => ({
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body: '{"message": "it looked like JSON, but',
  }),

  empty: () => ({ body: "" }),

  getOrder: (run) => ({ body: { ...order({ orderNumber: run.parameters.id }), query: run.query } }),

  noResponse: () => ({ never: true }),
};

/** @param {import("./runtime.mjs").Run} run */
function echo({ body, method, relativePath, query, parameters }) {
  return {
    message: "Hello from the flow",
    youSent: body,
    method,
    path: relativePath,
    parameters,
    query,
  };
}

/** A business answer such as a form would show. @param {any} input */
function order({ orderNumber, action = "status" }) {
  const approved = action === "approve";
  return {
    orderNumber,
    customer: "Adventure Works Cycles",
    status: approved ? "Approved" : "Awaiting approval",
    approval: {
      state: approved ? "Approved" : "Requested",
      approver: "Nadia Rahman",
      requestedOn: "2026-11-23T14:05:00Z",
      dueOn: "2026-11-26",
    },
    total: { amount: 18450.5, currency: "EUR" },
    lines: [
      { product: "Touring-3000 Blue, 54", quantity: 12, unitPrice: 1349.6 },
      { product: "Sport-100 Helmet, Red", quantity: 30, unitPrice: 75.18 },
    ],
    message: approved
      ? `Order ${orderNumber} is approved and goes to the warehouse today.`
      : `Order ${orderNumber} waits for Nadia Rahman's approval until Thursday.`,
  };
}
