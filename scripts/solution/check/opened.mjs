import { child, children, parseXml, textOf } from "../xml.mjs";
import { readZip } from "../zip.mjs";

/**
 * A solution zip, opened: its entries by name, and the elements that the checks begin from. Undefined where it can't be
 * read; without `manifest` or `customizations` where those can't.
 */
export async function openPackage(bytes, tell) {
  const { entries, problem } = await readZip(bytes);
  if (problem) {
    tell("zip-unreadable", "the zip", problem);
    return undefined;
  }
  const files = new Map(entries.map((entry) => [entry.name, entry]));
  const read = (name, root) => {
    const entry = files.get(name);
    return entry && rootOf(name, entry.bytes, root, tell);
  };
  const solution = read("solution.xml", "ImportExportXml");
  const customizations = read("customizations.xml", "ImportExportXml");
  const manifest = child(solution, "SolutionManifest");
  if (solution && !manifest) tell("xml-root", "solution.xml", "has no SolutionManifest");
  return {
    entries,
    files,
    contentTypes: read("[Content_Types].xml", "Types"),
    manifest,
    customizations,
    prefix: textOf(child(manifest, "Publisher"), "CustomizationPrefix") ?? "",
    webResources: children(child(customizations, "WebResources"), "WebResource"),
    controls: children(child(customizations, "CustomControls"), "CustomControl"),
    workflows: children(child(customizations, "Workflows"), "Workflow"),
    tables: children(child(customizations, "Entities"), "Entity"),
  };
}

/** The root element of XML that must have this one; undefined, and told, where it has not. */
export function rootOf(where, bytes, name, tell) {
  const { document, problem } = parseXml(bytes);
  if (problem) {
    tell("xml-malformed", where, problem);
    return undefined;
  }
  const root = document.documentElement;
  if (root.localName === name) return root;
  tell("xml-root", where, `begins with <${root.localName}>, not <${name}>`);
  return undefined;
}

/**
 * The entry that a FileName means; undefined, and told, where there is none. `home` is the folder that its kind has.
 */
export function fileOf(opened, { where, path, home }, tell) {
  if (!path?.startsWith(`/${home}/`)) {
    tell("file-path", where, `its file is ${path ? `"${path}"` : "not named"}, not "/${home}/…"`);
    return undefined;
  }
  const name = path.slice(1);
  const entry = opened.files.get(name);
  if (!entry) tell("file-missing", where, missing(opened, name));
  return entry;
}

/** That an entry is missing, and whether one is there that differs in case alone. */
export function missing({ entries }, name) {
  const like = entries.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  return like ? `"${name}" is "${like.name}" in the zip` : `"${name}" is not in the zip`;
}

/** Tells what comes twice among `[key, where]`, whatever its case. */
export function tellTwice(pairs, name, tell) {
  const seen = new Set();
  for (const [key, where] of pairs) {
    const word = key?.toLowerCase();
    if (word && seen.has(word)) tell(name, where, `${key} is there twice`);
    seen.add(word);
  }
}

/** Tells the files in a folder that no component names. */
export function tellUnnamed({ entries }, folder, isNamed, tell) {
  for (const { name, folder: isFolder } of entries) {
    if (!isFolder && name.startsWith(folder) && !isNamed(name))
      tell("unnamed-file", name, "is named by nothing");
  }
}
