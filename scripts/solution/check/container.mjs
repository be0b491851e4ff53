import { rootFiles } from "../formats.mjs";
import { children } from "../xml.mjs";

/** The zip as a zip: names, paths, and the three files that an import looks for first. */
export function checkContainer({ entries, files, customizations }, tell) {
  const seen = new Set();
  for (const { name, method, encrypted, folder } of entries) {
    if (encrypted) tell("entry-unpackable", name, "is encrypted");
    else if (![0, 8].includes(method))
      tell("entry-unpackable", name, `is packed by method ${method}`);
    const fault = pathFault(folder ? name.slice(0, -1) : name);
    if (fault) tell("entry-path", name, fault);
    else if (folder) tell("folder-entry", name, "is a folder");
    const key = name.toLowerCase();
    if (seen.has(key)) tell("entry-twice", name, "is there twice");
    seen.add(key);
  }
  checkRootFiles(entries, files, tell);
  const sections = new Set();
  for (const { localName } of children(customizations)) {
    if (sections.has(localName))
      tell("section-twice", "customizations.xml", `has <${localName}> twice`);
    sections.add(localName);
  }
}

function pathFault(name) {
  if (name.includes("\\")) return "has a backslash";
  if (name.startsWith("/") || /^[a-z]:/i.test(name)) return "is an absolute path";
  if (name.split("/").some((part) => ["", ".", ".."].includes(part)))
    return "has an empty part, `.` or `..`";
  return undefined;
}

function checkRootFiles(entries, files, tell) {
  const names = entries
    .filter(({ folder }) => !folder)
    .map(({ name }) => name.replaceAll("\\", "/"));
  const absent = rootFiles.filter((name) => !files.has(name));
  const inCase = (name) => names.find((other) => other.toLowerCase() === name.toLowerCase());
  for (const name of absent) {
    const like = inCase(name);
    if (like) tell("root-file-case", like, `must be ${name}`);
    else tell("root-file-missing", name, "is not at the zip's root");
  }
  if (absent.length === 0 || absent.every(inCase)) return;
  // Why it is missing, where that can be seen: what people zip instead of a solution.
  const first = names.find((name) => /(^|\/)solution\.xml$/i.test(name));
  const source = names.find((name) =>
    /(^other|\/other)\/solution\.xml$|\.(cdsproj|pcfproj)$|\.data\.xml$|ControlManifest\.Input\.xml$/i.test(
      name,
    ),
  );
  const inner = names.find((name) => /\.zip$/i.test(name));
  if (source) tell("unpacked-source", source, "belongs to a source folder");
  else if (first?.includes("/")) tell("wrapping-folder", first, "lies in a folder");
  else if (inner) tell("zip-in-zip", inner, "is a zip in the zip");
}
