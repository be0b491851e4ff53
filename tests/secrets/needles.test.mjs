/** What counts as a secret in a text: whole, in pieces, backwards, encoded; and what does not. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Needles } from "./needles.mjs";

const signature = randomBytes(32).toString("base64url");
const base64url = (text) => Buffer.from(text).toString("base64url");
const token = [{ alg: "RS256" }, { aud: "https://service.flow.microsoft.com/", oid: "ada" }]
  .map((part) => base64url(JSON.stringify(part)))
  .concat(randomBytes(64).toString("base64url"))
  .join(".");

const needles = new Needles();
needles.add([signature, token]);

const forms = {
  whole: (secret) => secret,
  "in a sentence": (secret) => `Bearer ${secret} was refused`,
  "its first 16 characters": (secret) => `${secret.slice(0, 16)}…`,
  "16 characters from the middle": (secret) => `…${secret.slice(21, 37)}…`,
  "its last 16 characters": (secret) => `…${secret.slice(-16)}`,
  backwards: (secret) => [...secret].reverse().join(""),
  "its halves the other way round": (secret) => secret.slice(20) + secret.slice(0, 20),
  "percent-encoded": (secret) => [...secret].map((c) => `%${hex(c)}`).join(""),
  "percent-encoded twice": (secret) => [...secret].map((c) => `%25${hex(c)}`).join(""),
  "a parameter of a URL in a parameter": (secret) =>
    `?u=${encodeURIComponent(`https://a/?u=${encodeURIComponent(`https://b/?sig=${secret}`)}`)}`,
  base64: (secret) => Buffer.from(secret).toString("base64"),
  base64url,
  "base64 of a sentence": (secret) => base64url(`to: you, a token: ${secret}, bye`),
  "base64 of base64": (secret) => base64url(`x${base64url(`xy${secret}`)}`),
  hex: (secret) => Buffer.from(secret).toString("hex"),
  "JSON of JSON": (secret) => JSON.stringify(JSON.stringify({ url: `a?b="${secret}"` })),
  "escaped in JSON": (secret) => [...secret].map((c) => `\\u00${hex(c)}`).join(""),
  "escaped for HTML": (secret) => [...secret].map((c) => `&#${c.charCodeAt(0)};`).join(""),
};
const hex = (c) => c.charCodeAt(0).toString(16).padStart(2, "0");

for (const [name, write] of Object.entries(forms)) {
  test(`found: ${name}`, () => {
    for (const secret of [signature, token])
      assert.equal(needles.find(write(secret))?.secret, secret);
  });
}

test("not found: shorter pieces, other secrets, and what is redacted", () => {
  for (const text of [
    "",
    signature.slice(0, 15),
    randomBytes(32).toString("base64url"),
    `https://x.logic.azure.com/workflows/${randomBytes(16).toString("hex")}?sig=[redacted]`,
    JSON.stringify({ oid: "ada", aud: "https://service.flow.microsoft.com/" }),
  ]) {
    assert.equal(needles.find(text), undefined, text);
  }
});
