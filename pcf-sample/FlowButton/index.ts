import type { IInputs, IOutputs } from "./generated/ManifestTypes";
import { type Inputs, readInputs } from "./inputs";
import { Runner } from "./runner";
import { type Event, idle, isBusy, next, type State } from "./state";
import { textFrom } from "./strings";
import { applyTheme } from "./theme";
import { View } from "./view";

/** The control as the platform sees it: it only ties the parts together. */
export class FlowButton implements ComponentFramework.StandardControl<IInputs, IOutputs> {
  private context: ComponentFramework.Context<IInputs>;
  private inputs: Inputs;
  private state: State = idle;
  private output: string;
  private root: HTMLElement;
  private view: View;
  private runner: Runner;
  private notifyOutputChanged: () => void;
  private timer?: number;

  init(
    context: ComponentFramework.Context<IInputs>,
    notifyOutputChanged: () => void,
    _state: ComponentFramework.Dictionary,
    container: HTMLDivElement,
  ): void {
    this.notifyOutputChanged = notifyOutputChanged;
    this.accept(context);
    const text = textFrom(context.resources);
    this.runner = new Runner({
      context: () => this.context,
      inputs: () => this.inputs,
      text,
      tell: (event) => this.on(event),
    });
    this.root = document.createElement("div");
    container.append(this.root);
    this.view = new View(this.root, text, {
      run: () => this.runner.run(),
      cancel: () => this.runner.cancel(),
      signIn: () => this.runner.signIn(),
    });
  }

  updateView(context: ComponentFramework.Context<IInputs>): void {
    this.accept(context);
    applyTheme(this.root, context.fluentDesignLanguage);
    this.view.render(this.inputs, this.state);
  }

  getOutputs(): IOutputs {
    return { result: this.output };
  }

  destroy(): void {
    window.clearInterval(this.timer);
    this.runner.dispose();
    this.root.remove();
  }

  private accept(context: ComponentFramework.Context<IInputs>): void {
    this.context = context;
    const known = this.inputs?.value;
    this.inputs = readInputs(context);
    // An update that comes before the host has taken the answer still has the old value.
    if (this.inputs.value !== known) this.output = this.inputs.value;
  }

  private on(event: Event): void {
    this.state = next(this.state, event);
    this.keepTime();
    this.view.render(this.inputs, this.state);
    // A field that became read-only in the meantime shows the answer and keeps its value.
    if (event.type === "answered" && !event.accepted && !this.inputs.disabled) {
      this.output = event.answer;
      this.notifyOutputChanged();
    }
  }

  /** A clock ticks while something runs, and only then. */
  private keepTime(): void {
    window.clearInterval(this.timer);
    this.timer = isBusy(this.state)
      ? window.setInterval(() => this.view.tick(this.state), 1000)
      : undefined;
  }
}
