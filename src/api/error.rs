use wasm_bindgen::{JsCast, JsValue};

use crate::browser::js;
use crate::model::{FlowError, Foreign};
use crate::policy::redact::redact;

/// Longer chains of causes and longer texts are not looked through: they are not passed on.
const MAX_CAUSES: u32 = 8;
const MAX_TEXT: u32 = 100_000;
/// How deep to look where JSON can't: into what names itself, or an error inside.
const DEPTH: u32 = 3;

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
        ("cause", harmless(passed(&error.cause))),
        ("failures", failures(error)),
    ])
}

/// What the host threw, for a developer's console; where a token or a signature can be read in it, an error that has
/// its message without them. Loggers print causes, and what a host's HTTP library throws may have its request in it.
fn harmless(thrown: JsValue) -> JsValue {
    let mut link = thrown.clone();
    for _ in 0..MAX_CAUSES {
        if !is_harmless(&link, DEPTH) {
            break;
        }
        match js::get(&link, "cause") {
            Some(next) => link = next,
            None => return thrown,
        }
    }
    let message = js::string(&thrown, "message").or_else(|| thrown.as_string());
    let message = message.unwrap_or_default();
    js_sys::Error::new(&redact(&message)).into()
}

fn is_harmless(value: &JsValue, depth: u32) -> bool {
    let json = js::to_json(value);
    // Not by JSON where it gave none: that could be for one member of many.
    let is_unread = json.is_err();
    let texts = [
        Some(value.clone()),
        json.ok().flatten(),
        js::get(value, "message"),
        js::get(value, "stack"),
    ];
    let is_clean = texts.into_iter().flatten().all(|text| {
        let Ok(text) = text.dyn_into::<js_sys::JsString>() else {
            return true;
        };
        text.length() <= MAX_TEXT && {
            let text = String::from(text);
            redact(&text) == text
        }
    });
    if !is_clean || !value.is_object() {
        return is_clean;
    }
    let holds = |member: &JsValue| {
        let is_worth_a_look = member != value && (member.is_object() || is_unread);
        !is_worth_a_look
            || match depth.checked_sub(1) {
                Some(depth) => is_harmless(member, depth),
                None => !is_unread,
            }
    };
    // What an AggregateError holds is listed by nothing, but consoles show it.
    let errors = js::get(value, "errors").map(|errors| (String::new(), errors));
    let mut members = js::entries(value).unwrap_or_default();
    members.extend(errors);
    members.iter().all(|(_, member)| holds(member))
}

/// Which flows failed, where many were asked for at once.
fn failures(error: &FlowError) -> JsValue {
    if error.failures.is_empty() {
        return JsValue::UNDEFINED;
    }
    let list = error.failures.iter().map(|(id, error)| {
        js::object(&[("workflowId", id.as_str().into()), ("error", to_js(error))])
    });
    js::list(list).into()
}
