import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import { Failure } from "../lib/failure.mjs";
import { isPrefix, isWebResourceName, webResourceTypes } from "./formats.mjs";

const text = { type: "string", minLength: 1 };
const list = (properties) => ({
  type: "array",
  items: {
    type: "object",
    required: Object.keys(properties),
    properties,
    additionalProperties: false,
  },
});
const webResources = list({
  name: { type: "string", format: "web-resource-name" },
  displayName: text,
  type: { enum: [...webResourceTypes.values()].map(({ word }) => word) },
  file: text,
});

const sampleSchema = {
  type: "object",
  required: ["webResources"],
  properties: {
    webResources,
    ribbons: list({ table: { type: "string", pattern: "^[a-z][a-z0-9_]*$" }, file: text }),
  },
  additionalProperties: false,
};

const solutionSchema = {
  type: "object",
  required: ["uniqueName", "displayName", "description", "languageCode", "introduced"],
  properties: {
    uniqueName: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_]*$" },
    displayName: text,
    description: text,
    languageCode: { type: "integer" },
    introduced: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+\\.\\d+$" },
    publisher: {
      type: "object",
      required: ["uniqueName", "displayName", "description", "prefix", "optionValuePrefix"],
      properties: {
        uniqueName: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_]*$" },
        displayName: text,
        description: text,
        prefix: { type: "string", format: "prefix" },
        optionValuePrefix: { type: "integer", minimum: 10000, maximum: 99999 },
      },
      additionalProperties: false,
    },
    controls: { type: "array", items: text },
    webResources,
  },
  additionalProperties: false,
};
solutionSchema.required.push("publisher", "controls", "webResources");

const ajv = new Ajv({
  allErrors: true,
  formats: { prefix: isPrefix, "web-resource-name": isWebResourceName },
});
const isSolution = ajv.compile(solutionSchema);
const isSample = ajv.compile(sampleSchema);

/**
 * What goes into the solution: `scripts/solution/solution.json`, and the `webresources.json` of each folder of
 * `js/samples/` that has one. Paths become absolute: those of the former start at the project, of the latter at its folder.
 */
export function readManifest(root) {
  const solution = read(path.join(root, "scripts", "solution", "solution.json"), isSolution);
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const manifest = {
    ...solution,
    version: `${/^\d+\.\d+\.\d+/.exec(version)[0]}.0`,
    controls: solution.controls.map((folder) => path.join(root, folder)),
    webResources: solution.webResources.map(from(root)),
    ribbons: [],
  };
  for (const folder of sampleFolders(path.join(root, "js", "samples"))) {
    const sample = read(path.join(folder, "webresources.json"), isSample);
    manifest.webResources.push(...sample.webResources.map(from(folder)));
    manifest.ribbons.push(...(sample.ribbons ?? []).map(from(folder)));
  }
  // Code units, not the machine's language: the same order everywhere.
  manifest.webResources.sort((a, b) => (a.name < b.name ? -1 : 1));
  return manifest;
}

const from = (folder) => (item) => ({ ...item, file: path.join(folder, item.file) });

const sampleFolders = (samples) =>
  (existsSync(samples) ? readdirSync(samples).sort() : [])
    .map((name) => path.join(samples, name))
    .filter((folder) => existsSync(path.join(folder, "webresources.json")));

function read(file, isValid) {
  let json;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure(`${file}: ${error.message}`);
  }
  if (isValid(json)) return json;
  throw new Failure(
    `${file}: ${ajv.errorsText(isValid.errors, { dataVar: "it", separator: "; " })}`,
  );
}
