use wasm_bindgen::JsValue;

use super::error;
use crate::browser::{abortable, js};
use crate::call::Answer;
use crate::model::FlowError;
use crate::publishing::{Publication, Published};

/// A `FlowResponse`; `signal` is the caller's, where the data is a stream.
pub(super) fn to_js(answer: &Answer, signal: Option<JsValue>) -> JsValue {
    let data = answer.data.clone();
    let data = match signal {
        Some(signal) if data.is_object() => abortable(data, signal),
        _ => data,
    };
    js::object(&[
        ("status", answer.status.into()),
        ("headers", answer.headers.clone()),
        ("data", data),
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
    let results = list.iter().zip(outcomes).map(|(one, outcome)| {
        let (word, error) = match outcome {
            Ok(published) => (published.as_str(), JsValue::UNDEFINED),
            Err(failed) => ("failed", error::to_js(&failed)),
        };
        js::object(&[
            ("workflowId", one.flow.workflow_id.as_str().into()),
            ("trigger", one.flow.trigger.as_str().into()),
            ("environmentVariable", one.variable.as_str().into()),
            ("outcome", word.into()),
            ("error", error),
        ])
    });
    js::list(results).into()
}
