/**
 * What an import refuses, or what would not work after it, by rule: what is told to do about it, and whence we know it.
 * E: seen in exports. D: Microsoft's documentation. M: the platform's own error messages. R: reported by people.
 * I: inferred, from the zip being read as an OPC package or from the platform's rules. docs/guide/solution.md lists them.
 */
const rule = (known, fix) => ({ known, fix });

export const rules = {
  "zip-unreadable": rule("I", "Download or build the file again."),
  "entry-unpackable": rule(
    "I",
    "Pack with deflate or without compression, and without a password.",
  ),
  "entry-path": rule(
    "R",
    "Paths in the zip are relative, with forward slashes, without `.` and `..`. Windows PowerShell 5's Compress-Archive writes backslashes: use another packer.",
  ),
  "entry-twice": rule("I", "Names in the package differ by more than upper and lower case."),
  "root-file-missing": rule(
    "R",
    "The zip's root must hold solution.xml, customizations.xml and [Content_Types].xml.",
  ),
  "root-file-case": rule("R", "Write the name in the zip exactly so."),
  "wrapping-folder": rule("R", "Zip the files, not the folder around them."),
  "unpacked-source": rule(
    "R",
    "This is the source form of a solution or a control: pack or build it first.",
  ),
  "zip-in-zip": rule("R", "Import the zip inside, not the one around it."),
  "xml-malformed": rule("M", "Mend the XML: `&` and `<` in texts are `&amp;` and `&lt;`."),
  "xml-root": rule("M", "The file's root element must be this one."),
  "section-twice": rule("I", "customizations.xml holds each section once."),
  "content-type-missing": rule(
    "R",
    "Add a Default for the ending, or an Override for a file without one, to [Content_Types].xml.",
  ),
  "content-type-twice": rule("I", "[Content_Types].xml holds each Default and Override once."),
  "content-type-invalid": rule(
    "I",
    "A Default has an Extension without dot, an Override a PartName from `/` on, each a ContentType.",
  ),
  "unique-name": rule("M", "Letters, digits and underscores, a letter first, at most 65."),
  version: rule("E", "Two to four numbers with dots between them."),
  "managed-flag": rule("E", "Managed is 0 or 1."),
  "managed-name": rule(
    "E",
    "An export's file name ends with _managed where Managed is 1, and only there.",
  ),
  publisher: rule("E", "The publisher has a UniqueName of letters, digits and underscores."),
  "publisher-prefix": rule(
    "D",
    "2 to 8 letters and digits, a letter first, not beginning with mscrm.",
  ),
  "option-value-prefix": rule("D", "A number from 10000 to 99999."),
  "roots-missing": rule("R", "RootComponents names each component of the solution."),
  "root-invalid": rule(
    "E",
    "A RootComponent has a type that is a number, and an id in the form {guid} or a schemaName.",
  ),
  "root-twice": rule("I", "Name the component once."),
  "root-undeclared": rule(
    "M",
    "Name the component in RootComponents: `component … is not declared in the solution file as a root component`.",
  ),
  "root-without-component": rule(
    "M",
    "Add it to customizations.xml, or take it out of RootComponents: `Cannot add a Root Component … because it is not in the target system`.",
  ),
  "id-invalid": rule("R", "A GUID in braces that is not all zeros."),
  "id-twice": rule("M", "Each component has an id of its own."),
  "name-twice": rule("M", "Each component has a name of its own."),
  "file-missing": rule("R", "Add the file under exactly this name."),
  "file-shared": rule("I", "Each component has a file of its own."),
  "file-path": rule("E", "It is `/`, then the file's name in the zip."),
  "file-too-big": rule(
    "R",
    "`Webresource content size is too big`: build for production, or an admin raises the environment's maximum file size (Email settings); then say --max-file-mb.",
  ),
  "resource-name": rule(
    "D",
    "<prefix>_ and then letters, digits, underscores, periods, hyphens and single slashes.",
  ),
  "resource-type": rule("D", "A WebResourceType from 1 to 12."),
  "resource-type-name": rule(
    "D",
    "Type and name's ending must be of one kind: the browser is served the type.",
  ),
  "resource-type-content": rule("D", "The file must be what its type says."),
  "resource-dependency": rule(
    "R",
    "Add the web resource, or name it in MissingDependencies where another solution brings it.",
  ),
  "control-form": rule(
    "R",
    "CustomControl has the child elements Name and FileName, and no attributes.",
  ),
  "control-data-providers": rule("R", "customizations.xml needs <EntityDataProviders />."),
  "control-name": rule(
    "R",
    "<publisher's prefix>_<namespace>.<constructor>, the same in Name, FileName, folder and RootComponent.",
  ),
  "control-prefix": rule(
    "R",
    "`Publisher prefix … for this control does not match the prefix …`: pack the control under its own publisher.",
  ),
  "control-manifest": rule(
    "E",
    "The built manifest has a control with namespace, constructor, version (three numbers) and control-type (standard or virtual).",
  ),
  "control-unbuilt": rule("R", "Pack the control's out/controls folder, not its source."),
  "control-resources": rule("D", "The manifest's resources name exactly one code file."),
  workflow: rule(
    "E",
    "A Workflow has WorkflowId, Name and the file that it names, which is JSON for a cloud flow.",
  ),
  "other-solution": rule("M", "Only a package of the same UniqueName updates a solution."),
  "other-publisher": rule("M", "`The publisher name cannot be changed`."),
  "other-mode": rule("M", "`Import can only update solutions when the modes match`."),
  "version-not-higher": rule("D", "Raise the version in solution.xml."),
  "control-version-not-higher": rule(
    "R",
    "Raise the control's version in its manifest: browsers and the platform keep the old bundle otherwise.",
  ),
  "resource-type-changed": rule("D", "A web resource's type can't change: give it another name."),
  "resource-id-changed": rule("I", "Keep the WebResourceId from version to version."),
};

/** What an import may do but a maker should know. They don't make a check fail. */
export const notes = {
  needs: rule("E", "The environment must have it."),
  "foreign-prefix": rule(
    "E",
    "Fine where it comes from another publisher; else the prefix is wrong.",
  ),
  "unnamed-file": rule("I", "Nothing in customizations.xml names it, so nothing comes of it."),
  "folder-entry": rule("E", "Exports have no entries for folders."),
  "variable-values": rule(
    "R",
    "An environment that has a value already refuses a second one: leave values out.",
  ),
  "old-type": rule("D", "Browsers no longer run Silverlight."),
  "nested-entry": rule("E", "Exports flatten the names of web resources' files."),
};
