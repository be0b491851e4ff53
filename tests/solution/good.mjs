import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { packSolution } from "../../scripts/solution/package.mjs";
import { readZip, writeZip } from "../../scripts/solution/zip.mjs";

const controlManifest = `<manifest><control namespace="Sample" constructor="Button" version="1.2.3" display-name-key="Name" description-key="Text" control-type="standard"><property name="value" display-name-key="Value" description-key="Value" of-type="SingleLine.Text" usage="bound" required="true" /><resources><code path="bundle.js" order="1" /><css path="css/Button.css" order="1" /><resx path="strings/Button.1033.resx" version="1.0.0" /></resources></control></manifest>`;

/** What a small solution is packed from: file to text. */
const sources = {
  "control/ControlManifest.xml": controlManifest,
  "control/bundle.js": "window.control = 1;\n",
  "control/bundle.js.LICENSE.txt": "MIT\n",
  "control/css/Button.css": ".button { color: red }\n",
  "control/strings/Button.1033.resx": "<root />\n",
  "library.js": "window.library = 1;\n",
  "page.html": "<!doctype html><title>Page</title>\n",
  "ribbon.xml": `<RibbonDiffXml><CustomActions><CustomAction Id="ef.Action" Location="Mscrm.Form.account.MainTab.Save.Controls._children" Sequence="1"><CommandUIDefinition><Button Id="ef.Button" Command="ef.Command" LabelText="Run &amp; wait" Alt="Run" TemplateAlias="o1" /></CommandUIDefinition></CustomAction></CustomActions><Templates><RibbonTemplates Id="Mscrm.Templates" /></Templates><CommandDefinitions><CommandDefinition Id="ef.Command"><EnableRules /><DisplayRules /><Actions><JavaScriptFunction FunctionName="run" Library="$webresource:ef_/library.js" /></Actions></CommandDefinition></CommandDefinitions><RuleDefinitions><TabDisplayRules /><DisplayRules /><EnableRules /></RuleDefinitions><LocLabels /></RibbonDiffXml>`,
};

/** Writes the sources into a new folder, gone after the tests, and returns the manifest that packs them. */
export function makeManifest(changes = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "entra-flow-solution-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(sources)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const file = (name) => path.join(folder, name);
  return {
    uniqueName: "Sample",
    displayName: "A sample",
    description: 'Text with & and < and "quotes"',
    version: "1.0.0.0",
    languageCode: 1033,
    introduced: "1.0.0.0",
    publisher: {
      uniqueName: "efpublisher",
      displayName: "Publisher",
      description: "Ours",
      prefix: "ef",
      optionValuePrefix: 12345,
    },
    controls: [file("control")],
    webResources: [
      { name: "ef_/library.js", displayName: "Library", type: "js", file: file("library.js") },
      { name: "ef_page.html", displayName: "Page", type: "html", file: file("page.html") },
    ],
    ribbons: [{ table: "account", file: file("ribbon.xml") }],
    ...changes,
  };
}

/** A zip as a list of `[name, text]`, changed by `change`, packed again. Texts are latin1: all bytes survive. */
export async function changed(zip, change) {
  const { entries } = await readZip(zip);
  let files = entries.map(({ name, bytes }) => [name, bytes.toString("latin1")]);
  const book = {
    get: (name) => files.find(([other]) => other === name)?.[1],
    set(name, text) {
      const index = files.findIndex(([other]) => other === name);
      if (index < 0) files.push([name, text]);
      else files[index][1] = text;
    },
    rename: (from, to) => book.names((name) => (name === from ? to : name)),
    names(work) {
      files = files.map(([name, text]) => [work(name), text]);
    },
    remove(name) {
      files = files.filter(([other]) => other !== name);
    },
    find: (part) => files.find(([name]) => name.includes(part))[0],
    /** Replaces in one file, and complains where there is nothing to replace: else a case would test nothing. */
    replace(name, from, to) {
      const text = book.get(name);
      if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
      book.set(name, text.replaceAll(from, to));
    },
  };
  change(book);
  return writeZip(files.map(([name, text]) => [name, Buffer.from(text, "latin1")]));
}

export const goodZip = (options, changes) => packSolution(makeManifest(changes), options);
