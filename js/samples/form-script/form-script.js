/**
 * ef_/form-script.js: what the Order form does when it opens, and a command on the form. The command over the selected rows of a
 * grid is in grid-script.js. Each calls a flow; which one is a parameter of the handler or command.
 */
window.Contoso = window.Contoso || {};

Contoso.OrderForm = (() => {
  const NOTIFICATION = "contoso-order";
  const UPDATE = 2;
  const SUCCESS = 1;
  const INFORMATION = 4;

  let opened = 0;
  let commands = 0;
  let working = false;
  let offer;

  /**
   * OnLoad, with the execution context and the flow's workflowid as a parameter. It returns at once: a form must not
   * wait for a flow.
   */
  function onLoad(executionContext, workflowId) {
    const formContext = executionContext.getFormContext();
    // Whatever the last record was told is not this one's.
    formContext.ui.clearFormNotification(NOTIFICATION);
    opened += 1;
    if (formContext.ui.getFormType() !== UPDATE) return;
    showStatus(formContext, workflowId, opened);
  }

  async function showStatus(formContext, workflowId, mine) {
    // The answer may come after the user went on to another record.
    const notify = (...args) => mine === opened && formContext.ui.setFormNotification(...args);
    try {
      // "none": nobody clicked on anything that asks for a sign-in window.
      const client = await Contoso.Flows.connect("none");
      const answer = await client.flow(workflowId).invoke(requestOf(formContext, "status"));
      notify(Contoso.Flows.messageOf(answer), "INFO", NOTIFICATION);
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
        Xrm.Navigation.openErrorDialog({
          message: Contoso.Flows.explain(error),
          details: Contoso.Flows.details(error),
        });
      }
    };
    offer = Xrm.App.addGlobalNotification({
      type: 2,
      level: INFORMATION,
      message: Contoso.texts().signInOffer,
      showCloseButton: true,
      action: { actionLabel: Contoso.texts().signIn, eventHandler },
    });
  }

  /** One offer at a time, whatever number of records was opened. */
  function withdrawOffer() {
    offer?.then((id) => Xrm.App.clearGlobalNotification(id));
    offer = undefined;
  }

  /** A command of the form, with PrimaryControl and the flow's workflowid. */
  async function approve(formContext, workflowId) {
    // The progress dialog is in the way of a second click, but not of the keyboard.
    if (working) return;
    commands += 1;
    const mine = commands;
    const texts = Contoso.texts();
    formContext.ui.clearFormNotification(NOTIFICATION);
    try {
      const request = requestOf(formContext, "approve");
      const { confirmed } = await Xrm.Navigation.openConfirmDialog({
        title: texts.approveOne,
        text: texts.approveOneText(request.orderNumber),
        confirmButtonLabel: texts.approve,
        cancelButtonLabel: texts.cancel,
      });
      if (!confirmed) return;
      // Before the progress dialog, which nobody can close: the sign-in window is the user's to take time over.
      const client = await Contoso.Flows.signIn();
      if (mine !== commands) return;
      const message = await withProgress(texts.approving(request.orderNumber), async () =>
        Contoso.Flows.messageOf(await client.flow(workflowId).invoke(request)),
      );
      formContext.getAttribute("ef_approval")?.setValue(message);
      Xrm.App.addGlobalNotification({ type: 2, level: SUCCESS, message, showCloseButton: true });
    } catch (error) {
      // A closed sign-in window is told late; by then a newer click may have taken over.
      if (mine !== commands) return;
      formContext.ui.setFormNotification(Contoso.Flows.explain(error), "ERROR", NOTIFICATION);
    }
  }

  /** Whatever becomes of the work, the progress dialog goes: nobody else could close it. */
  async function withProgress(text, work) {
    working = true;
    try {
      Xrm.Utility.showProgressIndicator(text);
      return await work();
    } finally {
      working = false;
      Xrm.Utility.closeProgressIndicator();
    }
  }

  function requestOf(formContext, action) {
    return { orderNumber: formContext.getAttribute("ef_ordernumber").getValue(), action };
  }

  return { onLoad, approve };
})();
