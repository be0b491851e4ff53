import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test, { describe } from "node:test";
import { checkSolution } from "../../scripts/solution/check/index.mjs";
import { packSolution } from "../../scripts/solution/package.mjs";
import { children, parseXml, writeXml } from "../../scripts/solution/xml.mjs";
import { readZip, writeZip } from "../../scripts/solution/zip.mjs";
import { makeManifest } from "./good.mjs";

/**
 * Solutions that Dataverse exported, which are other people's: their XML is as exported. Their binaries are not kept, so
 * an entry that is only listed gets a stand-in, and two that are excerpts get back the frame that was cut off.
 */
const folder =
  process.env.SOLUTION_EXPORTS ??
  path.join(import.meta.dirname, "../../../shared/fixtures/solutions");
const here = path.isAbsolute(folder) && existsSync(folder);
const skip = here ? false : `no exports at ${folder}: set SOLUTION_EXPORTS`;
const read = (...names) => readFileSync(path.join(folder, ...names));

const standIn = (name) =>
  ({ json: "{}", resx: "<root/>" })[path.extname(name).slice(1)] ?? "/* a stand-in */";

/** An export whose folder has ENTRIES.txt: its entries in its order, those that are kept as they are. */
function listed(name, kept) {
  const lines = read(name, "ENTRIES.txt").toString().trim().split("\n");
  return lines.map((line) => {
    const entry = line.split("\t")[0];
    const file = kept[entry];
    return [entry, file ? read(name, file) : Buffer.from(standIn(entry))];
  });
}

const rootKept = {
  "solution.xml": "solution.xml",
  "customizations.xml": "customizations.xml",
  "[Content_Types].xml": "Content_Types.xml",
};

const spaarke = () => {
  const control = "Controls/sprk_Spaarke.SpeDocumentViewer/ControlManifest.xml";
  return listed("pcf-spaarke-export", { ...rootKept, [control]: "Controls_ControlManifest.xml" });
};

const knowhere = () =>
  listed("flow-knowhere365-export", {
    ...rootKept,
    "environmentvariabledefinitions/knw365_VariableSPsite/environmentvariabledefinition.xml":
      "environmentvariabledefinition.xml",
  });

/** An excerpt without its two account forms: the table is put back as a name, for its root component. */
const secondaryRecord = () => {
  const from = (name) => read("webresource-secondaryrecord-managed", name);
  const customizations = from("customizations.EXCERPT.xml")
    .toString()
    .replace("<Roles>", "<Entities><Entity><Name>Account</Name></Entity></Entities><Roles>");
  return [
    ["customizations.xml", Buffer.from(customizations)],
    ["solution.xml", from("solution.EXCERPT.xml")],
    [
      "WebResources/new_SecondaryRecordSourceCD98D4C6-4A21-EC11-B1B6-000D3AF6F140",
      Buffer.from("var a = 1;"),
    ],
    ["[Content_Types].xml", from("Content_Types.xml")],
  ];
};

/** Packed by a tool: its customizations and types; of its solution.xml only what the checker asks for is made up. */
const ktcs = () => {
  const from = (name) => read("pcf-ktcs", name);
  const control = "Controls/ktcs_ktcs.MultiSelectLookup";
  const [, solution] = spaarke().find(([name]) => name === "solution.xml");
  const made = solution
    .toString()
    .replaceAll("sprk_Spaarke.SpeDocumentViewer", "ktcs_ktcs.MultiSelectLookup")
    .replace("<CustomizationPrefix>sprk<", "<CustomizationPrefix>ktcs<");
  const manifest =
    '<manifest><control namespace="ktcs" constructor="MultiSelectLookup" version="0.0.1" control-type="standard"><resources><code path="bundle.js" order="1"/></resources></control></manifest>';
  return [
    ["customizations.xml", from("customizations.xml")],
    ["solution.xml", Buffer.from(made)],
    [`${control}/ControlManifest.xml`, Buffer.from(manifest)],
    [`${control}/bundle.js`, Buffer.from("1")],
    [`${control}/bundle.js.LICENSE.txt`, Buffer.from("MIT")],
    ["[Content_Types].xml", from("Content_Types.xml")],
  ];
};

/**
 * An unpacked solution of many kinds, packed as SolutionPackager does it: each data.xml into customizations.xml. Of its
 * tables and flows the most are not kept; their root components go with them.
 */
