import { icon } from "./icons";
import { type Inputs, missingSettings } from "./inputs";
import { MessageBar, messageFrom } from "./message";
import { isBusy, type State } from "./state";
import type { Text } from "./strings";

export interface Actions {
  run(): void;
  cancel(): void;
  signIn(): void;
}

/**
 * The control's DOM: built once, then changed in place, so that focus and a screen reader's place in
 * it outlive the host's updates.
 */
export class View {
  private readonly runButton = button("ef-button ef-run");
  private readonly runIcon = span("ef-icon");
  private readonly runLabel = span("ef-label");
  private readonly elapsed = span("ef-elapsed");
  private readonly cancelButton = button("ef-button ef-cancel");
  private readonly outcome = span("ef-outcome");
  private readonly answer = document.createElement("div");
  private readonly note = document.createElement("div");
  private readonly announcer = span("ef-announcer");
  private readonly message: MessageBar;
  private busy = false;
  private announced: State["kind"] = "idle";

  constructor(
    private readonly root: HTMLElement,
    private readonly text: Text,
    actions: Actions,
  ) {
    root.classList.add("ef-FlowButton");
    root.setAttribute("role", "group");
    this.elapsed.setAttribute("aria-hidden", "true");
    this.announcer.setAttribute("role", "status");
    this.announcer.setAttribute("aria-live", "polite");
    this.answer.className = "ef-answer";
    this.note.className = "ef-note";
    this.cancelButton.textContent = text("Cancel");
    this.runIcon.append(icon("flow"));
    this.runButton.append(this.runIcon, this.runLabel, this.elapsed);

    // A busy button stays focusable (aria-disabled), so that focus does not fall off the page.
    this.runButton.addEventListener("click", () => {
      if (!this.busy) actions.run();
    });
    this.cancelButton.addEventListener("click", () => actions.cancel());
    this.message = new MessageBar(text, (action) =>
      action === "signIn" ? actions.signIn() : actions.run(),
    );

    const row = document.createElement("div");
    row.className = "ef-row";
    row.append(this.runButton, this.cancelButton, this.outcome);
    root.append(row, this.answer, this.note, this.message.element, this.announcer);
  }

  render(inputs: Inputs, state: State): void {
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    this.busy = isBusy(state);
    this.root.hidden = inputs.hidden;
    this.root.dataset.state = state.kind;
    this.root.dir = inputs.rightToLeft ? "rtl" : "ltr";
    if (inputs.label) this.root.setAttribute("aria-label", inputs.label);
    this.renderRow(inputs, state);
    this.renderAnswer(inputs, state);
    this.message.show(messageFrom(inputs, state, this.text), inputs.disabled);
    this.announce(inputs, state);
    // The button that was pressed is gone (Cancel, Try again, Sign in): its focus goes to the main one.
    if (focused instanceof HTMLElement && focused.hidden) this.runButton.focus();
  }

  /** Called each second of a run, apart from `render`. */
  tick(state: State): void {
    const time = "since" in state ? elapsedText(Date.now() - state.since) : "";
    // From a minute on it reads as a clock does, without a unit.
    this.elapsed.textContent = /^\d+$/.test(time) ? this.text("Seconds", time) : time;
  }

  private renderRow(inputs: Inputs, state: State): void {
    const label = inputs.buttonLabel || this.text("Run");
    this.runLabel.textContent = this.busy
      ? this.text(state.kind === "signingIn" ? "SigningIn" : "Running")
      : label;
    this.runButton.disabled = !this.busy && (inputs.disabled || missingSettings(inputs).length > 0);
    this.runButton.toggleAttribute("data-busy", this.busy);
    setOrRemove(this.runButton, "aria-disabled", this.busy ? "true" : "");
    this.cancelButton.hidden = !this.busy;
    this.tick(state);

    const done = state.kind === "done" && !state.accepted;
    this.outcome.hidden = !done;
    if (done) {
      const seconds = this.text("Done", decimal(state.durationMs / 1000));
      this.outcome.replaceChildren(icon("success"), seconds);
    }
  }

  private renderAnswer(inputs: Inputs, state: State): void {
    const shown = inputs.masked ? "••••••" : state.kind === "done" ? state.answer : inputs.value;
    this.answer.textContent = shown;
    this.answer.hidden = shown === "";
    if (inputs.masked) this.answer.title = this.text("Masked");
    else this.answer.removeAttribute("title");
    // What scrolls must be within reach of a keyboard.
    const scrolls = this.answer.scrollHeight > this.answer.clientHeight;
    setOrRemove(this.answer, "tabindex", scrolls ? "0" : "");
    setOrRemove(this.answer, "role", scrolls ? "group" : "");
    setOrRemove(this.answer, "aria-label", scrolls ? this.text("Result_Name") : "");
    const note = noteFrom(inputs, state, this.text);
    this.note.textContent = note;
    this.note.hidden = note === "";
  }

  /** One sentence for a screen reader when the state changes, and nothing when the host merely redraws. */
  private announce(inputs: Inputs, state: State): void {
    if (state.kind === this.announced) return;
    this.announced = state.kind;
    this.announcer.textContent = announcement(inputs, state, this.text);
  }
}

function noteFrom(inputs: Inputs, state: State, text: Text): string {
  if (state.kind === "signingIn") return text("SigningIn_Note");
  if (inputs.locked && state.kind !== "running") return text(inputs.locked);
  if (state.kind !== "done") return "";
  if (state.accepted) return text("Accepted");
  if (state.shortened) return text("Shortened", String(inputs.maxLength));
  return state.answer === "" ? text("EmptyAnswer") : "";
}

function announcement(inputs: Inputs, state: State, text: Text): string {
  switch (state.kind) {
    case "idle":
      return "";
    case "running":
      return text("Running");
    case "signingIn":
      return `${text("SigningIn")}. ${text("SigningIn_Note")}`;
    case "done":
      if (inputs.masked || state.answer === "") return noteFrom(inputs, state, text);
      return text("Answer", state.answer);
    default: {
      const message = messageFrom(inputs, state, text);
      return message ? [message.title, ...message.lines].map(sentence).join(" ") : "";
    }
  }
}

/** `7`, and from a minute on `1:07`. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return String(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function decimal(seconds: number): string {
  const digits = seconds < 10 ? 1 : 0;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return seconds.toLocaleString(document.documentElement.lang || undefined, format);
}

function setOrRemove(element: Element, name: string, value: string): void {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

function button(className: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  return element;
}

function span(className: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  return element;
}

/** A line as a screen reader should say it: with a stop. */
function sentence(line: string): string {
  return /[.!?)]$/.test(line) ? line : `${line}.`;
}
