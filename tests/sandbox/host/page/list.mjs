/** A table's view: rows to select, and the commands of its grid. Tests reach it at `window.listHost`. */
import { showCommands } from "./ribbon.mjs";
import { applyTokens, dark, light } from "./theme.mjs";
import { createWebApi } from "./web-api.mjs";
import { createXrm } from "./xrm.mjs";

const config = JSON.parse(document.getElementById("form-config").textContent);
const webApi = createWebApi();

document.documentElement.style.colorScheme = config.theme;
applyTokens(document.documentElement, config.theme === "dark" ? dark : light);
document.querySelector("#user").textContent = config.user.name.replace(/[^A-Z]/g, "");
window.Xrm = createXrm({ config, webApi });

const list = { refreshes: 0, ready: undefined };
window.listHost = list;

const boxes = () => [...document.querySelectorAll("tbody input")];
const selected = () =>
  boxes()
    .filter((box) => box.checked)
    .map((box) => config.rows[box.value])
    .map(({ id, name }) => ({ Id: `{${id.toUpperCase()}}`, Name: name, TypeName: "ef_order" }));

const grid = {
  refresh() {
    list.refreshes += 1;
  },
};

const rows = config.rows.map(({ name, customer, total }, index) => {
  const row = document.createElement("tr");
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", value: index });
  label.append(box, ` ${name}`);
  for (const content of [label, customer, total]) {
    const cell = document.createElement("td");
    cell.append(content);
    row.append(cell);
  }
  return row;
});
document.querySelector("tbody").replaceChildren(...rows);

list.ready = showCommands(
  `/WebResources/${config.script.ribbon}`,
  "Mscrm.HomepageGrid.ef_order.",
  document.querySelector("#commands"),
  {
    SelectedControl: () => grid,
    SelectedControlSelectedItemReferences: selected,
  },
).then((refresh) => document.querySelector("tbody").addEventListener("change", refresh));
