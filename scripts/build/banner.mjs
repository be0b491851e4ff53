import { readFileSync } from "node:fs";
import { at } from "../lib/paths.mjs";

/**
 * The first line of each script that ships. A bundler keeps it, and whoever meets a copy learns where the licences are,
 * which have to go along with copies.
 */
export function banner(name, licences) {
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  return `/*! ${name} ${version}, MIT. Also others' work: ${licences} */`;
}
