import { child, children, parseXml, textOf } from "../xml.mjs";
import { fileOf, missing, rootOf, tellTwice, tellUnnamed } from "./opened.mjs";

/** Each CustomControl of customizations.xml, its manifest, and the files that the manifest names. */
export function checkControls(opened, tell, maxFileBytes) {
  const { controls, customizations, entries } = opened;
  const names = [];
  for (const element of controls) {
    const name = textOf(element, "Name");
    if (!name || element.attributes.length > 0) {
      tell(
        "control-form",
        element.getAttribute("Name") ?? name ?? "a CustomControl",
        "is not of the form that imports",
      );
    }
    if (!name) continue;
    names.push(name);
    checkControl(opened, element, name, tell);
  }
  if (controls.length > 0 && !child(customizations, "EntityDataProviders")) {
    tell("control-data-providers", "customizations.xml", "has no <EntityDataProviders />");
  }
  tellTwice(
    names.map((name) => [name, name]),
    "name-twice",
    tell,
  );

  // What stands in a control's folder is the business of its manifest.
  const homes = names.map((name) => `Controls/${name}/`);
  const isInAHome = (name) => homes.some((home) => name.startsWith(home));
  tellUnnamed(opened, "Controls/", isInAHome, tell);
  for (const entry of entries) {
    if (!entry.name.startsWith("Controls/") || entry.folder) continue;
    if (/\/ControlManifest\.Input\.xml$|\.tsx?$/i.test(entry.name))
      tell("control-unbuilt", entry.name, "is source");
    if (entry.bytes.length > maxFileBytes)
      tell("file-too-big", entry.name, `${entry.bytes.length} bytes`);
  }
}

function checkControl(opened, element, name, tell) {
  const [, prefix, rest] = /^([^_]+)_(.+)$/.exec(name) ?? [];
  if (!rest?.includes(".")) tell("control-name", name, "is not <prefix>_<namespace>.<constructor>");
  else if (opened.prefix && prefix.toLowerCase() !== opened.prefix.toLowerCase()) {
    tell("control-prefix", name, `the publisher's prefix is ${opened.prefix}`);
  }
  const path = textOf(element, "FileName");
  const entry = fileOf(opened, { where: name, path, home: "Controls" }, tell);
  if (path?.startsWith("/Controls/") && path !== `/Controls/${name}/ControlManifest.xml`) {
    tell("control-name", name, `its FileName is ${path}`);
  }
  const control = entry && child(rootOf(entry.name, entry.bytes, "manifest", tell), "control");
  if (!entry) return;
  if (!control) {
    tell("control-manifest", entry.name, "has no control");
    return;
  }
  checkManifest(control, entry.name, tell);
  const own = `${control.getAttribute("namespace")}.${control.getAttribute("constructor")}`;
  if (rest && own !== rest) tell("control-name", name, `its manifest says ${own}`);
  checkResources(opened, control, entry.name, tell);
}

function checkManifest(control, where, tell) {
  const faults = {
    namespace: /^[A-Za-z][\w.]*$/,
    constructor: /^[A-Za-z]\w*$/,
    version: /^\d+\.\d+\.\d+$/,
    "control-type": /^(standard|virtual)$/,
  };
  for (const [name, form] of Object.entries(faults)) {
    const value = control.getAttribute(name);
    if (!form.test(value ?? "")) tell("control-manifest", where, `${name} is "${value ?? ""}"`);
  }
  const properties = children(control).filter(({ localName }) =>
    /^(property|data-set)$/.test(localName),
  );
  tellTwice(
    properties.map((item) => [item.getAttribute("name"), where]),
    "name-twice",
    tell,
  );
}

function checkResources(opened, control, where, tell) {
  const folder = where.slice(0, where.lastIndexOf("/") + 1);
  const resources = children(child(control, "resources"));
  const code = resources.filter(({ localName }) => localName === "code");
  if (code.length !== 1) tell("control-resources", where, `names ${code.length} code files`);
  for (const resource of resources) {
    const path = resource.getAttribute("path");
    if (path === null) continue; // platform-library, dependency: the environment has them
    if (/\.tsx?$/i.test(path)) {
      tell("control-unbuilt", where, `its code is ${path}`);
      continue;
    }
    const entry = opened.files.get(folder + path);
    if (!entry) tell("file-missing", where, missing(opened, folder + path));
    else if (resource.localName === "resx") {
      const { problem } = parseXml(entry.bytes);
      if (problem) tell("xml-malformed", entry.name, problem);
    }
  }
}
