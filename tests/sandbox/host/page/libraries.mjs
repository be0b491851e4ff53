/** Web resources as the platform loads them: once per window, side by side, so in no certain order. */
const loading = new Map();

export function loadLibrary(name) {
  if (!loading.has(name)) {
    const script = Object.assign(document.createElement("script"), {
      src: `/WebResources/${name}`,
      async: true,
    });
    const loaded = new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new Error(`could not load ${name}`));
    });
    loading.set(name, loaded);
    document.head.append(script);
  }
  return loading.get(name);
}

export const loadLibraries = (names) => Promise.all(names.map(loadLibrary));

/** `Contoso.OrderForm.onLoad` → the function. */
export function functionOf(name) {
  const found = name.split(".").reduce((value, key) => value?.[key], window);
  if (typeof found !== "function") throw new Error(`${name} is not a function`);
  return found;
}
