/**
 * Writes the page that MSAL's sign-in window comes back to, and its script with Microsoft's redirect bridge in it: two
 * files, to be uploaded as the web resources `ef_msal_redirect.html` and `ef_msal_redirect.js`. The script is not in the
 * page, since a content security policy without 'unsafe-inline' would keep it from running there.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";

const bridge = new URL(
  "../node_modules/@azure/msal-browser/lib/redirect-bridge/msal-redirect-bridge.min.js",
  import.meta.url,
);
const folder = new URL("../out/webresources/", import.meta.url);

const script = (await readFile(bridge, "utf8")).replace(/^\/\/# sourceMappingURL=.*$/m, "").trim();

await mkdir(folder, { recursive: true });
await writeFile(
  new URL("ef_msal_redirect.html", folder),
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Signing in</title>
  </head>
  <body>
    <script src="ef_msal_redirect.js"></script>
  </body>
</html>
`,
);
await writeFile(
  new URL("ef_msal_redirect.js", folder),
  `${script}
msalRedirectBridge.broadcastResponseToMainFrame().catch(function (error) {
  document.body.textContent = "This window could not finish the sign-in. Close it and try again.";
  console.error(error);
});
`,
);
