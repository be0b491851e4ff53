import { type IconName, icon } from "./icons";
import type { Inputs } from "./inputs";
import { missingSettings } from "./inputs";
import type { State } from "./state";
import type { Text } from "./strings";

/** What the bar under the button says. */
export interface Message {
  intent: "error" | "warning" | "info";
  title: string;
  lines: string[];
  details?: [name: string, value: string][];
  action?: "retry" | "signIn";
}

const ICONS: Record<Message["intent"], IconName> = {
  error: "error",
  warning: "warning",
  info: "info",
};

/** The message of a state, or none. */
export function messageFrom(inputs: Inputs, state: State, text: Text): Message | undefined {
  const missing = missingSettings(inputs);
  if (missing.length > 0) {
    const names = missing.map((key) => text(key)).join(", ");
    return {
      intent: "warning",
      title: text("Unconfigured_Title"),
      lines: [text("Unconfigured_Text", names)],
    };
  }
  switch (state.kind) {
    case "signedOut": {
      const why = {
        needed: "SignedOut_Text",
        blocked: "PopupBlocked",
        cancelled: "SignInCancelled",
      } as const;
      return {
        intent: "info",
        title: text("SignedOut_Title"),
        lines: [text(why[state.reason])],
        action: "signIn",
      };
    }
    case "cancelled":
      return {
        intent: state.mayHaveRun ? "warning" : "info",
        title: text("Cancelled"),
        lines: state.mayHaveRun ? [text("MayHaveRun")] : [],
      };
    case "failed": {
      const { problem } = state;
      const lines = [problem.text, problem.hint, problem.mayHaveRun ? text("MayHaveRun") : ""];
      return {
        intent: "error",
        title: problem.title,
        lines: lines.filter((line) => line !== ""),
        details: problem.details,
        action: problem.retryable ? "retry" : undefined,
      };
    }
    default:
      return undefined;
  }
}

/** A Fluent message bar. */
export class MessageBar {
  readonly element = document.createElement("div");
  private readonly icon = document.createElement("span");
  private readonly body = document.createElement("div");
  private readonly button = document.createElement("button");
  private shown = "";
  private action: Message["action"];

  constructor(
    private readonly text: Text,
    onAction: (action: NonNullable<Message["action"]>) => void,
  ) {
    this.element.className = "ef-message";
    this.icon.className = "ef-message-icon";
    this.body.className = "ef-message-body";
    this.button.className = "ef-button ef-message-action";
    this.button.type = "button";
    this.button.addEventListener("click", () => {
      if (this.action) onAction(this.action);
    });
    this.element.append(this.icon, this.body, this.button);
  }

  show(message: Message | undefined, disabled: boolean): void {
    this.element.hidden = !message;
    this.action = disabled ? undefined : message?.action;
    this.button.hidden = !this.action;
    // Rebuilt only when it says something new: an open "Details" stays open over the host's updates.
    const shown = JSON.stringify(message ?? "");
    if (!message || shown === this.shown) return;
    this.shown = shown;
    this.element.dataset.intent = message.intent;
    this.icon.replaceChildren(icon(ICONS[message.intent]));
    this.button.textContent = this.text(message.action === "signIn" ? "SignIn" : "TryAgain");
    this.body.replaceChildren(
      line("ef-message-title", message.title),
      ...message.lines.map((text) => line("ef-message-line", text)),
      ...this.details(message.details ?? []),
    );
  }

  private details(entries: [string, string][]): HTMLElement[] {
    if (entries.length === 0) return [];
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = this.text("Details");
    const list = document.createElement("dl");
    for (const [name, value] of entries) {
      const term = document.createElement("dt");
      const description = document.createElement("dd");
      term.textContent = name;
      description.textContent = value;
      list.append(term, description);
    }
    details.append(summary, list);
    return [details];
  }
}

function line(className: string, text: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  return element;
}
