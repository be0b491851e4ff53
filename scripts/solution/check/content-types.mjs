import { contentTypesNamespace, endingOf } from "../formats.mjs";
import { children } from "../xml.mjs";
import { tellTwice } from "./opened.mjs";

const file = "[Content_Types].xml";

/** Every file of the package has a type, by its ending or its name: the importer does not see a file that has none. */
export function checkContentTypes({ entries, contentTypes }, tell) {
  if (!contentTypes) return;
  if (contentTypes.namespaceURI !== contentTypesNamespace) {
    tell("xml-root", file, `<Types> is not of the namespace ${contentTypesNamespace}`);
  }
  const defaults = children(contentTypes, "Default").map(
    (item) => item.getAttribute("Extension") ?? "",
  );
  const overrides = children(contentTypes, "Override").map(
    (item) => item.getAttribute("PartName") ?? "",
  );
  for (const item of children(contentTypes)) {
    if (!item.getAttribute("ContentType"))
      tell("content-type-invalid", file, `a ${item.localName} has no ContentType`);
  }
  for (const ending of defaults) {
    if (!/^[^./]+$/.test(ending)) tell("content-type-invalid", file, `Extension "${ending}"`);
  }
  for (const part of overrides) {
    if (!part.startsWith("/")) tell("content-type-invalid", file, `PartName "${part}"`);
  }
  tellTwice(
    defaults.map((ending) => [ending, file]),
    "content-type-twice",
    tell,
  );
  tellTwice(
    overrides.map((part) => [part, file]),
    "content-type-twice",
    tell,
  );

  const endings = new Set(defaults.map((ending) => ending.toLowerCase()));
  const parts = new Set(overrides.map((part) => part.toLowerCase()));
  for (const { name, folder } of entries) {
    if (folder || name === file || parts.has(`/${name}`.toLowerCase())) continue;
    const ending = endingOf(name);
    if (!endings.has(ending)) {
      tell(
        "content-type-missing",
        name,
        ending ? `nothing declares .${ending}` : "it has no ending and no Override",
      );
    }
  }
}
