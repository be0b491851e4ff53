/**
 * ef_/form-script.js: what the Order form does when it opens, a command on the form, and a command over the selected
 * rows of a grid. Each calls a flow; which one is a parameter of the handler or command.
 */
window.Contoso = window.Contoso || {};

Contoso.OrderForm = (() => {
  const NOTIFICATION = "contoso-order";
  const UPDATE = 2;
  const SUCCESS = 1;
  const INFORMATION = 4;

  let opened = 0;
  let commands = 0;
  let offer;

  /**
   * OnLoad, with the execution context and the flow's workflowid as a parameter. It returns at once: a form must not
   * wait for a flow.
   */
  function onLoad(executionContext, workflowId) {
    const formContext = executionContext.getFormContext();
    if (formContext.ui.getFormType() !== UPDATE) return;
    opened += 1;
    showStatus(formContext, workflowId, opened);
  }

  async function showStatus(formContext, workflowId, mine) {
    // The answer may come after the user went on to another record.
    const notify = (...args) => mine === opened && formContext.ui.setFormNotification(...args);
    try {
      // "none": nobody clicked on anything that asks for a sign-in window.
      const client = await Contoso.Flows.connect("none");
      const answer = await client.flow(workflowId).invoke(requestOf(formContext, "status"));
      notify(answer.data.message, "INFO", NOTIFICATION);
    } catch (error) {
      if (!Contoso.Flows.needsSignIn(error)) {
        notify(Contoso.Flows.explain(error), "WARNING", NOTIFICATION);
      } else if (mine === opened) {
        offerSignIn(() => mine === opened && showStatus(formContext, workflowId, mine));
      }
    }
  }

  /** A form's notification has no button, the app's has: its click is what lets the browser open a window. */
  function offerSignIn(then) {
    withdrawOffer();
    const eventHandler = async () => {
      withdrawOffer();
      try {
        await Contoso.Flows.signIn();
        await then();
      } catch (error) {
        Xrm.Navigation.openErrorDialog({ message: Contoso.Flows.explain(error) });
      }
    };
    offer = Xrm.App.addGlobalNotification({
      type: 2,
      level: INFORMATION,
      message: "Sign in once to see what the warehouse says about your orders.",
      showCloseButton: true,
      action: { actionLabel: "Sign in", eventHandler },
    });
  }

  /** One offer at a time, whatever number of records was opened. */
  function withdrawOffer() {
    offer?.then((id) => Xrm.App.clearGlobalNotification(id));
    offer = undefined;
  }

  /** A command of the form, with PrimaryControl and the flow's workflowid. */
  async function approve(formContext, workflowId) {
    commands += 1;
    const mine = commands;
    const request = requestOf(formContext, "approve");
    formContext.ui.clearFormNotification(NOTIFICATION);
    const { confirmed } = await Xrm.Navigation.openConfirmDialog({
      title: "Approve this order?",
      text: `Order ${request.orderNumber} goes to the warehouse today. This can't be taken back.`,
      confirmButtonLabel: "Approve",
    });
    if (!confirmed) return;
    try {
      // Before the progress dialog, which nobody can close: the sign-in window is the user's to take time over.
      const client = await Contoso.Flows.signIn();
      Xrm.Utility.showProgressIndicator(`Approving order ${request.orderNumber}`);
      const answer = await client.flow(workflowId).invoke(request);
      formContext.getAttribute("ef_approval").setValue(answer.data.message);
      Xrm.App.addGlobalNotification({
        type: 2,
        level: SUCCESS,
        message: answer.data.message,
        showCloseButton: true,
      });
    } catch (error) {
      // A closed sign-in window is told late; by then a newer click may have taken over.
      if (mine !== commands) return;
      formContext.ui.setFormNotification(Contoso.Flows.explain(error), "ERROR", NOTIFICATION);
    } finally {
      if (mine === commands) Xrm.Utility.closeProgressIndicator();
    }
  }

  function requestOf(formContext, action) {
    return { orderNumber: formContext.getAttribute("ef_ordernumber").getValue(), action };
  }

  return { onLoad, approve };
})();

Contoso.OrderGrid = (() => {
  const SUCCESS = 1;
  const WARNING = 3;
  /** More at once gain little, and the service counts calls per user. */
  const AT_ONCE = 4;
  /** Failures that say nothing of the next record: any other would come again with each of them. */
  const OF_ONE_RECORD = ["flow_failed", "input_rejected", "no_response", "output_invalid"];

  let commands = 0;

  /**
   * A command of a grid, with SelectedControl, SelectedControlSelectedItemReferences and the flow's workflowid. The
   * order number is the table's primary column, which is what a reference has as its Name.
   */
  async function approveSelected(grid, items, workflowId) {
    commands += 1;
    const mine = commands;
    const { confirmed } = await Xrm.Navigation.openConfirmDialog({
      title: `Approve ${orders(items.length)}?`,
      text: "They go to the warehouse today. This can't be taken back.",
      confirmButtonLabel: "Approve",
    });
    if (!confirmed) return;
    try {
      const client = await Contoso.Flows.signIn();
      const outcome = await approveAll(client.flow(workflowId), items);
      Xrm.Utility.closeProgressIndicator();
      tell(outcome);
      grid.refresh();
    } catch (error) {
      if (mine !== commands) return;
      Xrm.Utility.closeProgressIndicator();
      Xrm.Navigation.openErrorDialog({
        message: Contoso.Flows.explain(error),
        details: Contoso.Flows.details(error),
      });
    }
  }

  async function approveAll(flow, items) {
    const waiting = [...items];
    const done = [];
    const failed = [];
    let goOn = true;
    const showProgress = () =>
      Xrm.Utility.showProgressIndicator(
        `Approving: ${done.length + failed.length} of ${items.length}`,
      );
    const work = async () => {
      while (goOn && waiting.length > 0) {
        const item = waiting.shift();
        try {
          await flow.invoke({ orderNumber: item.Name, action: "approve" });
          done.push(item);
        } catch (error) {
          failed.push({ item, error });
          goOn &&= OF_ONE_RECORD.includes(error.code);
        }
        showProgress();
      }
    };
    showProgress();
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return { done, failed, untried: waiting };
  }

  /** The count for the app's bar, and for what failed a dialog with a reason for each order. */
  function tell({ done, failed, untried }) {
    const counts = [
      `${orders(done.length)} approved`,
      failed.length > 0 && `${failed.length} failed`,
      untried.length > 0 && `${untried.length} not tried`,
    ].filter(Boolean);
    const message = `${counts.join(", ")}.`;
    Xrm.App.addGlobalNotification({
      type: 2,
      level: failed.length > 0 ? WARNING : SUCCESS,
      message,
      showCloseButton: true,
    });
    if (failed.length === 0) return;
    const reasons = failed.map(({ item, error }) =>
      [`Order ${item.Name}: ${Contoso.Flows.explain(error)}`, Contoso.Flows.details(error)].join(
        "\n",
      ),
    );
    Xrm.Navigation.openErrorDialog({
      message: `${message} ${Contoso.Flows.explain(failed[0].error)}`,
      details: reasons.join("\n\n"),
    });
  }

  const orders = (count) => `${count} ${count === 1 ? "order" : "orders"}`;

  return { approveSelected };
})();
