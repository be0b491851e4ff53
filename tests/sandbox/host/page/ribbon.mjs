/**
 * The command bar's part of a RibbonDiffXml: buttons at a location, whether they are shown, and what they run. As the
 * platform does, each action's library is loaded before its function is called, one action after the other.
 */
import { functionOf, loadLibrary } from "./libraries.mjs";

/**
 * @param {string} path of the XML
 * @param {string} location such as `Mscrm.Form.ef_order.`
 * @param {HTMLElement} bar
 * @param {Record<string, () => unknown>} values what each CrmParameter stands for
 * @returns {Promise<() => void>} looks at the enable rules again
 */
export async function showCommands(path, location, bar, values) {
  const xml = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/xml");
  if (xml.querySelector("parsererror")) throw new Error(`${path} is not well-formed`);
  const byId = (tag, id) => {
    const found = [...xml.querySelectorAll(tag)].find((node) => node.getAttribute("Id") === id);
    if (!found) throw new Error(`${path} has no ${tag} ${id}`);
    return found;
  };
  const commands = [...xml.querySelectorAll("CustomAction")]
    .filter((action) => action.getAttribute("Location").startsWith(location))
    .map((action) => {
      const definition = action.querySelector("Button");
      const command = byId("CommandDefinition", definition.getAttribute("Command"));
      const rules = [...command.querySelectorAll("EnableRules > EnableRule")].map((rule) =>
        byId("RuleDefinitions > EnableRules > EnableRule", rule.getAttribute("Id")),
      );
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = definition.getAttribute("LabelText");
      button.title = definition.getAttribute("ToolTipDescription");
      button.addEventListener("click", () => run(command, values));
      bar.append(button);
      return { button, rules };
    });
  const refresh = () => {
    for (const { button, rules } of commands) {
      button.hidden = !rules.every((rule) => holds(rule.firstElementChild, values));
    }
  };
  refresh();
  return refresh;
}

async function run(command, values) {
  for (const action of command.querySelectorAll("JavaScriptFunction")) {
    await loadLibrary(action.getAttribute("Library").replace("$webresource:", ""));
    const parameters = [...action.children].map((node) => {
      const value = node.getAttribute("Value");
      return node.tagName === "CrmParameter" ? values[value]() : value;
    });
    functionOf(action.getAttribute("FunctionName"))(...parameters);
  }
}

function holds(rule, values) {
  if (rule.tagName === "FormStateRule") return rule.getAttribute("State") === "Existing";
  if (rule.tagName !== "SelectionCountRule") throw new Error(`unknown rule ${rule.tagName}`);
  const count = values.SelectedControlSelectedItemReferences().length;
  return (
    count >= Number(rule.getAttribute("Minimum")) && count <= Number(rule.getAttribute("Maximum"))
  );
}
