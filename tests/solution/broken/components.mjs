import {
  both,
  control,
  customizations,
  flow,
  library,
  libraryElement,
  manifest,
  types,
} from "./breaking.mjs";

/** Solution zips that people break, in a component: as in package.mjs. */
export const brokenComponents = [
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
  ["a name with a space", "resource-name", both("ef_/library.js", "ef_/my library.js")],
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
  [
    "a DependencyXml that is not well-formed",
    "xml-malformed",
    customizations(
      "<DisplayName>Library</DisplayName>",
      "<DisplayName>Library</DisplayName><DependencyXml>&lt;Dependencies&gt;</DependencyXml>",
    ),
  ],
  // controls
  [
    "a file in no control's folder",
    "unnamed-file",
    (zip) => zip.set("Controls/ef_Sample.Old/bundle.js", "1"),
  ],
  [
    "a control name without prefix",
    "control-name",
    (zip) => {
      both("ef_Sample.Button", "Button")(zip);
      zip.names((name) => name.replace("ef_Sample.Button", "Button"));
    },
  ],
  [
    "a control twice",
    "name-twice",
    customizations(
      "</CustomControls>",
      "<CustomControl><Name>ef_Sample.Button</Name><FileName>/Controls/ef_Sample.Button/ControlManifest.xml</FileName></CustomControl></CustomControls>",
    ),
  ],
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
