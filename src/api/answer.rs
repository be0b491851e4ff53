use wasm_bindgen::JsValue;

use crate::browser::js;
use crate::invocation::Answer;

/// A `FlowResponse`.
pub(super) fn to_js(answer: &Answer) -> JsValue {
    js::object(&[
        ("status", answer.status.into()),
        ("headers", js::native(&answer.headers)),
        ("data", js::native(&answer.data)),
        ("accepted", answer.accepted.into()),
        ("runId", js::optional(answer.run_id.as_deref())),
        ("trackingId", js::optional(answer.tracking_id.as_deref())),
        ("attempts", answer.attempts.into()),
        ("durationMs", answer.duration_ms.into()),
    ])
}
