use wasm_bindgen::prelude::*;

use super::js;
use crate::model::FlowError;

/// A body as `fetch` will send it, and the content type that it needs where `fetch` gives none.
///
/// # Errors
/// `invalid_argument`: JSON has no word for it, or it can be read only once.
pub(crate) fn encode(body: &JsValue) -> Result<Option<(JsValue, Option<&'static str>)>, FlowError> {
    if body.is_undefined() || body.is_null() {
        return Ok(None);
    }
    if body.is_string() || js_sys::ArrayBuffer::is_view(body) {
        return Ok(Some((body.clone(), None)));
    }
    match js::tag(body).as_str() {
        "[object FormData]"
        | "[object Blob]"
        | "[object File]"
        | "[object ArrayBuffer]"
        | "[object URLSearchParams]" => Ok(Some((body.clone(), None))),
        "[object ReadableStream]" => Err(FlowError::invalid(&[
            "body: a stream can be read only once, so it could not be sent again; read it into a Blob",
        ])),
        _ => match js::to_json(body) {
            Ok(Some(text)) => Ok(Some((text, Some("application/json")))),
            Ok(None) => Err(FlowError::invalid(&[
                "body: JSON has no word for a function or a symbol",
            ])),
            Err(thrown) => Err(FlowError::invalid(&["body: can't be written as JSON"])
                .cause(Some(js::foreign(thrown)))),
        },
    }
}
