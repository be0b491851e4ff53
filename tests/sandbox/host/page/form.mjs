/**
 * The form: draws the record, mounts its controls, and carries on when another record is opened, all
 * in one page that is never reloaded, as a model-driven app does. Tests reach it at `window.formHost`.
 */
import { functionOf, loadLibraries } from "./libraries.mjs";
import { mountControl } from "./pcf-host.mjs";
import { showCommands } from "./ribbon.mjs";
import { applyTokens, dark, light } from "./theme.mjs";
import { createWebApi } from "./web-api.mjs";
import { createXrm } from "./xrm.mjs";

const config = JSON.parse(document.getElementById("form-config").textContent);
const find = (selector, root = document) => root.querySelector(selector);
const webApi = createWebApi();

const form = {
  config,
  webApi,
  theme: config.theme,
  disabled: config.disabled,
  values: {},
  controls: [],
  /** What the platform would show as "Error loading control". */
  errors: [],
  setValue,
  destroyControl: (index) => form.controls[index].destroy(),
  navigate: (index = (form.recordIndex + 1) % config.records.length) => open(index),
  setTheme,
  setDisabled,
  update() {
    for (const control of form.controls) control.update();
  },
  recordIndex: 0,
  ready: undefined,
};
window.formHost = form;
let commands;

function open(index) {
  for (const control of form.controls) control.destroy();
  form.recordIndex = index;
  form.controls = [];
  config.record = config.records[index];
  form.values = { ...config.record.values };
  window.Xrm = createXrm({ config, webApi, getValue, setValue, notify });
  drawRecord();
  form.ready = Promise.all([mountAll(), runScripts()]);
  return form.ready;
}

/** The form's libraries, then its OnLoad handler: for each record that is opened. */
async function runScripts() {
  const { script } = config;
  if (!script) return;
  const formContext = window.Xrm.Page;
  for (const bar of document.querySelectorAll("#notifications > *")) bar.remove();
  await loadLibraries(script.libraries);
  commands ??= showCommands(
    `/WebResources/${script.ribbon}`,
    "Mscrm.Form.ef_order.",
    find(".command-bar"),
    { PrimaryControl: () => window.Xrm.Page },
  );
  await commands;
  const { name, parameters } = script.onLoad;
  functionOf(name)({ getFormContext: () => formContext, getEventArgs: () => ({}) }, ...parameters);
}

async function mountAll() {
  const grid = find("#controls");
  grid.replaceChildren();
  for (const field of config.fields) {
    const cell = drawCell(field.label, grid, { required: false });
    cell.classList.add("control-cell");
    try {
      form.controls.push(await mountControl(field, cell, form));
    } catch (error) {
      form.errors.push(String(error));
      cell.textContent = `Error loading control: ${error.message}`;
    }
  }
}

const getValue = (column) => form.values[column];

/** A value of the record, from a control or a script: the form is unsaved, its controls are told. */
function setValue(column, value) {
  if (form.values[column] === value) return;
  form.values[column] = value;
  find("#unsaved").hidden = false;
  for (const input of document.querySelectorAll(`[data-column="${column}"]`)) {
    input.textContent = value || "---";
  }
  // The platform redraws after the control's own call is over, never inside of it.
  setTimeout(form.update);
}

function notify(id, notification) {
  const list = find("#notifications");
  find(`[data-id="${CSS.escape(id)}"]`, list)?.remove();
  if (!notification) return;
  const bar = document.createElement("div");
  bar.className = "notification";
  bar.dataset.id = id;
  bar.dataset.level = notification.level;
  bar.textContent = notification.message;
  list.append(bar);
}

function drawRecord() {
  const { record } = config;
  document.title = `${record.title} - Contoso Bikes`;
  find("#title").textContent = record.title;
  find("#unsaved").hidden = true;
  find("#crumb").textContent = record.title;
  for (const element of document.querySelectorAll("[data-column]")) {
    element.textContent = form.values[element.dataset.column] || "---";
  }
  const rows = record.lines.map((line) => {
    const row = document.createElement("tr");
    row.append(
      ...line.map((text) => Object.assign(document.createElement("td"), { textContent: text })),
    );
    return row;
  });
  find("#lines tbody").replaceChildren(...rows);
}

function drawCell(label, grid) {
  const template = find("#cell-template").content.cloneNode(true);
  find(".cell-label", template).textContent = label;
  const cell = find(".cell-value", template);
  grid.append(template);
  return cell;
}

function setTheme(theme) {
  form.theme = theme;
  document.documentElement.style.colorScheme = theme;
  document.documentElement.dataset.theme = theme;
  applyTokens(document.documentElement, theme === "dark" ? dark : light);
  find("#theme").setAttribute("aria-pressed", String(theme === "dark"));
  form.update();
}

function setDisabled(disabled) {
  form.disabled = disabled;
  document.body.toggleAttribute("data-readonly", disabled);
  notify(
    "readonly",
    disabled ? { level: "INFO", message: "Read-only. This record’s status: Inactive" } : null,
  );
  form.update();
}

function chooseTab(tab) {
  for (const other of document.querySelectorAll("[role=tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    find(`#${other.getAttribute("aria-controls")}`).hidden = !chosen;
  }
}

find("[role=tablist]").addEventListener("click", ({ target }) => {
  if (target.closest("[role=tab]")) chooseTab(target.closest("[role=tab]"));
});
find("[role=tablist]").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const tab = tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
  chooseTab(tab);
  tab.focus();
});
find("#next").addEventListener("click", () => form.navigate());
find("#theme").addEventListener("click", () => setTheme(form.theme === "dark" ? "light" : "dark"));
find("#deactivate").addEventListener("click", () => setDisabled(!form.disabled));

find("#user").textContent = config.user.name
  .split(" ")
  .map((word) => word[0])
  .join("");
find("#user").title = config.user.name;
setTheme(form.theme);
setDisabled(form.disabled);
open(0);