const emcr = (solutionFile) => {
  const from = (name) => read("webresource-emcr-unpacked", name);
  const element = (name) => parseXml(from(name)).document.documentElement.outerHTML;
  const resource = "WebResources_emcr_changetypehandler.data.xml";
  const flow = "Workflows_EMCRLocationDataSetName.json.data.xml";
  const customizations = from("Customizations.xml")
    .toString()
    .replace("<WebResources />", `<WebResources>${element(resource)}</WebResources>`)
    .replace("<Workflows />", `<Workflows>${element(flow)}</Workflows>`);
  const kept = /type="(20|61|62|80)"|03d6b14d-a006-f011-bae2-7ced8d04e0f6/;
  const solution = from(solutionFile)
    .toString()
    .replace(/ *<RootComponent [^>]*>\r?\n/g, (line) => (kept.test(line) ? line : ""));
  const fileOf = (name, tag) => {
    const { document } = parseXml(from(name));
    return document.getElementsByTagName(tag)[0].textContent.slice(1);
  };
  const script = fileOf(resource, "FileName");
  const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="x"/><Default Extension="json" ContentType="x"/><Override PartName="/${script}" ContentType="x"/></Types>`;
  return [
    ["customizations.xml", Buffer.from(customizations)],
    ["solution.xml", Buffer.from(solution)],
    [script, Buffer.from("var a = 1;")],
    [fileOf(flow, "JsonFileName"), Buffer.from("{}")],
    ["[Content_Types].xml", Buffer.from(types)],
  ];
};

describe("finds nothing to mend in what Dataverse exported and took", { skip }, () => {
  const cases = [
    ["a control (spaarke)", spaarke, []],
    ["a flow with an environment variable (Knowhere365)", knowhere, []],
    ["a managed web resource (SecondaryRecord)", secondaryRecord, ["foreign-prefix", "needs"]],
    ["a control that a tool packed (ktcs)", ktcs, []],
    ["many kinds (EMCR)", () => emcr("Solution.xml"), ["needs", "needs"]],
    ["many kinds, managed (EMCR)", () => emcr("Solution.managed.xml"), ["needs", "needs"]],
  ];
  for (const [name, files, told] of cases) {
    test(name, async () => {
      const findings = await checkSolution(writeZip(files()));
      assert.deepEqual(
        findings.filter(({ level }) => level === "error"),
        [],
      );
      assert.deepEqual(findings.map(({ rule }) => rule).sort(), told);
    });
  }
});

describe("packs what an export looks like", { skip }, () => {
  const names = (element) => children(element).map(({ localName }) => localName);
  const rootOf = (bytes) => parseXml(bytes).document.documentElement;
  /** The names of elements below, with those that repeat once, as `a/b`. */
  const shape = (element, prefix = "") => [
    ...new Set(
      children(element).flatMap((child) => {
        const name = `${prefix}${child.localName}`;
        return [name, ...shape(child, `${name}/`)];
      }),
    ),
  ];
  const packed = async () => {
    const { entries } = await readZip(packSolution(makeManifest()));
    return (name) => entries.find((entry) => entry.name === name).bytes;
  };

  test("solution.xml has the elements of an export, in its order", async () => {
    const ours = rootOf((await packed())("solution.xml"));
    assert.deepEqual(shape(ours), shape(rootOf(read("pcf-spaarke-export", "solution.xml"))));
  });

  test("customizations.xml has the sections of an export, in its order", async () => {
    const ours = rootOf((await packed())("customizations.xml"));
    const theirs = rootOf(
      read("webresource-secondaryrecord-managed", "customizations.EXCERPT.xml"),
    );
    assert.deepEqual(names(ours), ["Entities", ...names(theirs)]);
    const control = (root) => shape(children(root, "CustomControls")[0]);
    assert.deepEqual(
      control(ours),
      control(rootOf(read("pcf-spaarke-export", "customizations.xml"))),
    );
  });

  test("a web resource has the elements of an export, in its order", async () => {
    const ours = rootOf((await packed())("customizations.xml"));
    const [resource] = children(children(ours, "WebResources")[0]);
    const theirs = rootOf(
      read("webresource-emcr-unpacked", "WebResources_emcr_changetypehandler.data.xml"),
    );
    assert.deepEqual(names(resource), names(theirs));
  });
});

test("writes text that is text, and reads it back", () => {
  const text = `<&>"'ü😀`;
  const { document } = parseXml(writeXml({ a: { "@b": text, "#": text } }));
  assert.equal(document.documentElement.textContent, text);
  assert.equal(document.documentElement.getAttribute("b"), text);
});
