import { JSDOM } from "jsdom";
import { create } from "xmlbuilder2";

const { DOMParser } = new JSDOM("").window;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads XML as strictly as an import does: `{ document }`, or `{ problem }` in a sentence. A BOM is fine. */
export function parseXml(bytes) {
  let text;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { problem: "is not UTF-8" };
  }
  const document = new DOMParser().parseFromString(text, "text/xml");
  const fault = document.getElementsByTagNameNS(
    "http://www.mozilla.org/newlayout/xml/parsererror.xml",
    "parsererror",
  )[0];
  if (fault)
    return { problem: `is not well-formed, at or before line:column ${fault.textContent.trim()}` };
  if (document.doctype) return { problem: "has a DOCTYPE, which an import does not read" };
  return { document };
}

/** The child elements of an element, of one name or all. Names are compared as XML does: with their case. */
export const children = (element, name) =>
  [...(element?.children ?? [])].filter((child) => name === undefined || child.localName === name);

export const child = (element, name) => children(element, name)[0];

/** The text of a child element, trimmed; undefined where there is no such child. */
export const textOf = (element, name) => child(element, name)?.textContent.trim();

/** An object as XML: `@name` is an attribute, an array a repeated element, `{}` an empty one. */
export const writeXml = (object) =>
  new TextEncoder().encode(
    `${create({ version: "1.0", encoding: "utf-8" }).ele(object).end({ prettyPrint: true })}\n`,
  );
