/** What the console's preview of publishing makes of a URL, whoever lets it through. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadModule } from "./support/modules.mjs";

describe("the preview's own look at a URL", () => {
  const url =
    "https://a.b.environment.api.powerplatform.com/workflows/1/triggers/manual/paths/invoke";
  const variable = { schemaName: "ef_A", displayName: "A", effective: undefined, hasValue: false };
  const plan = async (answer, variables = [variable], names = ["ef_A"]) => {
    const { planChanges } = await loadModule("publish-plan.ts");
    const asked = [];
    const client = {
      flow: (target) => {
        asked.push(target);
        return { callbackUrl: async () => answer };
      },
    };
    const map = names.map((environmentVariable) => ({ workflowId: "1", environmentVariable }));
    return { planned: await planChanges(client, variables, map), asked };
  };

  // The library refuses such a URL before: this is the second lock on the door.
  test("refuses one with a signature, whatever let it through, and does not show it", async () => {
    for (const sig of ["sig=abc", "sp=%2Frun&sv=1.0&sig=abc", "api-version=1&sig="]) {
      const { planned } = await plan(`${url}?${sig}`);
      assert.equal(planned[0].change, "refused", sig);
      assert.match(planned[0].reason, /carries a signature/);
      assert.ok(!JSON.stringify(planned).includes("abc"), "the signature is shown");
    }
  });

  test("lets one without a signature through", async () => {
    const { planned, asked } = await plan(`${url}?api-version=1`);
    assert.equal(planned[0].change, "create");
    assert.deepEqual(asked, [{ workflowId: "1", trigger: "manual" }]);
  });

  test("refuses a variable that there is not, and the second row of one", async () => {
    const { planned } = await plan(url, [variable], ["ef_A", "ef_B", "ef_A"]);
    assert.deepEqual(
      planned.map(({ change }) => change),
      ["create", "refused", "refused"],
    );
  });

  test("shows of a variable's URL no query, no user, and no path that is no trigger's", async () => {
    const { shownValue } = await loadModule("publish-plan.ts");
    const hook = "https://hooks.example.net/services/T0/B0/SECRET";
    for (const text of [hook, `${url}?x=SECRET`, url.replace("//", "//me:SECRET@"), "SECRET"])
      assert.ok(!shownValue(text).includes("SECRET"), shownValue(text));
    assert.equal(shownValue(hook), "https://hooks.example.net/…");
  });
});
