/**
 * Solution zips that people break, one a line: what it is, the rule that must name it, and how to break a good one.
 * `only: false` where the break has other findings for a good reason.
 */
const solution = (from, to) => (zip) => zip.replace("solution.xml", from, to);
const customizations = (from, to) => (zip) => zip.replace("customizations.xml", from, to);
const types = (from, to) => (zip) => zip.replace("[Content_Types].xml", from, to);
const control = "Controls/ef_Sample.Button";
const manifest = (from, to) => (zip) => zip.replace(`${control}/ControlManifest.xml`, from, to);
const library = (zip) => zip.find("ef_libraryjs");
const both = (from, to) => (zip) => {
  zip.replace("solution.xml", from, to);
  zip.replace("customizations.xml", from, to);
};
const libraryElement = (zip) =>
  /<WebResource>(?:(?!<\/WebResource>)[\s\S])*?ef_\/library\.js[\s\S]*?<\/WebResource>/.exec(
    zip.get("customizations.xml"),
  )[0];

export const broken = [
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
  // web resources
  ["a web resource's file is missing", "file-missing", (zip) => zip.remove(library(zip))],
  [
    "a web resource's file in other case",
    "file-missing",
    (zip) =>
      zip.rename(library(zip), library(zip).toLowerCase().replace("webresources", "WebResources")),
    { only: false },
  ],
  [
    "FileName without its slash",
    "file-path",
    customizations("<FileName>/WebResources/ef_library", "<FileName>WebResources/ef_library"),
    { only: false },
  ],
  [
    "FileName with backslashes",
    "file-path",
    customizations("/WebResources/ef_library", "\\WebResources\\ef_library"),
    { only: false },
  ],
  ["a file that nothing names", "unnamed-file", (zip) => zip.set("WebResources/left-over.js", "1")],
  [
    "two web resources with one file",
    "file-shared",
    (zip) =>
      zip.replace(
        "customizations.xml",
        /ef_pagehtml[^<]*/.exec(zip.get("customizations.xml"))[0],
        library(zip).slice(13),
      ),
    { only: false },
  ],
  [
    "a placeholder for an id",
    "id-invalid",
    (zip) =>
      zip.set(
        "customizations.xml",
        zip
          .get("customizations.xml")
          .replace(/\{[^}]*\}/, "{00000000-0000-0000-0000-000000000000}"),
      ),
  ],
  [
    "an id that is no GUID",
    "id-invalid",
    (zip) =>
      zip.set("customizations.xml", zip.get("customizations.xml").replace(/\{[^}]*\}/, "{new}")),
  ],
  [
    "one id for two web resources",
    "id-twice",
    (zip) =>
      zip.set(
        "customizations.xml",
        zip
          .get("customizations.xml")
          .replaceAll(/\{[^}]*\}/g, "{2578e499-0be1-ec11-bb3c-000d3a233a82}"),
      ),
  ],
  [
    "a web resource twice",
    "name-twice",
    (zip) =>
      zip.replace("customizations.xml", "</WebResources>", `${libraryElement(zip)}</WebResources>`),
    { only: false },
  ],
  ["a name with a hyphen", "resource-name", both("ef_/library.js", "ef_/my-library.js")],
  ["a name without a prefix", "resource-name", both("ef_/library.js", "library.js")],
  ["a name with two slashes", "resource-name", both("ef_/library.js", "ef_//library.js")],
  ["a name with another prefix", "foreign-prefix", both("ef_/library.js", "new_/library.js")],
  [
    "a type that does not exist",
    "resource-type",
    customizations("<WebResourceType>3<", "<WebResourceType>13<"),
  ],
  [
    "a script declared as a page",
    "resource-type-name",
    customizations("<WebResourceType>3<", "<WebResourceType>1<"),
  ],
  [
    "a picture that is a script",
    "resource-type-content",
    (zip) => {
      both("ef_/library.js", "ef_/library.png")(zip);
      customizations("<WebResourceType>3<", "<WebResourceType>5<")(zip);
    },
  ],
  [
    "an SVG that is not well-formed",
    "resource-type-content",
    (zip) => {
      both("ef_/library.js", "ef_/library.svg")(zip);
      customizations("<WebResourceType>3<", "<WebResourceType>11<")(zip);
      zip.set(library(zip), "<svg><g></svg>");
    },
  ],
  ["an empty script", "resource-type-content", (zip) => zip.set(library(zip), "")],
  [
    "a Silverlight application",
    "old-type",
    (zip) => {
      both("ef_/library.js", "ef_/library.xap")(zip);
      customizations("<WebResourceType>3<", "<WebResourceType>8<")(zip);
    },
  ],
  [
    "a file in a folder of its own",
    "nested-entry",
    (zip) => {
      const to = "WebResources/ef_/library.js";
      zip.replace("customizations.xml", `/${library(zip)}`, `/${to}`);
      zip.rename(library(zip), to);
    },
  ],
  ["a script over 5 MB", "file-too-big", (zip) => zip.set(library(zip), "1;".repeat(2_700_000))],
  [
    "a dependency that is not there",
    "resource-dependency",
    customizations(
      "<DisplayName>Library</DisplayName>",
      '<DisplayName>Library</DisplayName><DependencyXml>&lt;Dependencies&gt;&lt;Dependency componentType="WebResource"&gt;&lt;Library name="ef_/gone.js" /&gt;&lt;/Dependency&gt;&lt;/Dependencies&gt;</DependencyXml>',
    ),
  ],
  [
    "a ribbon whose script is not there",
    "resource-dependency",
    (zip) =>
      zip.replace("customizations.xml", "$webresource:ef_/library.js", "$webresource:ef_/gone.js"),
    { ribbons: true },
  ],
  [
    "a dependency of another publisher",
    "needs",
    (zip) =>
      zip.replace(
        "customizations.xml",
        "$webresource:ef_/library.js",
        "$webresource:msdyn_/core.js",
      ),
    { ribbons: true },
  ],
  // controls
  [
    "a control with its name as an attribute",
    "control-form",
    customizations("<CustomControl>", '<CustomControl Name="ef_Sample.Button">'),
  ],
  [
    "no EntityDataProviders",
    "control-data-providers",
    customizations("<EntityDataProviders/>", ""),
  ],
  [
    "a control of another prefix",
    "control-prefix",
    (zip) => {
      both("ef_Sample.Button", "abc_Sample.Button")(zip);
      zip.names((name) => name.replace("ef_Sample", "abc_Sample"));
    },
  ],
  [
    "another namespace in the manifest",
    "control-name",
    manifest('namespace="Sample"', 'namespace="Other"'),
  ],
  [
    "another constructor in the manifest",
    "control-name",
    manifest('constructor="Button"', 'constructor="Knob"'),
  ],
  [
    "a control name without namespace",
    "control-name",
    (zip) => {
      both("ef_Sample.Button", "ef_Button")(zip);
      zip.names((name) => name.replace("ef_Sample.Button", "ef_Button"));
    },
  ],
  [
    "a control's folder of another name",
    "control-name",
    (zip) => {
      customizations("/Controls/ef_Sample.Button", "/Controls/Button")(zip);
      zip.names((name) => name.replace(control, "Controls/Button"));
    },
    { only: false },
  ],
  [
    "a control without manifest",
    "file-missing",
    (zip) => zip.remove(`${control}/ControlManifest.xml`),
  ],
  ["a control without bundle", "file-missing", (zip) => zip.remove(`${control}/bundle.js`)],
  [
    "a control without its texts",
    "file-missing",
    (zip) => zip.remove(`${control}/strings/Button.1033.resx`),
  ],
  [
    "texts that are not well-formed",
    "xml-malformed",
    (zip) => zip.set(`${control}/strings/Button.1033.resx`, "<root>"),
  ],
  [
    "a bundle over 5 MB",
    "file-too-big",
    (zip) => zip.set(`${control}/bundle.js`, "1;".repeat(2_700_000)),
  ],
  [
    "a control version of two numbers",
    "control-manifest",
    manifest('version="1.2.3"', 'version="1.2"'),
  ],
  [
    "a control of an unknown type",
    "control-manifest",
    manifest('control-type="standard"', 'control-type="react"'),
  ],
  [
    "a manifest without control",
    "control-manifest",
    (zip) => zip.set(`${control}/ControlManifest.xml`, "<manifest/>"),
  ],
  [
    "a property twice",
    "name-twice",
    manifest("<resources>", '<property name="value" /><resources>'),
  ],
  [
    "a manifest without code",
    "control-resources",
    manifest('<code path="bundle.js" order="1" />', ""),
  ],
  ["the source manifest", "control-unbuilt", manifest('path="bundle.js"', 'path="index.ts"')],
  [
    "sources beside the build",
    "control-unbuilt",
    (zip) => {
      zip.set(`${control}/index.ts`, "1");
      types("<Default ", '<Default Extension="ts" ContentType="x"/><Default ')(zip);
      types(
        '<Default Extension="ts" ContentType="x"/><Default Extension="js"',
        '<Default Extension="js"',
      )(zip);
    },
    { only: false },
  ],
  // flows and variables
  ["a flow whose definition is missing", "file-missing", flow({ json: undefined })],
  ["a flow whose definition is no JSON", "workflow", flow({ json: "{" })],
  ["a flow without an id", "workflow", flow({ id: "" })],
  [
    "environment variable values",
    "variable-values",
    (zip) => {
      zip.set("environmentvariabledefinitions/ef_X/environmentvariablevalues.json", "{}");
      types(
        "<Override",
        '<Override PartName="/environmentvariabledefinitions/ef_X/environmentvariablevalues.json" ContentType="application/octet-stream"/><Override',
      )(zip);
    },
    { only: false },
  ],
];

function flow({ id = "{2578e499-0be1-ec11-bb3c-000d3a233a82}", json }) {
  const file = "Workflows/Flow-2578E499-0BE1-EC11-BB3C-000D3A233A82.json";
  return (zip) => {
    zip.replace(
      "customizations.xml",
      "<Workflows/>",
      `<Workflows><Workflow WorkflowId="${id}" Name="Flow"><JsonFileName>/${file}</JsonFileName></Workflow></Workflows>`,
    );
    if (id)
      zip.replace(
        "solution.xml",
        "</RootComponents>",
        `<RootComponent type="29" id="${id}" behavior="0"/></RootComponents>`,
      );
    if (json !== undefined || !id) zip.set(file, json ?? "{}");
    zip.set(
      "[Content_Types].xml",
      zip
        .get("[Content_Types].xml")
        .replace(
          "<Override",
          '<Default Extension="json" ContentType="application/octet-stream"/><Override',
        ),
    );
  };
}
