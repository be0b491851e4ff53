/** The app's own surfaces: progress, dialogs, and notifications above the page. */

let progress;

export function showProgress(message) {
  progress ??= show("progress", "dialog");
  progress.querySelector("p").textContent = message;
}

export function closeProgress() {
  progress?.remove();
  progress = undefined;
}

export async function openAlert({ title = "", text, confirmButtonLabel = "OK" }) {
  await ask({ title, text, buttons: [confirmButtonLabel] });
}

export async function openConfirm({
  title = "",
  text,
  confirmButtonLabel = "OK",
  cancelButtonLabel = "Cancel",
}) {
  const chosen = await ask({ title, text, buttons: [confirmButtonLabel, cancelButtonLabel] });
  return { confirmed: chosen === 0 };
}

/** The platform's has a link "Download log file", which has the details. */
export async function openError({ message, details }) {
  await ask({ title: "Error", text: message, details, buttons: ["OK"] });
}

function ask({ title, text, details, buttons }) {
  const dialog = show("dialog", "dialog");
  const heading = Object.assign(document.createElement("h2"), { textContent: title });
  dialog.querySelector(".surface").prepend(heading);
  dialog.querySelector("p").textContent = text;
  if (details) {
    const log = document.createElement("details");
    log.append(
      Object.assign(document.createElement("summary"), { textContent: "Download log file" }),
      Object.assign(document.createElement("pre"), { textContent: details }),
    );
    dialog.querySelector(".surface").append(log);
  }
  const row = Object.assign(document.createElement("div"), { className: "dialog-buttons" });
  dialog.querySelector(".surface").append(row);
  return new Promise((resolve) => {
    const elements = buttons.map((label, index) => {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: label,
      });
      button.addEventListener("click", () => {
        dialog.remove();
        resolve(index);
      });
      return button;
    });
    row.append(...elements);
    elements[0].focus();
  });
}

function show(className, role) {
  const element = Object.assign(document.createElement("div"), {
    className: `overlay ${className}`,
  });
  const surface = Object.assign(document.createElement("div"), { className: "surface" });
  surface.setAttribute("role", role);
  surface.setAttribute("aria-modal", "true");
  surface.setAttribute("aria-label", className === "progress" ? "Working" : "Message");
  surface.append(document.createElement("p"));
  element.append(surface);
  document.body.append(element);
  return element;
}

const LEVELS = { 1: "SUCCESS", 2: "ERROR", 3: "WARNING", 4: "INFO" };
let given = 0;

/** `Xrm.App`, as far as notifications go. */
export const app = {
  async addGlobalNotification({ level, message, showCloseButton, action }) {
    const list = document.querySelector("#app-notifications");
    given += 1;
    const bar = Object.assign(document.createElement("div"), { className: "notification" });
    bar.dataset.level = LEVELS[level];
    bar.dataset.global = String(given);
    bar.append(Object.assign(document.createElement("span"), { textContent: message }));
    const add = (label, work) => {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: label,
      });
      button.addEventListener("click", work);
      bar.append(button);
    };
    if (action) add(action.actionLabel, () => action.eventHandler());
    if (showCloseButton) add("Close", () => bar.remove());
    list.append(bar);
    return bar.dataset.global;
  },
  async clearGlobalNotification(id) {
    document.querySelector(`[data-global="${id}"]`)?.remove();
  },
};
