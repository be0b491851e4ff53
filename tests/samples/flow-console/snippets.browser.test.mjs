/** The flow console: the call in TypeScript, in the page. What it makes of definitions is in ../snippet.test.mjs. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compile } from "../support/compile.mjs";
import { openFlow, screenshot } from "../support/console.mjs";
import { app, page, patient, sandbox } from "../support/stage.mjs";

describe("the snippet", () => {
  async function snippetOf(view, name) {
    await openFlow(view, name, "Snippet");
    return view.getByLabel("Snippet in TypeScript").innerText();
  }

  test(
    "compiles, and types the body by the trigger's schema and the answer by the Response action's",
    patient,
    async () => {
      const rows = sandbox.rows("contoso", "workflow");
      const definition = JSON.stringify({
        properties: {
          definition: {
            triggers: {
              manual: {
                type: "Request",
                kind: "Http",
                inputs: {
                  method: "PUT",
                  relativePath: "things/{thing id}/{class}",
                  schema: {
                    type: "object",
                    title: "X",
                    properties: {
                      "*/": { type: "string", description: "ends */ here" },
                      secret: { type: "string", default: "GEHEIM" },
                      ref: { $ref: "https://flows.example.net/schema.json" },
                    },
                  },
                },
              },
            },
            actions: {
              If: {
                type: "If",
                actions: {},
                else: {
                  actions: {
                    Response: {
                      type: "Response",
                      inputs: {
                        statusCode: 200,
                        schema: {
                          type: "object",
                          properties: { total: { type: "number" } },
                          required: ["total"],
                        },
                      },
                    },
                  },
                },
              },
              HTTP: { inputs: { headers: { "x-api-key": "GEHEIM" } } },
            },
          },
        },
      });
      rows.push({
        ...rows[0],
        workflowid: "00000000-0000-4000-8000-000000000001",
        name: "7 Größen */ & mehr",
        clientdata: definition,
      });
      const view = await app.open(page);
      const snippets = {
        orders: await snippetOf(view, "Order status"),
        getOrder: await snippetOf(view, "Reads one order"),
        accepted: await snippetOf(view, "Has no Response action"),
        trigger: await snippetOf(view, "Its trigger has a name"),
        odd: await snippetOf(view, "7 Größen"),
      };
      const use = (order, total) => `import type { FlowClient } from "entra-flow";
import { callOrderStatusAndApproval } from "./orders";
import { callFlow7GroEnMehr } from "./odd";
declare const client: FlowClient;
void callOrderStatusAndApproval(client, { orderNumber: ${order}, action: "approve" });
callFlow7GroEnMehr(client, "1", "2", {}).then(({ ${total} }) => ${total}.toFixed());
`;
      const name = /function (call\w+)/.exec(snippets.odd)[1];
      const named = (text) => text.replaceAll("callFlow7GroEnMehr", name);
      const compiled = (more) => compile({ ...snippets, use: named(more) });
      assert.equal(compiled(use('"7"', "total")), "");
      assert.match(compiled(use("7", "total")), /not assignable to type 'string'/);
      assert.match(compiled(use('"7"', "sum")), /Property 'sum' does not exist/);
      assert.match(snippets.getOrder, /method: "GET", path: \["orders", id\]/);
      for (const frame of page.frames()) assert.doesNotMatch(await frame.content(), /GEHEIM/);
      assert.equal(
        sandbox.requests.filter(({ kind }) => kind === "unknown").length,
        0,
        "a foreign schema was fetched",
      );
      await screenshot(page, "flow-console-snippet");
    },
  );

  test("is copied", patient, async () => {
    const view = await app.open(page);
    const text = await snippetOf(view, "Echo");
    await view.getByRole("button", { name: "Copy snippet" }).click();
    await view.getByText("Copied").waitFor();
    assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), text.trim());
  });
});
