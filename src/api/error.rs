use wasm_bindgen::JsValue;

use crate::browser::js;
use crate::model::{FlowError, Foreign};

/// The error as plain data; js/src/error.ts makes a real `Error` of it.
pub(super) fn to_js(error: &FlowError) -> JsValue {
    let passed = |value: &Option<Foreign>| value.clone().unwrap_or_default();
    js::object(&[
        ("code", error.code.as_str().into()),
        ("stage", error.stage.as_str().into()),
        ("message", error.message.as_str().into()),
        ("hint", error.hint.into()),
        ("mayHaveRun", error.may_have_run.into()),
        ("retryable", error.code.retryable().into()),
        (
            "status",
            error.status.map_or(JsValue::UNDEFINED, JsValue::from),
        ),
        ("serviceCode", js::optional(error.service_code.as_deref())),
        (
            "serviceMessage",
            js::optional(error.service_message.as_deref()),
        ),
        (
            "correlationId",
            js::optional(error.correlation_id.as_deref()),
        ),
        ("runId", js::optional(error.run_id.as_deref())),
        ("headers", passed(&error.headers)),
        ("data", passed(&error.data)),
        ("issues", passed(&error.issues)),
        ("cause", passed(&error.cause)),
        ("failures", failures(error)),
    ])
}

/// Which flows failed, where many were asked for at once.
fn failures(error: &FlowError) -> JsValue {
    if error.failures.is_empty() {
        return JsValue::UNDEFINED;
    }
    let list = js_sys::Array::new();
    for (id, error) in &error.failures {
        list.push(&js::object(&[
            ("workflowId", id.as_str().into()),
            ("error", to_js(error)),
        ]));
    }
    list.into()
}
