/**
 * What the platform does for a standard PCF control in a form's cell: loads its bundle once per
 * window, makes its `context`, calls its life cycle, and carries its outputs to the column.
 */
import { readManifest, readStrings } from "./manifest.mjs";
import { dark, light } from "./theme.mjs";

const registered = new Map();
const loading = new Map();

window.ComponentFramework = {
  registerControl: (name, Control) => registered.set(name, Control),
};

/** Each control type is fetched and run once, however many forms and fields show it. */
function loadControl(base) {
  if (!loading.has(base)) loading.set(base, load(base));
  return loading.get(base);
}

async function load(base) {
  const manifest = await readManifest(base);
  const styles = manifest.css.map((href) => append("link", { rel: "stylesheet", href }));
  await Promise.all([append("script", { src: manifest.code }), ...styles]);
  const Control = registered.get(manifest.name);
  if (!Control) throw new Error(`${manifest.code} did not register ${manifest.name}`);
  return { manifest, Control };
}

function append(tag, attributes) {
  const element = Object.assign(document.createElement(tag), attributes);
  document.head.append(element);
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = () =>
      reject(new Error(`could not load ${attributes.src ?? attributes.href}`));
  });
}

/**
 * @param {object} field   what the form says of the cell: base, column, label, maxLength, parameters
 * @param {HTMLElement} container
 * @param {object} form    the form: config, webApi, values, theme, disabled, setValue
 */
export async function mountControl(field, container, form) {
  const { manifest, Control } = await loadControl(field.base);
  const strings = await readStrings(manifest.resx, form.config.languageId);
  const control = new Control();
  const mounted = { field, container, control, context: undefined, alive: true, updates: 0 };

  const context = () => makeContext({ field, manifest, strings, form, container });
  mounted.update = () => {
    if (!mounted.alive) return;
    mounted.context = context();
    mounted.updates += 1;
    control.updateView(mounted.context);
  };
  mounted.destroy = () => {
    if (!mounted.alive) return;
    mounted.alive = false;
    control.destroy();
    container.replaceChildren();
  };
  const notifyOutputChanged = () => {
    // A destroyed control has no form to tell.
    if (!mounted.alive) {
      form.errors.push(`${field.column}: notifyOutputChanged after destroy`);
      return;
    }
    const outputs = control.getOutputs?.() ?? {};
    const bound = manifest.properties.find(({ usage }) => usage === "bound");
    if (bound && bound.name in outputs) form.setValue(field.column, outputs[bound.name]);
  };

  mounted.context = context();
  control.init(mounted.context, notifyOutputChanged, {}, container);
  mounted.update();
  return mounted;
}

function makeContext({ field, manifest, strings, form, container }) {
  const { config, webApi } = form;
  const theme = form.theme === "dark" ? dark : light;
  const parameters = Object.fromEntries(
    manifest.properties.map((property) => [property.name, parameter(property, field, form)]),
  );
  return {
    parameters,
    mode: {
      isControlDisabled: form.disabled,
      isVisible: true,
      label: field.label,
      allocatedWidth: container.clientWidth || -1,
      allocatedHeight: -1,
      trackContainerResize: () => {},
      setControlState: () => true,
      setFullScreen: () => {},
      // Not in the types, there at run time.
      contextInfo: {
        entityTypeName: config.record.table,
        entityId: config.record.id,
        entityRecordName: config.record.title,
      },
    },
    page: {
      appId: "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9",
      entityTypeName: config.record.table,
      entityId: config.record.id,
      isPageReadOnly: form.disabled,
      getClientUrl: () => config.clientUrl,
    },
    orgSettings: { organizationId: config.organizationId, uniqueName: config.organizationName },
    webAPI: webApi,
    resources: {
      getString: (key) => strings.get(key) ?? key,
      getResource: (_id, _success, failure) => failure(),
    },
    userSettings: {
      userId: `{${config.user.systemUserId.toUpperCase()}}`,
      userName: config.user.name,
      languageId: config.languageId,
      isRTL: config.rightToLeft,
      securityRoles: [],
      getTimeZoneOffsetMinutes: () => 0,
    },
    client: {
      getClient: () => "Web",
      getFormFactor: () => (window.innerWidth < 600 ? 3 : 1),
      isOffline: () => false,
      isNetworkAvailable: () => navigator.onLine,
      disableScroll: false,
    },
    formatting: { formatDecimal: (value, precision = 2) => value.toFixed(precision) },
    navigation: {
      openAlertDialog: async ({ text }) => window.alert(text),
      openConfirmDialog: async ({ text }) => ({ confirmed: window.confirm(text) }),
    },
    utils: { hasEntityPrivilege: () => true },
    factory: { requestRender: () => {}, getPopupService: () => ({}) },
    device: {},
    updatedProperties: [],
    // An org on the classic look has no design language: `?design=off`.
    ...(config.design
      ? {
          fluentDesignLanguage: {
            tokenTheme: theme,
            isDarkTheme: form.theme === "dark",
            brand: {},
          },
        }
      : {}),
  };
}

function parameter({ name, type, usage }, field, form) {
  if (usage !== "bound") {
    const setting = field.parameters[name] ?? null;
    const raw = setting?.column ? (form.values[setting.column] ?? null) : setting;
    // Of a property with a group of types, the bound column's own.
    const own = setting?.type ?? type;
    return {
      type: own,
      raw: typed(raw, own),
      formatted: raw ?? "",
      error: false,
      errorMessage: "",
    };
  }
  const raw = form.values[field.column] ?? null;
  return {
    type,
    raw,
    formatted: raw ?? "",
    error: false,
    errorMessage: "",
    security: { editable: true, readable: true, secured: false, ...field.security },
    attributes: {
      LogicalName: field.column,
      DisplayName: field.label,
      Type: "string",
      Format: "text",
      MaxLength: field.maxLength,
      RequiredLevel: 0,
      ImeMode: 0,
      Description: "",
    },
  };
}

/** The platform has a day as midnight of the user's time zone. */
function typed(raw, type) {
  if (raw === null || type !== "DateAndTime.DateOnly") return raw;
  const [year, month, day] = raw.split("-").map(Number);
  return new Date(year, month - 1, day);
}
