/** ef_/grid-script.js: a command over the selected rows of a grid of orders. */
window.Contoso = window.Contoso || {};

Contoso.OrderGrid = (() => {
  const SUCCESS = 1;
  const WARNING = 3;
  const INFORMATION = 4;
  /** More at once gain little, and the service counts calls per user. */
  const AT_ONCE = 4;
  /** Failures that say nothing of the next record: any other would come again with each of them. */
  const OF_ONE_RECORD = ["flow_failed", "input_rejected", "no_response", "output_invalid"];

  let commands = 0;
  let working = false;

  /**
   * A command of a grid, with SelectedControl, SelectedControlSelectedItemReferences and the flow's workflowid. The
   * order number is the table's primary column, which is what a reference has as its Name.
   */
  async function approveSelected(grid, items, workflowId) {
    const texts = Contoso.texts();
    // Nothing is in the way of a second click here, and it would approve twice.
    if (working) return Xrm.Navigation.openAlertDialog({ text: texts.busy });
    commands += 1;
    const mine = commands;
    try {
      const { confirmed } = await Xrm.Navigation.openConfirmDialog({
        title: texts.approveMany(items.length),
        text: texts.approveManyText,
        confirmButtonLabel: texts.approve,
        cancelButtonLabel: texts.cancel,
      });
      if (!confirmed) return;
      const client = await Contoso.Flows.signIn();
      if (mine !== commands) return;
      working = true;
      tell(await approveAll(client.flow(workflowId), items));
      grid.refresh();
    } catch (error) {
      if (mine !== commands) return;
      Xrm.Navigation.openErrorDialog({
        message: Contoso.Flows.explain(error),
        details: Contoso.Flows.details(error),
      });
    } finally {
      if (mine === commands) working = false;
    }
  }

  /** Calls the flow for each item until all are done, one fails as every other would, or the user cancels. */
  async function approveAll(flow, items) {
    const texts = Contoso.texts();
    const waiting = [...items];
    const done = [];
    const failed = [];
    let goOn = true;
    let running = 0;
    const cancel = () => {
      // What runs is let run: nobody could tell what became of it otherwise.
      goOn = false;
      bar.show(texts.stopping(running));
    };
    const bar = progressBar({ label: texts.cancel, cancel });
    const showProgress = () => {
      if (!goOn) return;
      bar.show(texts.progress(done.length + failed.length, items.length), { cancellable: true });
    };
    const work = async () => {
      while (goOn && waiting.length > 0) {
        const item = waiting.shift();
        running += 1;
        try {
          await flow.invoke({ orderNumber: item.Name, action: "approve" });
          done.push(item);
        } catch (error) {
          failed.push({ item, error });
          goOn &&= OF_ONE_RECORD.includes(error.code);
        }
        running -= 1;
        showProgress();
      }
    };
    try {
      showProgress();
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } finally {
      await bar.close();
    }
    return { done, failed, untried: waiting };
  }

  /**
   * Progress in the app's bar, which has a button: nothing behind the platform's progress dialog can be pressed. A notification
   * can't be changed, so the next one takes the place of the last; one after the other, or one would stay.
   */
  function progressBar({ label, cancel }) {
    let shown;
    let last = Promise.resolve();
    const inTurn = (work) => {
      // A bar that can't be shown is no reason to stop.
      last = last.then(work).catch(() => {});
      return last;
    };
    const clear = async () => {
      const id = shown;
      shown = undefined;
      if (id !== undefined) await Xrm.App.clearGlobalNotification(id);
    };
    const show = (message, { cancellable = false } = {}) =>
      inTurn(async () => {
        await clear();
        const action = { actionLabel: label, eventHandler: cancel };
        shown = await Xrm.App.addGlobalNotification({
          type: 2,
          level: INFORMATION,
          message,
          showCloseButton: false,
          ...(cancellable && { action }),
        });
      });
    return { show, close: () => inTurn(clear) };
  }

  /** The count for the app's bar, and for what failed a dialog with a reason for each order. */
  function tell({ done, failed, untried }) {
    const texts = Contoso.texts();
    const counts = [
      texts.approved(done.length),
      failed.length > 0 && texts.failed(failed.length),
      untried.length > 0 && texts.untried(untried.length),
    ].filter(Boolean);
    const message = `${counts.join(", ")}.`;
    Xrm.App.addGlobalNotification({
      type: 2,
      level: failed.length + untried.length > 0 ? WARNING : SUCCESS,
      message,
      showCloseButton: true,
    });
    if (failed.length === 0) return;
    const reasons = failed.map(({ item, error }) =>
      [texts.reason(item.Name, Contoso.Flows.explain(error)), Contoso.Flows.details(error)].join(
        "\n",
      ),
    );
    Xrm.Navigation.openErrorDialog({
      message: `${message} ${Contoso.Flows.explain(failed[0].error)}`,
      details: reasons.join("\n\n"),
    });
  }

  return { approveSelected };
})();
