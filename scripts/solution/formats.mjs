/** The words and numbers of a solution that packer and checker share. Sources: README.md. */

export const xsi = "http://www.w3.org/2001/XMLSchema-instance";
export const contentTypesNamespace = "http://schemas.openxmlformats.org/package/2006/content-types";

/** Its three files at the root, by their exact names. */
export const rootFiles = ["solution.xml", "customizations.xml", "[Content_Types].xml"];

/** Kinds of component that packer and checker know. */
export const componentType = { table: 1, flow: 29, webResource: 61, control: 66 };

/** WebResourceType by the endings of the names that it may have. */
export const webResourceTypes = new Map([
  [1, { word: "html", endings: ["htm", "html"] }],
  [2, { word: "css", endings: ["css"] }],
  [3, { word: "js", endings: ["js"] }],
  [4, { word: "xml", endings: ["xml"] }],
  [5, { word: "png", endings: ["png"] }],
  [6, { word: "jpg", endings: ["jpg", "jpeg"] }],
  [7, { word: "gif", endings: ["gif"] }],
  [8, { word: "xap", endings: ["xap"] }],
  [9, { word: "xsl", endings: ["xsl", "xslt"] }],
  [10, { word: "ico", endings: ["ico"] }],
  [11, { word: "svg", endings: ["svg"] }],
  [12, { word: "resx", endings: ["resx"] }],
]);

/** An organization's limit for one file unless an admin raised it (`maxuploadfilesize`, 5,120 kB). */
export const mostFileBytes = 5 * 1024 * 1024;

/** 2 to 8 letters and digits, a letter first, not Microsoft's. */
export const isPrefix = (text) => /^(?!mscrm)[a-z][a-z0-9]{1,7}$/i.test(text);

/**
 * `<prefix>_`, then letters, digits, `_`, `.`, `-` and single slashes. The documentation does not name the hyphen;
 * environments take it since version 9 (reported by many).
 */
export const isWebResourceName = (name) =>
  /^[a-z][a-z0-9]{1,7}_[\w./-]+$/i.test(name) && !name.includes("//") && name.length <= 256;

export const isGuid = (text) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

/** The ending of a file's name, in lower case; empty where it has none. */
export const endingOf = (name) => /\.([^./]+)$/.exec(name)?.[1].toLowerCase() ?? "";

/** Versions of two to four numbers, as numbers; undefined for anything else. */
export const versionOf = (text) =>
  /^\d+(\.\d+){1,3}$/.test(text ?? "") ? text.split(".").map(Number) : undefined;

/** Whether version `a` comes after `b`; a part that is missing counts as 0. */
export function isHigher(a, b) {
  for (let i = 0; i < 4; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
