/** The pages a person sees on login.microsoftonline.com: small, plain, without scripts. */

const style = `
  :root { color-scheme: light; font: 15px/1.45 "Segoe UI", system-ui, sans-serif; color: #1b1b1b; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center;
         background: linear-gradient(135deg, #eaf1fb, #f6f3ee); }
  main { width: min(400px, calc(100vw - 32px)); background: #fff; padding: 36px 40px;
         box-sizing: border-box; box-shadow: 0 2px 8px rgb(0 0 0 / .18); border-radius: 4px; }
  .org { font-weight: 600; color: #5e5e5e; margin: 0 0 14px; }
  h1 { font-size: 22px; font-weight: 600; margin: 0 0 14px; }
  p { margin: 0 0 16px; }
  ul { list-style: none; margin: 0 0 18px; padding: 0; }
  button { font: inherit; cursor: pointer; }
  .person { width: 100%; display: block; text-align: left; border: 0; background: none;
            padding: 10px 12px; border-radius: 3px; }
  .person:hover, .person:focus-visible, .person[data-hinted] { background: #eef3f9; }
  .person small { display: block; color: #5e5e5e; }
  .row { display: flex; justify-content: flex-end; gap: 8px; }
  .primary, .plain { min-width: 96px; padding: 7px 14px; border: 1px solid transparent; border-radius: 2px; }
  .primary { background: #0067b8; color: #fff; } .plain { background: #e6e6e6; }
  button:focus-visible { outline: 2px solid #0067b8; outline-offset: 2px; }
  code { overflow-wrap: anywhere; }
`;

/**
 * @param {string} title
 * @param {string} organization
 * @param {string} content
 */
function page(title, organization, content) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><p class="org">${escapeHtml(organization)}</p><h1>${escapeHtml(title)}</h1>
${content}
</main></body>
</html>`;
}

const cancelButton =
  '<button class="plain" name="action" value="cancel" data-action="cancel">Cancel</button>';

/**
 * @param {{name: string}} tenant
 * @param {Record<string, {name: string, upn: string}>} people by the world's name
 * @param {string} [hint]
 */
export function pickAccountPage(tenant, people, hint) {
  const buttons = Object.entries(people).map(([key, person]) => {
    const hinted = person.upn === hint ? " data-hinted autofocus" : "";
    return `<li><button class="person" name="user" value="${escapeHtml(key)}" data-user="${escapeHtml(key)}"${hinted}>
${escapeHtml(person.name)}<small>${escapeHtml(person.upn)}</small></button></li>`;
  });
  return page(
    "Pick an account",
    tenant.name,
    `<form method="post"><ul>${buttons.join("\n")}</ul><div class="row">${cancelButton}</div></form>`,
  );
}

/** @param {{name: string}} tenant @param {{name: string}} person */
export function secondFactorPage(tenant, person) {
  return page(
    "Approve sign-in request",
    tenant.name,
    `<p>${escapeHtml(person.name)}, your organization needs more information to keep this account secure.</p>
<form method="post"><div class="row">${cancelButton}
<button class="primary" name="action" value="approve" data-action="approve" autofocus>Approve</button></div></form>`,
  );
}

/** @param {{name: string}} tenant @param {{name: string}} client */
export function consentPage(tenant, client) {
  return page(
    "Permissions requested",
    tenant.name,
    `<p><strong>${escapeHtml(client.name)}</strong> would like to run your flows as you.</p>
<form method="post"><div class="row">${cancelButton}
<button class="primary" name="action" value="accept" data-action="accept" autofocus>Accept</button></div></form>`,
  );
}

/** @param {string} error @param {string} [description] */
export function errorPage(error, description = "") {
  return page(
    "Sign in",
    "Sorry, but we’re having trouble signing you in.",
    `<p><code>${escapeHtml(error)}</code></p><p><code>${escapeHtml(description)}</code></p>`,
  );
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {string} text */
function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (character) => entities[character]);
}
