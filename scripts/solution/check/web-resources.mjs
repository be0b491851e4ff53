import { endingOf, isGuid, isWebResourceName, webResourceTypes } from "../formats.mjs";
import { parseXml, textOf } from "../xml.mjs";
import { fileOf, tellTwice, tellUnnamed } from "./opened.mjs";

/** Each WebResource of customizations.xml, and its file. */
export function checkWebResources(opened, tell, maxFileBytes) {
  const { webResources, prefix } = opened;
  for (const element of webResources) {
    const name = textOf(element, "Name") ?? "";
    const where = name || "a WebResource without a name";
    if (!isWebResourceName(name)) tell("resource-name", where, `Name is "${name}"`);
    else if (prefix && !name.toLowerCase().startsWith(`${prefix.toLowerCase()}_`)) {
      tell("foreign-prefix", where, `the publisher's prefix is ${prefix}`);
    }
    checkId(textOf(element, "WebResourceId"), where, tell);
    const type = webResourceTypes.get(Number(textOf(element, "WebResourceType")));
    checkType(type, { name, where, number: textOf(element, "WebResourceType") }, tell);

    const path = textOf(element, "FileName");
    const entry = fileOf(opened, { where, path, home: "WebResources" }, tell);
    if (!entry) continue;
    if (entry.name.split("/").length > 2) tell("nested-entry", where, entry.name);
    if (entry.bytes.length > maxFileBytes)
      tell("file-too-big", where, `${entry.bytes.length} bytes`);
    const fault = type && contentFault(type.word, entry.bytes);
    if (fault)
      tell("resource-type-content", where, `its type is ${type.word}, and its file ${fault}`);
  }
  const each = (child) =>
    webResources.map((element) => [textOf(element, child), textOf(element, "Name") ?? ""]);
  tellTwice(each("WebResourceId"), "id-twice", tell);
  tellTwice(each("Name"), "name-twice", tell);
  tellTwice(each("FileName"), "file-shared", tell);
  const paths = new Set(each("FileName").map(([path]) => path));
  tellUnnamed(opened, "WebResources/", (name) => paths.has(`/${name}`), tell);
}

function checkId(id, where, tell) {
  const inner = /^\{(.*)\}$/.exec(id ?? "")?.[1] ?? "";
  if (!isGuid(inner) || /^[0-]+$/.test(inner))
    tell("id-invalid", where, `WebResourceId is "${id ?? ""}"`);
}

function checkType(type, { name, where, number }, tell) {
  if (!type) {
    tell("resource-type", where, `WebResourceType is "${number ?? ""}"`);
    return;
  }
  if (type.word === "xap") tell("old-type", where, "is a Silverlight application");
  const ending = endingOf(name);
  const kind = [...webResourceTypes.values()].find(({ endings }) => endings.includes(ending));
  // Other endings, such as .json, are the maker's business.
  if (kind && kind !== type) {
    tell(
      "resource-type-name",
      where,
      `WebResourceType is ${number} (${type.word}), the name ends with .${ending}`,
    );
  }
}

const beginnings = {
  png: ["89504e47"],
  jpg: ["ffd8ff"],
  gif: ["47494638"],
  ico: ["00000100"],
};

/** Where a file is not what its type says: pictures by their first bytes, XML by reading it, text by having no NUL. */
function contentFault(word, bytes) {
  if (bytes.length === 0) return "is empty";
  if (word in beginnings) {
    const start = bytes.subarray(0, 4).toString("hex");
    return beginnings[word].some((known) => start.startsWith(known))
      ? undefined
      : "is something else";
  }
  if (["xml", "xsl", "svg", "resx"].includes(word)) {
    const { problem } = parseXml(bytes);
    return problem?.includes("DOCTYPE") ? undefined : problem;
  }
  return word !== "xap" && bytes.includes(0) ? "is not text" : undefined;
}
