import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "../lib/failure.mjs";
import { at } from "../lib/paths.mjs";

/** The licences that we take, in the order in which we choose among alternatives, and the names of files with their text. */
const taken = {
  MIT: /^licen[cs]e(-mit)?(\.md|\.txt)?$/i,
  "Unicode-3.0": /^license-unicode$/i,
  "Apache-2.0": /^licen[cs]e(-apache)?(\.md|\.txt)?$/i,
};

/** Of a licence expression, those that we take the work under: all that are joined by AND. */
export function chosen(expression) {
  return expression.split(" AND ").map((part) => {
    const offered = part.replace(/[()]/g, "").split(/ OR |\//);
    const licence = Object.keys(taken).find((known) => offered.includes(known));
    if (licence === undefined) {
      throw new Failure(
        `The licence "${expression}" is not one that we take (scripts/licences/terms.mjs, deny.toml): do without the dependency, or ask whether its terms can be met.`,
      );
    }
    return licence;
  });
}

/** The text of a licence, as the work in `folder` carries it. */
export function textOf({ name, folder, authors }, licence) {
  const files = readdirSync(folder).filter((file) => taken[licence].test(file));
  // The one named after the licence before the one that may be of an alternative.
  const file = files.sort((a, b) => b.length - a.length || (a < b ? -1 : 1))[0];
  // Some name the licence and ship no text of it.
  if (file === undefined && licence === "MIT")
    return mit(
      authors.length > 0
        ? authors.map((one) => one.replace(/ <.*/, "")).join(", ")
        : `the authors of ${name}`,
    );
  if (file === undefined) throw new Failure(`${name} has no text of its licence ${licence}.`);
  return cleaned(readFileSync(path.join(folder, file), "utf8"));
}

/** Our own licence. */
export const ownText = () => cleaned(readFileSync(at("LICENSE"), "utf8"));

/** The MIT licence, of others. */
export const mit = (owner) =>
  `Copyright (c) ${owner}\n\n${ownText().slice(ownText().indexOf("Permission is hereby"))}`;

const cleaned = (text) =>
  text
    .replaceAll("\r\n", "\n")
    .replace(/[ \t]+$/gm, "")
    .trim();
