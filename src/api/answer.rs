use wasm_bindgen::prelude::*;

use super::error;
use crate::browser::{abortable, js};
use crate::call::Answer;
use crate::model::FlowError;
use crate::publishing::{Publication, Published};

#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(js_name = flowResponse)]
    #[allow(clippy::too_many_arguments)]
    fn flow_response(
        status: u16,
        headers: &JsValue,
        data: &JsValue,
        accepted: bool,
        run_id: Option<&str>,
        tracking_id: Option<&str>,
        attempts: u32,
        duration_ms: f64,
    ) -> JsValue;
}

/// A `FlowResponse`; `signal` is the caller's, where the data is a stream.
pub(super) fn to_js(answer: &Answer, signal: Option<JsValue>) -> JsValue {
    let data = answer.data.clone();
    let data = match signal {
        Some(signal) if data.is_object() => abortable(data, signal),
        _ => data,
    };
    flow_response(
        answer.status,
        &answer.headers,
        &data,
        answer.accepted,
        answer.run_id.as_deref(),
        answer.tracking_id.as_deref(),
        answer.attempts,
        answer.duration_ms,
    )
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
