use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::browser::js;
use crate::diagnosis::Diagnosis;
use crate::listing::HttpFlow;

/// A `Diagnosis`.
pub(super) fn diagnosis(report: &Diagnosis) -> JsValue {
    let checks = report.checks().into_iter().map(|check| {
        js::object(&[
            ("name", check.name.into()),
            ("outcome", check.outcome.as_str().into()),
            ("detail", check.detail.into()),
            ("hint", js::optional(check.hint)),
        ])
    });
    let checks: Array = checks.collect();
    js::object(&[("ok", report.ok().into()), ("checks", checks.into())])
}

/// An array of `HttpFlow`.
pub(super) fn http_flows(flows: Vec<HttpFlow>) -> JsValue {
    let all = flows.into_iter().map(|flow| {
        let trigger = flow.trigger;
        let users = trigger.allowed_users.into_iter().map(JsValue::from);
        js::object(&[
            ("workflowId", flow.workflow_id.into()),
            ("name", flow.name.into()),
            ("trigger", trigger.name.into()),
            ("method", trigger.method.into()),
            (
                "relativePath",
                js::optional(trigger.relative_path.as_deref()),
            ),
            ("auth", trigger.who.as_str().into()),
            ("allowedUsers", users.collect::<Array>().into()),
            ("on", flow.on.into()),
        ])
    });
    all.collect::<Array>().into()
}
