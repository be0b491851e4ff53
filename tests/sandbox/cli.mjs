/**
 * `node tests/sandbox/cli.mjs [--cors=open] [--port=8443]`: serves until Ctrl-C, and says where.
 */
import { parseArgs } from "node:util";
import { chromiumPath } from "./browser.mjs";
import { startSandbox } from "./index.mjs";

const { values } = parseArgs({
  options: {
    cors: { type: "string", default: "strict" },
    port: { type: "string", default: "0" },
  },
});
const cors = values.cors === "open" ? "open" : "strict";
const sandbox = await startSandbox({ cors, port: Number(values.port) });
const { orgs, users, flows } = sandbox.world;

const membersOf = (tenantId) =>
  Object.keys(users)
    .filter((name) => users[name].tenantId === tenantId)
    .join(", ");

console.log(`The sandbox listens on 127.0.0.1:${sandbox.port}, CORS ${cors}.\n\nOrgs:`);
for (const { url, cloud, tenantId } of Object.values(orgs)) {
  console.log(`  ${url}/login?user=…   ${cloud}; ${membersOf(tenantId)}`);
}
console.log("\nFlows of contoso:");
for (const { key, org, workflowId } of Object.values(flows)) {
  if (org === "contoso") console.log(`  ${key.padEnd(16)} ${workflowId}`);
}
console.log(`\nA browser in it:\n  ${commandLine()}\n\nCtrl-C ends it.`);

process.once("SIGINT", async () => {
  await sandbox.close();
  process.exit(0);
});

function commandLine() {
  const words = [browser(), "--user-data-dir=/tmp/entra-flow-profile", ...sandbox.browserArgs()];
  return [...words, `${orgs.contoso.url}/login?user=ada`].map(quoted).join(" ");
}

function browser() {
  try {
    return chromiumPath();
  } catch {
    return "chromium";
  }
}

/** @param {string} word */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`;
}
