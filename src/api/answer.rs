use wasm_bindgen::JsValue;

use crate::browser::{abortable, js};
use crate::invocation::Answer;

/// A `FlowResponse`; `signal` is the caller's, where the data is a stream.
pub(super) fn to_js(answer: &Answer, signal: Option<JsValue>) -> JsValue {
    let data = js::native(&answer.data);
    let data = match signal {
        Some(signal) if data.is_object() => abortable(data, signal),
        _ => data,
    };
    js::object(&[
        ("status", answer.status.into()),
        ("headers", js::native(&answer.headers)),
        ("data", data),
        ("accepted", answer.accepted.into()),
        ("runId", js::optional(answer.run_id.as_deref())),
        ("trackingId", js::optional(answer.tracking_id.as_deref())),
        ("attempts", answer.attempts.into()),
        ("durationMs", answer.duration_ms.into()),
    ])
}
