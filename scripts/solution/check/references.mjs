import { componentType } from "../formats.mjs";
import { child, children, parseXml, textOf } from "../xml.mjs";

/**
 * What the solution needs from elsewhere: what it says so of (MissingDependencies), and web resources that its scripts'
 * dependencies and its ribbons name, which must be in the zip, be told as missing, or be another publisher's.
 */
export function checkReferences(opened, tell) {
  const needed = children(child(opened.manifest, "MissingDependencies"), "MissingDependency")
    .map((item) => child(item, "Required"))
    .filter(Boolean);
  for (const item of needed) {
    const name = item.getAttribute("schemaName") ?? item.getAttribute("displayName") ?? "something";
    tell(
      "needs",
      "solution.xml",
      `${name} of ${item.getAttribute("solution") ?? "another solution"}`,
    );
  }
  const known = new Set(
    [
      ...opened.webResources.map((element) => textOf(element, "Name") ?? ""),
      ...needed
        .filter((item) => item.getAttribute("type") === String(componentType.webResource))
        .map((item) => item.getAttribute("schemaName") ?? ""),
    ].map((name) => name.toLowerCase()),
  );
  for (const { name, where } of [...libraries(opened, tell), ...ribbonScripts(opened)]) {
    if (known.has(name.toLowerCase())) continue;
    const own = opened.prefix && name.toLowerCase().startsWith(`${opened.prefix.toLowerCase()}_`);
    if (own) tell("resource-dependency", where, `needs ${name}, which is not in the zip`);
    else tell("needs", where, name);
  }
  for (const { name } of opened.entries) {
    if (/environmentvariablevalues\.json$/i.test(name))
      tell("variable-values", name, "holds an environment's values");
  }
}

/** DependencyXml is XML in a text: `<Dependencies><Dependency componentType="WebResource"><Library name="…" />`. */
function libraries({ webResources }, tell) {
  return webResources.flatMap((element) => {
    const where = textOf(element, "Name") ?? "";
    const text = textOf(element, "DependencyXml");
    if (!text) return [];
    const { document, problem } = parseXml(Buffer.from(text));
    if (problem) tell("xml-malformed", where, `its DependencyXml ${problem}`);
    return [...(document?.getElementsByTagName("Library") ?? [])].map((item) => ({
      name: item.getAttribute("name") ?? "",
      where,
    }));
  });
}

/** Any attribute of a ribbon may name a web resource: Library, Image16by16, ModernImage, … */
function ribbonScripts({ customizations }) {
  const found = [];
  for (const ribbon of customizations.getElementsByTagName("RibbonDiffXml")) {
    for (const element of ribbon.getElementsByTagName("*")) {
      for (const { name: attribute, value } of element.attributes) {
        const name = /^\$webresource:(.+)$/i.exec(value)?.[1].trim();
        if (name) found.push({ name, where: `the ribbon's ${element.localName} ${attribute}` });
      }
    }
  }
  return found;
}
