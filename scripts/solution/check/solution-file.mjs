import { componentType, isGuid, isPrefix, versionOf } from "../formats.mjs";
import { child, children, textOf } from "../xml.mjs";
import { tellTwice } from "./opened.mjs";

const file = "solution.xml";

/** What solution.xml says of the solution and of its publisher. */
export function checkSolutionFile({ manifest }, tell, fileName) {
  const isName = (text) => /^[a-z]\w{0,64}$/i.test(text ?? "");
  const name = textOf(manifest, "UniqueName");
  if (!isName(name)) tell("unique-name", file, `UniqueName is "${name ?? ""}"`);
  const version = textOf(manifest, "Version");
  if (!versionOf(version)) tell("version", file, `Version is "${version ?? ""}"`);
  const managed = textOf(manifest, "Managed");
  if (!["0", "1"].includes(managed)) tell("managed-flag", file, `Managed is "${managed ?? ""}"`);
  else if (fileName && /_managed\b/i.test(fileName) !== (managed === "1")) {
    tell("managed-name", fileName, `Managed is ${managed}`);
  }
  const publisher = child(manifest, "Publisher");
  const publisherName = textOf(publisher, "UniqueName");
  if (!isName(publisherName))
    tell("publisher", file, `the publisher's UniqueName is "${publisherName ?? ""}"`);
  const prefix = textOf(publisher, "CustomizationPrefix") ?? "";
  if (!isPrefix(prefix)) tell("publisher-prefix", file, `CustomizationPrefix is "${prefix}"`);
  const option = textOf(publisher, "CustomizationOptionValuePrefix") ?? "";
  if (!/^[1-9]\d{4}$/.test(option))
    tell("option-value-prefix", file, `CustomizationOptionValuePrefix is "${option}"`);
}

/** RootComponents and the components of customizations.xml name each other. */
export function checkRoots(opened, tell) {
  const section = child(opened.manifest, "RootComponents");
  const roots = children(section, "RootComponent").map(rootOf);
  const components = componentsOf(opened);
  if (roots.length === 0)
    tell("roots-missing", file, section ? "RootComponents is empty" : "has no RootComponents");

  for (const { type, id, name, where } of roots) {
    if (!/^\d+$/.test(type) || (id ? !isBraced(id) : !name)) tell("root-invalid", file, where);
  }
  tellTwice(
    roots.map(({ type, id, name }) => [`type ${type} ${id || name}`, file]),
    "root-twice",
    tell,
  );
  const knows = (list, { type, key }) =>
    list.some((other) => other.type === type && other.key.toLowerCase() === key.toLowerCase());
  const known = new Set(Object.values(componentType).map(String));
  for (const root of roots) {
    if (known.has(root.type) && !knows(components, root))
      tell("root-without-component", file, root.where);
  }
  if (roots.length === 0) return;
  for (const component of components) {
    if (!knows(roots, component))
      tell("root-undeclared", component.key, `is not a root component of type ${component.type}`);
  }
}

const isBraced = (text) => /^\{.*\}$/.test(text) && isGuid(text.slice(1, -1));

function rootOf(element) {
  const type = element.getAttribute("type") ?? "";
  const id = element.getAttribute("id") ?? "";
  const name = element.getAttribute("schemaName") ?? "";
  return {
    type,
    id,
    name,
    key: name || id,
    where: `RootComponent of type ${type}, ${name || id || "without a name"}`,
  };
}

/** What customizations.xml brings, as RootComponents names it. */
function componentsOf({ webResources, controls, workflows, tables }) {
  const list = (type, elements, key) =>
    elements
      .map((element) => ({ type: String(type), key: key(element) ?? "" }))
      .filter((item) => item.key);
  return [
    ...list(componentType.webResource, webResources, (element) => textOf(element, "Name")),
    ...list(componentType.control, controls, (element) => textOf(element, "Name")),
    ...list(componentType.flow, workflows, (element) => element.getAttribute("WorkflowId")),
    ...list(componentType.table, tables, (element) => textOf(element, "Name")),
  ];
}
