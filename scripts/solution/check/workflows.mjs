import { isGuid } from "../formats.mjs";
import { textOf } from "../xml.mjs";
import { fileOf, tellTwice, tellUnnamed } from "./opened.mjs";

/** Each Workflow of customizations.xml (cloud flows and older processes), and its file. */
export function checkWorkflows(opened, tell) {
  const paths = new Set();
  for (const element of opened.workflows) {
    const id = element.getAttribute("WorkflowId") ?? "";
    const where = element.getAttribute("Name") || id || "a Workflow";
    if (!isGuid(id.replace(/^\{(.*)\}$/, "$1"))) tell("workflow", where, `WorkflowId is "${id}"`);
    const json = textOf(element, "JsonFileName");
    const path = json ?? textOf(element, "XamlFileName");
    paths.add(path);
    const entry = fileOf(opened, { where, path, home: "Workflows" }, tell);
    if (entry && json && !isJson(entry.bytes)) tell("workflow", where, `${entry.name} is not JSON`);
  }
  tellTwice(
    opened.workflows.map((element) => [
      element.getAttribute("WorkflowId"),
      element.getAttribute("Name") ?? "",
    ]),
    "id-twice",
    tell,
  );
  tellUnnamed(opened, "Workflows/", (name) => paths.has(`/${name}`), tell);
}

function isJson(bytes) {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}
