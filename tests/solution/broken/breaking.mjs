/** Ways to break the good zip of good.mjs, for the cases of this folder. */
export const solution = (from, to) => (zip) => zip.replace("solution.xml", from, to);
export const customizations = (from, to) => (zip) => zip.replace("customizations.xml", from, to);
export const types = (from, to) => (zip) => zip.replace("[Content_Types].xml", from, to);
export const control = "Controls/ef_Sample.Button";
export const manifest = (from, to) => (zip) =>
  zip.replace(`${control}/ControlManifest.xml`, from, to);
export const library = (zip) => zip.find("ef_libraryjs");
export const both = (from, to) => (zip) => {
  zip.replace("solution.xml", from, to);
  zip.replace("customizations.xml", from, to);
};
export const libraryElement = (zip) =>
  /<WebResource>(?:(?!<\/WebResource>)[\s\S])*?ef_\/library\.js[\s\S]*?<\/WebResource>/.exec(
    zip.get("customizations.xml"),
  )[0];

export function flow({ id = "{2578e499-0be1-ec11-bb3c-000d3a233a82}", json }) {
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
