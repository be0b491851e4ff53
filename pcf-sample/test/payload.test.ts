import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyFrom } from "../FlowButton/payload";

test("the payload is JSON; without one the flow gets the record", () => {
  assert.deepEqual(bodyFrom('{"orderNumber":"1042"}', {}), { orderNumber: "1042" });
  assert.deepEqual(bodyFrom("", { table: "ef_order", id: "1" }), { table: "ef_order", id: "1" });
  assert.deepEqual(bodyFrom("", {}), {});
});

test("what is not JSON is told before anything is sent", () => {
  assert.throws(() => bodyFrom("{orderNumber: 1042}", {}), SyntaxError);
});
