/** A control's built output, read as the platform reads it at import: manifest and strings. */

/** @returns {Promise<{name: string, code: string, css: string[], resx: string[], properties: object[]}>} */
export async function readManifest(base) {
  const manifest = await readXml(`${base}/ControlManifest.xml`);
  const control = manifest.querySelector("control");
  const paths = (selector) =>
    [...manifest.querySelectorAll(selector)].map((node) => `${base}/${node.getAttribute("path")}`);
  return {
    name: `${control.getAttribute("namespace")}.${control.getAttribute("constructor")}`,
    code: paths("resources > code")[0],
    css: paths("resources > css"),
    resx: paths("resources > resx"),
    properties: [...manifest.querySelectorAll("property")].map((node) => ({
      name: node.getAttribute("name"),
      type: node.getAttribute("of-type"),
      usage: node.getAttribute("usage"),
    })),
  };
}

/** The user's language where the control has it, else English; a string that is missing is English too. */
export async function readStrings(resx, languageId) {
  const wanted = [1033, languageId].map((id) => resx.find((path) => path.endsWith(`.${id}.resx`)));
  const strings = new Map();
  for (const path of new Set(wanted.filter(Boolean))) {
    for (const node of (await readXml(path)).querySelectorAll("root > data")) {
      strings.set(node.getAttribute("name"), node.querySelector("value").textContent);
    }
  }
  return strings;
}

async function readXml(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}. Is pcf-sample built?`);
  return new DOMParser().parseFromString(await response.text(), "text/xml");
}
