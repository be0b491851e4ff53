//! Safe ways into objects that are not ours.
//!
//! An exception that crosses the module uncaught leaves it half way through whatever it was doing. Host
//! objects may be proxies, come from another frame or have throwing getters, so they are only ever touched
//! through the imports here, each of which catches. Nothing uses `instanceof`.
//!
//! A script may also have given members to every object of the page, through `Object.prototype`: by a careless merge
//! of data, or on purpose. Such a member is none of an object's own: it is not read, and what is made here takes
//! no part in it.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::pending::Pending;

/// One crossing each, where web-sys and js-sys would take five.
#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    /// The window.
    pub(crate) fn global() -> JsValue;

    /// A member, or nothing where it is missing, null, or throws.
    pub(crate) fn get(object: &JsValue, key: &str) -> Option<JsValue>;

    /// A member, or what its getter threw.
    #[wasm_bindgen(catch, js_name = tryGet)]
    pub(crate) fn try_get(object: &JsValue, key: &str) -> Result<Option<JsValue>, JsValue>;

    /// A member that is a string.
    #[wasm_bindgen(js_name = text)]
    pub(crate) fn string(object: &JsValue, key: &str) -> Option<String>;

    /// A member that can be called.
    pub(crate) fn method(object: &JsValue, key: &str) -> Option<Function>;

    #[wasm_bindgen(catch, js_name = call)]
    fn call_with(
        object: &JsValue,
        key: &str,
        count: u32,
        first: &JsValue,
        second: &JsValue,
        third: &JsValue,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = newItems)]
    fn new_items() -> JsValue;

    #[wasm_bindgen(js_name = addItem)]
    fn add_item(items: &JsValue, value: &JsValue);

    #[wasm_bindgen(js_name = list)]
    fn list_of(items: &JsValue) -> Array;

    #[wasm_bindgen(js_name = object)]
    fn object_of(keys: &str, items: &JsValue) -> JsValue;

    #[wasm_bindgen(js_name = bare)]
    fn bare_of(keys: &str, items: &JsValue) -> JsValue;

    /// What `Object.prototype.toString` calls a value: `[object Blob]`. The same for objects of other frames.
    pub(crate) fn tag(value: &JsValue) -> String;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    fn json_stringify(value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn json_parse(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn object_entries(value: &JsValue) -> Result<Array, JsValue>;
}

/// The status of a response.
// A status is a whole number below 600.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn status(response: &JsValue) -> Option<u16> {
    Some(get(response, "status")?.as_f64()? as u16)
}

/// Calls a member, with three arguments at most. A missing one fails like one that throws.
pub(crate) fn call(
    object: &JsValue,
    name: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    debug_assert!(arguments.len() <= 3, "shim.js passes three on");
    let none = JsValue::UNDEFINED;
    let argument = |index: usize| arguments.get(index).unwrap_or(&none);
    let count = u32::try_from(arguments.len()).unwrap_or_default();
    call_with(object, name, count, argument(0), argument(1), argument(2))
}

/// Tells a callback of the caller's. What it throws, or its promise rejects with, changes nothing.
pub(crate) fn tell(callback: &Function, argument: &JsValue) {
    if let Ok(returned) = callback.call1(&JsValue::UNDEFINED, argument)
        && method(&returned, "then").is_some()
    {
        // A function that is there and can't fail, for a rejection that nobody else hears of.
        let unheard = get(&global(), "Boolean").unwrap_or_default();
        let _ = call(&returned, "then", &[JsValue::UNDEFINED, unheard]);
    }
}

/// Waits for whatever the host returned: a promise of any library or frame, or a plain value.
pub(crate) async fn settled(returned: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    Pending::on(&returned?).await
}

/// Whether a text of JavaScript's is empty.
pub(crate) fn is_empty(text: &JsValue) -> bool {
    text.dyn_ref::<js_sys::JsString>()
        .is_none_or(|text| text.length() == 0)
}

/// JSON text of a value, still on JavaScript's side; nothing for what JSON has no word for.
pub(crate) fn to_json(value: &JsValue) -> Result<Option<JsValue>, JsValue> {
    json_stringify(value).map(|text| Some(text).filter(JsValue::is_string))
}

/// The value of a JSON text on JavaScript's side.
pub(crate) fn parse_json(text: &JsValue) -> Result<JsValue, JsValue> {
    json_parse(text)
}

/// The texts of an array that has nothing else.
pub(crate) fn texts(list: &JsValue) -> Option<Vec<String>> {
    // By its tag: Array.isArray throws for a proxy that was revoked.
    let entries = entries(list)
        .ok()
        .filter(|_| tag(list) == "[object Array]")?;
    // A hole is no entry.
    let length = get(list, "length")?.as_f64()?;
    let texts: Option<Vec<String>> = entries
        .into_iter()
        .map(|(_, item)| item.as_string())
        .collect();
    texts.filter(|texts| texts.len() as f64 == length)
}

/// The own enumerable members of an object, in order.
pub(crate) fn entries(object: &JsValue) -> Result<Vec<(String, JsValue)>, JsValue> {
    let pairs = object_entries(object)?;
    Ok(pairs
        .iter()
        .filter_map(|pair| {
            let pair: Array = pair.unchecked_into();
            Some((pair.get(0).as_string()?, pair.get(1)))
        })
        .collect())
}

/// A new object of these members, without those that are undefined.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let (keys, items) = apart(members);
    object_of(&keys, &items)
}

/// The same for what a platform reads: without ancestors, it has these members and no other.
pub(crate) fn bare(members: &[(&str, JsValue)]) -> JsValue {
    let (keys, items) = apart(members);
    bare_of(&keys, &items)
}

/// Keys and values as shim.js takes them: all keys are one text, which is one crossing.
fn apart(members: &[(&str, JsValue)]) -> (String, JsValue) {
    let mut keys = String::new();
    let items = new_items();
    for (key, value) in members.iter().filter(|(_, value)| !value.is_undefined()) {
        if !keys.is_empty() {
            keys.push(' ');
        }
        keys.push_str(key);
        add_item(&items, value);
    }
    (keys, items)
}

/// A new array.
pub(crate) fn list(values: impl Iterator<Item = JsValue>) -> Array {
    let items = new_items();
    values.for_each(|value| add_item(&items, &value));
    list_of(&items)
}

/// A string or undefined.
pub(crate) fn optional(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::UNDEFINED, JsValue::from_str)
}
