/** `window.Xrm`, as far as form scripts, web resources and the library use it. */
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
  const ui = {
    setFormNotification: (message, level, id) => notify(id, { message, level }),
    clearFormNotification: (id) => notify(id, null),
  };
  const formContext = {
    getAttribute: attribute,
    ui,
    data: {
      entity: {
        getId: () => `{${config.record.id.toUpperCase()}}`,
        getEntityName: () => config.record.table,
        getPrimaryAttributeValue: () => config.record.title,
      },
    },
  };

  return {
    WebApi: { ...webApi, online: webApi },
    Utility: {
      getGlobalContext: () => globalContext,
      showProgressIndicator: (message) => notify("progress", { message, level: "INFO" }),
      closeProgressIndicator: () => notify("progress", null),
    },
    Navigation: {
      openAlertDialog: async ({ text }) => window.alert(text),
      openConfirmDialog: async ({ text }) => ({ confirmed: window.confirm(text) }),
    },
    Page: formContext,
  };
}
