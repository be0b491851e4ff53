/** Finds secrets in any text: whole or a piece of one, forwards or backwards, plain or encoded. */

/** A piece of this length is taken for a leak. */
const piece = 16;
/** How often a text may have been encoded. */
const maxNesting = 3;
/** What tokens and signatures are written in. */
const runs = /[A-Za-z0-9_.~-]{16,}/g;
const base64Runs = /[A-Za-z0-9+/_-]{22,}/g;
const hexRuns = /(?:[0-9a-f]{2}){16,}/gi;

export class Needles {
  /** Every piece, with the secret that it is of. @type {Map<string, string>} */
  #pieces = new Map();
  /** @type {Set<string>} */
  #known = new Set();

  /** @param {Iterable<string>} secrets those that are known already cost nothing */
  add(secrets) {
    for (const secret of secrets) {
      if (this.#known.has(secret)) continue;
      this.#known.add(secret);
      const backwards = [...secret].reverse().join("");
      for (const text of [secret, backwards]) {
        for (let at = 0; at + piece <= text.length; at += 1) {
          this.#pieces.set(text.slice(at, at + piece), secret);
        }
      }
    }
  }

  /**
   * @param {string} text
   * @returns {{secret: string, form: string} | undefined} the secret that is in it, and how it was written there
   */
  find(text) {
    const seen = new Set();
    let forms = [{ text, form: "plain" }];
    for (let depth = 0; depth <= maxNesting && forms.length > 0; depth += 1) {
      for (const { text: one, form } of forms) {
        seen.add(one);
        const secret = this.#plain(one);
        if (secret) return { secret, form };
      }
      forms = forms
        .flatMap(({ text: one, form }) =>
          decoded(one).map(([how, plain]) => ({
            text: plain,
            form: form === "plain" ? how : `${how} in ${form}`,
          })),
        )
        .filter(({ text: one }) => !seen.has(one));
    }
    return undefined;
  }

  /** @param {string} text */
  #plain(text) {
    for (const [run] of text.matchAll(runs)) {
      for (let at = 0; at + piece <= run.length; at += 1) {
        const secret = this.#pieces.get(run.slice(at, at + piece));
        if (secret) return secret;
      }
    }
    return undefined;
  }
}

/**
 * What a text is once an encoding is taken off.
 * @param {string} text
 * @returns {[string, string][]}
 */
function decoded(text) {
  /** @type {[string, string][]} */
  const found = [];
  const add = (how, plain) => {
    if (plain !== text && plain.length >= piece) found.push([how, plain]);
  };
  add("percent-encoded", text.replace(/%([0-9a-f]{2})/gi, fromHex));
  add("JSON-escaped", text.replace(/\\u00([0-9a-f]{2})/gi, fromHex).replaceAll(/\\(.)/g, "$1"));
  add(
    "escaped for HTML",
    text
      .replace(/&#x([0-9a-f]{2});/gi, fromHex)
      .replace(/&#(\d+);/g, (_, n) => String.fromCharCode(n)),
  );
  for (const [run] of text.matchAll(base64Runs)) {
    // It may stand in the middle of something longer, at any of the places in a group of four.
    for (let shift = 0; shift < 4; shift += 1) {
      const plain = Buffer.from(run.slice(shift), "base64").toString("latin1");
      for (const [part] of plain.matchAll(runs)) add("base64", part);
      if (/%[0-9a-f]{2}/i.test(plain)) add("base64", plain);
    }
  }
  for (const [run] of text.matchAll(hexRuns))
    add("hex", Buffer.from(run, "hex").toString("latin1"));
  return found;
}

const fromHex = (_, hex) => String.fromCharCode(Number.parseInt(hex, 16));
