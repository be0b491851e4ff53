use wasm_bindgen::prelude::*;

use super::js;
use crate::model::FlowError;

#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = copyOf)]
    fn copy_of(bytes: &JsValue) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type FormData;
    #[wasm_bindgen(constructor, catch)]
    fn empty() -> Result<FormData, JsValue>;
}

fn unreadable(thrown: JsValue) -> FlowError {
    FlowError::invalid(&["body: could not be read"]).cause(Some(thrown))
}

/// A form of the same entries, in their order; files keep their names.
fn copy_of_form(form: &JsValue) -> Result<JsValue, JsValue> {
    let copy: JsValue = FormData::empty()?.into();
    let into = copy.clone();
    let append = Closure::<dyn FnMut(JsValue, JsValue)>::new(move |value, name| {
        let _ = js::call(&into, "append", &[name, value]);
    });
    js::call(form, "forEach", &[append.as_ref().clone()])?;
    Ok(copy)
}

/// A body as `fetch` will send it, and the content type that it needs where `fetch` may give none.
///
/// # Errors
/// `invalid_argument`: JSON has no word for it, or it can be read only once.
pub(crate) fn encode(body: &JsValue) -> Result<Option<(JsValue, Option<&'static str>)>, FlowError> {
    if body.is_undefined() || body.is_null() {
        return Ok(None);
    }
    if body.is_string() {
        // As `fetch` would say of a text, but not of the Blob that a large one goes as.
        return Ok(Some((body.clone(), Some("text/plain;charset=UTF-8"))));
    }
    // As `fetch` does, a copy now: what the caller changes later does not change the call or a second attempt.
    let tag = js::tag(body);
    if js_sys::ArrayBuffer::is_view(body)
        || tag == "[object ArrayBuffer]"
        || tag == "[object SharedArrayBuffer]"
    {
        return copy_of(body)
            .map(|copy| Some((copy, None)))
            .map_err(unreadable);
    }
    match tag.as_str() {
        "[object Blob]" | "[object File]" => Ok(Some((body.clone(), None))),
        "[object URLSearchParams]" => match js::call(body, "toString", &[]) {
            Ok(text) => Ok(Some((
                text,
                Some("application/x-www-form-urlencoded;charset=UTF-8"),
            ))),
            Err(thrown) => Err(unreadable(thrown)),
        },
        "[object FormData]" => copy_of_form(body)
            .map(|copy| Some((copy, None)))
            .map_err(unreadable),
        "[object ReadableStream]" => Err(FlowError::invalid(&[
            "body: a stream can be read only once, so it could not be sent again; read it into a Blob",
        ])),
        "[object Map]" | "[object Set]" | "[object Headers]" | "[object Promise]"
        | "[object Request]" | "[object Response]" => Err(FlowError::invalid(&[
            "body: ",
            &tag,
            " has no members that JSON could write; make an object of it",
        ])),
        _ => match js::to_json(body) {
            Ok(Some(text)) => Ok(Some((text, Some("application/json")))),
            Ok(None) => Err(FlowError::invalid(&[
                "body: JSON has no word for a function or a symbol",
            ])),
            Err(thrown) => {
                Err(FlowError::invalid(&["body: can't be written as JSON"]).cause(Some(thrown)))
            }
        },
    }
}
