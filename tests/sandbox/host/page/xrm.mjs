import { app, closeProgress, openAlert, openConfirm, openError, showProgress } from "./dialogs.mjs";

/** `window.Xrm`, as far as form scripts, web resources and the library use it. A view has no record. */
export function createXrm({ config, webApi, getValue, setValue, notify }) {
  const globalContext = {
    getClientUrl: () => config.clientUrl,
    getVersion: () => "9.2.24111.00190",
    userSettings: {
      userId: `{${config.user.systemUserId.toUpperCase()}}`,
      userName: config.user.name,
      languageId: config.languageId,
      isRTL: false,
    },
    organizationSettings: {
      organizationId: config.organizationId,
      uniqueName: config.organizationName,
      // Real, but in no published type: `?undocumented=off` is an org that has not got them.
      ...(config.undocumented
        ? { bapEnvironmentId: config.environmentId, organizationTenant: config.tenantId }
        : {}),
    },
  };

  const attribute = (name) => ({
    getName: () => name,
    getValue: () => getValue(name) ?? null,
    setValue: (value) => setValue(name, value),
    getIsDirty: () => false,
  });
  const { record } = config;
  const ui = {
    getFormType: () => 2,
    setFormNotification: (message, level, id) => notify(id, { message, level }),
    clearFormNotification: (id) => notify(id, null),
  };
  const formContext = {
    getAttribute: attribute,
    ui,
    data: {
      entity: {
        getId: () => `{${record.id.toUpperCase()}}`,
        getEntityName: () => record.table,
        getPrimaryAttributeValue: () => record.title,
      },
    },
  };

  return {
    WebApi: { ...webApi, online: webApi },
    Utility: {
      getGlobalContext: () => globalContext,
      showProgressIndicator: showProgress,
      closeProgressIndicator: closeProgress,
    },
    Navigation: {
      openAlertDialog: openAlert,
      openConfirmDialog: openConfirm,
      openErrorDialog: openError,
    },
    App: app,
    Page: formContext,
  };
}
