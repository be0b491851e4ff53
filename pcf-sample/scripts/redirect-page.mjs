/**
 * Writes the page that MSAL's sign-in window comes back to: one HTML file with Microsoft's redirect
 * bridge in it, to be uploaded as the web resource `ef_msal_redirect.html`.
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
    <script>
${script.replaceAll("</script", "<\\/script")}
    </script>
  </head>
  <body>
    <script>
      msalRedirectBridge.broadcastResponseToMainFrame().catch(function (error) {
        document.body.textContent = "This window could not finish the sign-in. Close it and try again.";
        console.error(error);
      });
    </script>
  </body>
</html>
`,
);
