use wasm_bindgen::JsValue;

use super::error;
use crate::browser::js;
use crate::invocation::Answer;
use crate::model::FlowError;
use crate::publishing::{Publication, Published};

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

/// The `PublishResult`s.
pub(super) fn published(
    list: &[Publication],
    outcomes: Vec<Result<Published, FlowError>>,
) -> JsValue {
    let results = js_sys::Array::new();
    for (one, outcome) in list.iter().zip(outcomes) {
        let (word, error) = match outcome {
            Ok(published) => (published.as_str(), JsValue::UNDEFINED),
            Err(failed) => ("failed", error::to_js(&failed)),
        };
        results.push(&js::object(&[
            ("workflowId", one.workflow_id.as_str().into()),
            ("environmentVariable", one.variable.as_str().into()),
            ("outcome", word.into()),
            ("error", error),
        ]));
    }
    results.into()
}
