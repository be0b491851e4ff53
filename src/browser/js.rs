//! Safe ways into objects that are not ours.
//!
//! An exception that crosses the module uncaught leaves it half way through whatever it was doing. Host
//! objects may be proxies, come from another frame or have throwing getters, so they are only ever touched
//! through the imports here, each of which catches. Nothing uses `instanceof`.
//!
//! A script may also have given members to every object of the page, through `Object.prototype`: by a careless merge
//! of data, or on purpose. Such a member is none of an object's own: it is not read, and what is made here takes
//! no part in it.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "toString"], js_name = call)]
    fn to_string_tag(value: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    fn json_stringify(value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn json_parse(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn object_entries(value: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_namespace = Object, js_name = create)]
    fn with_ancestor(ancestor: &JsValue) -> JsValue;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = setPrototypeOf)]
    fn set_ancestor(object: &JsValue, ancestor: &JsValue) -> Result<JsValue, JsValue>;

    // Not `Object.prototype.hasOwnProperty`, which is what a merge of data may have replaced.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = getOwnPropertyDescriptor)]
    fn own_member(object: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_namespace = Object, js_name = prototype)]
    static EVERYBODYS: JsValue;
}

/// Longer than any host's chain of classes; a proxy's may have no end.
const MAX_ANCESTORS: u32 = 32;

/// A member, or nothing where it is missing, null, or throws.
pub(crate) fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    try_get(object, key).ok().flatten()
}

/// A member, or what its getter threw.
pub(crate) fn try_get(object: &JsValue, key: &str) -> Result<Option<JsValue>, JsValue> {
    if !object.is_object() && !object.is_function() {
        return Ok(None);
    }
    let key = JsValue::from_str(key);
    if EVERYBODYS.with(|root| is_from(root, object, &key)) {
        return Ok(None);
    }
    let value = Reflect::get(object, &key)?;
    Ok(Some(value).filter(|value| !value.is_null() && !value.is_undefined()))
}

/// Whether an object has a member from `root`, the ancestor of all, alone.
fn is_from(root: &JsValue, object: &JsValue, key: &JsValue) -> bool {
    if !Reflect::has(root, key).unwrap_or_default() {
        return false;
    }
    let mut holder = object.clone();
    for _ in 0..MAX_ANCESTORS {
        if holder == *root {
            return true;
        }
        if !own_member(&holder, key).is_ok_and(|member| member.is_undefined()) {
            return false;
        }
        match Reflect::get_prototype_of(&holder) {
            Ok(next) if !next.is_null() => holder = next.into(),
            _ => return false,
        }
    }
    false
}

/// A member that is a string.
pub(crate) fn string(object: &JsValue, key: &str) -> Option<String> {
    get(object, key)?.as_string()
}

/// The status of a response.
// A status is a whole number below 600.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn status(response: &JsValue) -> Option<u16> {
    Some(get(response, "status")?.as_f64()? as u16)
}

/// A member that can be called.
pub(crate) fn method(object: &JsValue, name: &str) -> Option<Function> {
    get(object, name)
        .filter(JsValue::is_function)
        .map(JsCast::unchecked_into)
}

/// Calls a member. A missing one fails like one that throws.
pub(crate) fn call(
    object: &JsValue,
    name: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let function = method(object, name)
        .ok_or_else(|| js_sys::TypeError::new(&[name, " is not a function"].concat()))?;
    let list = array_like(arguments.iter().cloned());
    Reflect::apply(&function, object, list.unchecked_ref())
}

/// Tells a callback of the caller's. What it throws, or its promise rejects with, changes nothing.
pub(crate) fn tell(callback: &Function, argument: &JsValue) {
    if let Ok(returned) = callback.call1(&JsValue::UNDEFINED, argument) {
        // A function that is there and can't fail, for a rejection that nobody else hears of.
        let unheard = get(&js_sys::global(), "Boolean").unwrap_or_default();
        let _ = call(&returned, "then", &[JsValue::UNDEFINED, unheard]);
    }
}

/// Waits for whatever the host returned: a promise of any library or frame, or a plain value.
pub(crate) async fn settled(returned: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let value = returned?;
    // Not `Promise.resolve`, which hands a promise of this frame back as it is, patched `then` and all.
    let promise = Promise::new(&mut |resolve, _| {
        let _ = resolve.call1(&JsValue::UNDEFINED, &value);
    });
    JsFuture::from(promise).await
}

/// Whether a text of JavaScript's is empty.
pub(crate) fn is_empty(text: &JsValue) -> bool {
    text.dyn_ref::<js_sys::JsString>()
        .is_none_or(|text| text.length() == 0)
}

/// What `Object.prototype.toString` calls a value: `[object Blob]`. The same for objects of other frames.
pub(crate) fn tag(value: &JsValue) -> String {
    to_string_tag(value).unwrap_or_default()
}

/// JSON text of a value, still on JavaScript's side; nothing for what JSON has no word for.
pub(crate) fn to_json(value: &JsValue) -> Result<Option<JsValue>, JsValue> {
    json_stringify(value).map(|text| Some(text).filter(JsValue::is_string))
}

/// The value of a JSON text on JavaScript's side.
pub(crate) fn parse_json(text: &JsValue) -> Result<JsValue, JsValue> {
    json_parse(text)
}

/// The texts of a list; nothing for whatever else a value is.
pub(crate) fn texts(list: &JsValue) -> Option<Vec<String>> {
    // By its tag: Array.isArray throws for a proxy that was revoked.
    let items = entries(list)
        .ok()
        .filter(|_| tag(list) == "[object Array]")?;
    let length = get(list, "length")?.as_f64()?;
    let texts: Vec<String> = items
        .into_iter()
        .filter_map(|(_, item)| item.as_string())
        .collect();
    // With a hole or anything else in it, it is not the list that the caller means.
    (f64::from(u32::try_from(texts.len()).ok()?) == length).then_some(texts)
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
    let object = bare(members);
    let _ = EVERYBODYS.with(|root| set_ancestor(&object, root));
    object
}

/// The same for what a platform reads: without ancestors, it has these members and no other.
pub(crate) fn bare(members: &[(&str, JsValue)]) -> JsValue {
    let object = with_ancestor(&JsValue::NULL);
    for (key, value) in members.iter().filter(|(_, value)| !value.is_undefined()) {
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object
}

/// A new array.
pub(crate) fn list(values: impl Iterator<Item = JsValue>) -> Array {
    Array::from(&array_like(values))
}

/// Without `push`: that would hand each value to a setter which a script gave to every array.
fn array_like(values: impl Iterator<Item = JsValue>) -> JsValue {
    let list = bare(&[]);
    let mut length = 0_u32;
    for value in values {
        let _ = Reflect::set_u32(&list, length, &value);
        length = length.saturating_add(1);
    }
    let _ = Reflect::set(&list, &"length".into(), &length.into());
    list
}

/// A string or undefined.
pub(crate) fn optional(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::UNDEFINED, JsValue::from_str)
}
