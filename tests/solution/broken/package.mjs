import { customizations, solution, types } from "./breaking.mjs";

/**
 * Solution zips that people break, in the zip and in solution.xml: what it is, the rule that must name it, and how to
 * break a good one. `only: false` where the break has other findings for a good reason; `ribbons`: the good one has some.
 */
export const brokenPackages = [
  // the zip
  [
    "[Content_Types].xml is missing",
    "root-file-missing",
    (zip) => zip.remove("[Content_Types].xml"),
  ],
  ["solution.xml is missing", "root-file-missing", (zip) => zip.remove("solution.xml")],
  ["customizations.xml is missing", "root-file-missing", (zip) => zip.remove("customizations.xml")],
  [
    "Solution.xml in capitals",
    "root-file-case",
    (zip) => zip.rename("solution.xml", "Solution.xml"),
  ],
  [
    "a folder around it all",
    "wrapping-folder",
    (zip) => zip.names((name) => `Sample/${name}`),
    { only: false },
  ],
  [
    "the source folder of a solution",
    "unpacked-source",
    (zip) => {
      zip.rename("solution.xml", "Other/Solution.xml");
      zip.rename("customizations.xml", "Other/Customizations.xml");
    },
    { only: false },
  ],
  [
    "a release zip with the solution inside",
    "zip-in-zip",
    (zip) => {
      zip.names((name) => `x/${name}.txt`);
      zip.set("Sample_managed.zip", "PK");
    },
    { only: false },
  ],
  [
    "backslashes, as Compress-Archive writes them",
    "entry-path",
    (zip) => zip.names((name) => name.replaceAll("/", "\\")),
    { only: false },
  ],
  ["an absolute path", "entry-path", (zip) => zip.set("/etc/passwd.xml", "<a/>")],
  ["a path that leaves the package", "entry-path", (zip) => zip.set("../up.xml", "<a/>")],
  ["a drive letter", "entry-path", (zip) => zip.set("C:/x.xml", "<a/>")],
  [
    "two names that differ in case",
    "entry-twice",
    (zip) => zip.set("SOLUTION.xml", zip.get("solution.xml")),
  ],
  ["an entry for a folder", "folder-entry", (zip) => zip.set("WebResources/", "")],
  // XML
  ["an unescaped ampersand in solution.xml", "xml-malformed", solution("A sample", "Fish & chips")],
  ["an unescaped < in customizations.xml", "xml-malformed", customizations(">Library<", ">a < b<")],
  ["a closing tag too few", "xml-malformed", customizations("</WebResources>", "")],
  ["text that is not UTF-8", "xml-malformed", solution("A sample", "Caf\xe9")],
  ["a DOCTYPE", "xml-malformed", solution("?>", '?><!DOCTYPE ImportExportXml [<!ENTITY x "y">]>')],
  [
    "[Content_Types].xml is not XML",
    "xml-malformed",
    (zip) => zip.set("[Content_Types].xml", "none"),
  ],
  [
    "customizations.xml is another file",
    "xml-root",
    (zip) => zip.set("customizations.xml", "<a/>"),
  ],
  ["no SolutionManifest", "xml-root", (zip) => zip.set("solution.xml", "<ImportExportXml/>")],
  ["types of another namespace", "xml-root", types("openxmlformats", "example")],
  [
    "two WebResources sections",
    "section-twice",
    customizations("<CustomControls>", "<WebResources/><CustomControls>"),
  ],
  // content types
  [
    "an ending that nothing declares",
    "content-type-missing",
    types('Extension="css"', 'Extension="scss"'),
  ],
  ["a web resource without Override", "content-type-missing", types("ef_libraryjs", "ef_other")],
  [
    "a Default twice",
    "content-type-twice",
    types('Extension="js"', 'Extension="css"'),
    { only: false },
  ],
  [
    "an ending with its dot",
    "content-type-invalid",
    types('Extension="css"', 'Extension=".css"'),
    { only: false },
  ],
  [
    "a Default without ContentType",
    "content-type-invalid",
    types('Extension="css" ContentType="application/octet-stream"', 'Extension="css"'),
  ],
  // solution.xml
  [
    "a unique name with a space",
    "unique-name",
    solution("<UniqueName>Sample<", "<UniqueName>My Sample<"),
  ],
  ["a version of one number", "version", solution(">1.0.0.0<", ">1<")],
  ["a version with a word in it", "version", solution(">1.0.0.0<", ">1.0.0-beta<")],
  ["Managed is 2, as in a source project", "managed-flag", solution("<Managed>0<", "<Managed>2<")],
  [
    "Managed is 1 in a file that is not called so",
    "managed-name",
    solution("<Managed>0<", "<Managed>1<"),
  ],
  ["a publisher without name", "publisher", solution("<UniqueName>efpublisher<", "<UniqueName><")],
  [
    "a prefix of one letter",
    "publisher-prefix",
    solution("<CustomizationPrefix>ef<", "<CustomizationPrefix>e<"),
    { only: false },
  ],
  [
    "a prefix that is Microsoft's",
    "publisher-prefix",
    solution("<CustomizationPrefix>ef<", "<CustomizationPrefix>mscrmx<"),
    { only: false },
  ],
  [
    "an empty prefix",
    "publisher-prefix",
    solution("<CustomizationPrefix>ef<", "<CustomizationPrefix><"),
  ],
  ["an option prefix of four digits", "option-value-prefix", solution(">12345<", ">1234<")],
  // content types, by part
  [
    "a PartName without its slash",
    "content-type-invalid",
    types('<Override PartName="/', '<Override PartName="'),
    { only: false },
  ],
  [
    "an Override twice",
    "content-type-twice",
    types(
      "</Types>",
      '<Override PartName="/a" ContentType="x"/><Override PartName="/A" ContentType="x"/></Types>',
    ),
  ],
  // root components
  [
    "no root components",
    "roots-missing",
    (zip) =>
      zip.set(
        "solution.xml",
        zip
          .get("solution.xml")
          .replace(/<RootComponents>[\s\S]*<\/RootComponents>/, "<RootComponents />"),
      ),
  ],
  [
    "the control is no root component",
    "root-undeclared",
    (zip) =>
      zip.set(
        "solution.xml",
        zip.get("solution.xml").replace(/<RootComponent type="66"[^>]*>/, ""),
      ),
  ],
  [
    "a root component of another name",
    "root-without-component",
    solution("ef_Sample.Button", "ef_Sample.Other"),
    { only: false },
  ],
  [
    "a web resource declared as a control",
    "root-without-component",
    solution('type="61" schemaName="ef_page.html"', 'type="66" schemaName="ef_page.html"'),
    { only: false },
  ],
  [
    "a root component twice",
    "root-twice",
    solution(
      "</RootComponents>",
      '<RootComponent type="66" schemaName="ef_Sample.Button" behavior="0"/></RootComponents>',
    ),
  ],
  [
    "a root component without a name",
    "root-invalid",
    solution("</RootComponents>", '<RootComponent type="20" behavior="0"/></RootComponents>'),
  ],
  [
    "a root component whose type is a word",
    "root-invalid",
    solution(
      "</RootComponents>",
      '<RootComponent type="Role" id="{2578e499-0be1-ec11-bb3c-000d3a233a82}"/></RootComponents>',
    ),
  ],
  [
    "an id without braces",
    "root-invalid",
    solution(
      "</RootComponents>",
      '<RootComponent type="20" id="2578e499-0be1-ec11-bb3c-000d3a233a82"/></RootComponents>',
    ),
  ],
];
