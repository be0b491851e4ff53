/**
 * What a tenant knows of its users' sign-ins beyond sessions: who proved a second factor, who
 * consented; and the rules that ask for either.
 */
import { clouds } from "../clouds.mjs";
import { requestedResource } from "./resources.mjs";
import { errorPage } from "./sign-in-page.mjs";

export class SignIns {
  /** @type {Set<string>} */
  #provedMfa = new Set();
  /** @type {Set<string>} */
  #consented = new Set();

  mfaMessage =
    "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.";

  consentMessage =
    "AADSTS65001: The user or administrator has not consented to use the application.";

  /** Conditional access guards the flow service, not the sign-in itself. */
  needsMfa(person, resources) {
    if (!person?.mfa || this.#provedMfa.has(person.oid)) return false;
    const guarded = Object.values(clouds).map(({ flowAudience }) => flowAudience);
    return resources.some((identifier) => guarded.includes(identifier));
  }

  proveMfa(oid) {
    this.#provedMfa.add(oid);
  }

  hasConsented(person) {
    return !person?.consentRequired || this.#consented.has(person.oid);
  }

  consent(oid) {
    this.#consented.add(oid);
  }

  /** @param {string} [oid] */
  forget(oid) {
    for (const set of [this.#provedMfa, this.#consented]) {
      if (oid) set.delete(oid);
      else set.clear();
    }
  }

  resourceOf(ctx) {
    return requestedResource(ctx.oidc.params?.scope);
  }

  renderError(ctx, out) {
    ctx.type = "html";
    ctx.body = errorPage(out.error, out.error_description);
  }
}
