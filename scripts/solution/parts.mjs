import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { v5 as uuid } from "uuid";
import { create } from "xmlbuilder2";
import { Failure } from "../lib/failure.mjs";
import { filesUnder } from "../lib/stamp.mjs";
import { componentType, endingOf, webResourceTypes } from "./formats.mjs";
import { child, parseXml } from "./xml.mjs";

/**
 * The parts of a solution. Each is `{ root, xml, files }`: its line in solution.xml, its element in customizations.xml,
 * and its files as `[name in the zip, bytes]`.
 */

/** A control as pcf-scripts built it: all that is in its folder. */
export function controlPart(folder, { publisher }) {
  const manifest = child(documentOf(path.join(folder, "ControlManifest.xml")), "control");
  const word = (name) => manifest.getAttribute(name);
  const name = `${publisher.prefix}_${word("namespace")}.${word("constructor")}`;
  const home = `Controls/${name}`;
  return {
    root: { "@type": componentType.control, "@schemaName": name, "@behavior": 0 },
    xml: { Name: name, FileName: `/${home}/ControlManifest.xml` },
    files: filesUnder(folder)
      .filter((file) => endingOf(file) !== "map")
      .map((file) => [
        `${home}/${path.relative(folder, file).split(path.sep).join("/")}`,
        bytesOf(file),
      ]),
  };
}

// Ours alone: with it a name has the same id wherever and whenever it is packed, so that a new version meets the old one.
const idSpace = "6f9a1b9e-3a0e-4d0c-8a62-0f2f5b7a1c57";

/** A web resource. Its file has no folder and no ending in the zip, as in an export. */
export function webResourcePart({ name, displayName, type, file }, { introduced }) {
  const id = uuid(name, idSpace);
  const entry = `WebResources/${name.replace(/[./]/g, "")}${id.toUpperCase()}`;
  const [number] = [...webResourceTypes].find(([, { word }]) => word === type);
  return {
    root: { "@type": componentType.webResource, "@schemaName": name, "@behavior": 0 },
    xml: {
      WebResourceId: `{${id}}`,
      Name: name,
      DisplayName: displayName,
      WebResourceType: number,
      IntroducedVersion: introduced,
      IsEnabledForMobileClient: 0,
      IsAvailableForMobileOffline: 0,
      IsCustomizable: 1,
      CanBeDeleted: 1,
      IsHidden: 0,
      FileName: `/${entry}`,
    },
    files: [[entry, bytesOf(file)]],
  };
}

/**
 * A command bar's buttons on a table that the environment has already: the table as a shell (behavior 2), which holds
 * nothing but its ribbon.
 */
export function ribbonPart({ table, file }) {
  const ribbon = documentOf(file);
  if (ribbon.localName !== "RibbonDiffXml")
    throw new Failure(`${file}: its root is not RibbonDiffXml.`);
  return {
    root: { "@type": componentType.table, "@schemaName": table, "@behavior": 2 },
    xml: {
      Name: { "@LocalizedName": table, "@OriginalName": table, "#": table },
      EntityInfo: { entity: { "@Name": table, "@unmodified": 1, attributes: {} } },
      ...create(ribbon.outerHTML).end({ format: "object" }),
    },
    files: [],
  };
}

function bytesOf(file) {
  try {
    if (statSync(file).size > 0) return readFileSync(file);
  } catch {
    throw new Failure(`${file} is to be packed, and is not there. Was it built?`);
  }
  throw new Failure(`${file} is to be packed, and is empty.`);
}

function documentOf(file) {
  const { document, problem } = parseXml(bytesOf(file));
  if (problem) throw new Failure(`${file} ${problem}.`);
  return document.documentElement;
}
