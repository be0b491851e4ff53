//! Reads what a caller passed, and names the field that can't be used.

use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::browser::{abort_of, encode, js};
use crate::discovery::FlowRef;
use crate::host::HostFacts;
use crate::invocation::{AcceptStatus, Call, Target};
use crate::model::{Cloud, FlowError, Guid};
use crate::policy::request::Method;
use crate::port::{Organization, ReadAs};
use crate::settings::{Interaction, Settings};

/// The longest time that can be asked for: what a browser's timer takes.
const MAX_TIMEOUT_MS: f64 = 2_147_483_647.0;

/// A member of an options object, by a name that an error can use.
fn field(options: &JsValue, name: &str) -> Result<Option<JsValue>, FlowError> {
    js::try_get(options, name).map_err(|thrown| {
        FlowError::invalid(name.to_owned() + ": could not be read").cause(Some(js::foreign(thrown)))
    })
}

fn must_be<T>(name: &str, what: &str) -> Result<T, FlowError> {
    Err(FlowError::invalid(name.to_owned() + ": must be " + what))
}

/// A member that `read` makes something of.
fn read<T>(
    options: &JsValue,
    name: &str,
    what: &str,
    read: impl Fn(&JsValue) -> Option<T>,
) -> Result<Option<T>, FlowError> {
    match field(options, name)? {
        None => Ok(None),
        Some(value) => read(&value).map_or_else(|| must_be(name, what), |value| Ok(Some(value))),
    }
}

fn text(options: &JsValue, name: &str, what: &str) -> Result<Option<String>, FlowError> {
    read(options, name, what, JsValue::as_string)
}

fn flag(options: &JsValue, name: &str) -> Result<bool, FlowError> {
    Ok(read(options, name, "true or false", JsValue::as_bool)?.unwrap_or(false))
}

fn one_of<T>(
    options: &JsValue,
    name: &str,
    words: &str,
    known: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, FlowError> {
    read(options, name, &("one of ".to_owned() + words), |value| {
        known(&value.as_string()?)
    })
}

fn timeout_ms(options: &JsValue) -> Result<Option<f64>, FlowError> {
    read(
        options,
        "timeoutMs",
        "a number of milliseconds, 2147483647 at most",
        |value| {
            value
                .as_f64()
                .filter(|ms| *ms > 0.0 && *ms <= MAX_TIMEOUT_MS)
        },
    )
}

/// The token source that the caller passed.
pub(super) fn auth(options: &JsValue) -> Result<JsValue, FlowError> {
    const WHAT: &str = "an MSAL instance, or an object with getToken";
    match read(options, "auth", WHAT, |auth| {
        is_auth(auth).then(|| auth.clone())
    })? {
        Some(auth) => Ok(auth),
        None => must_be("auth", WHAT),
    }
}

fn is_auth(auth: &JsValue) -> bool {
    js::method(auth, "getToken").is_some()
        || [
            "acquireTokenSilent",
            "acquireTokenPopup",
            "ssoSilent",
            "getAllAccounts",
        ]
        .into_iter()
        .all(|name| js::method(auth, name).is_some())
}

/// The web API that the caller passed.
pub(super) fn web_api(options: &JsValue) -> Result<Option<JsValue>, FlowError> {
    read(
        options,
        "webApi",
        "Xrm.WebApi or a PCF context's webAPI",
        |web_api| js::method(web_api, "retrieveRecord").map(|_| web_api.clone()),
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints {
    audience: String,
    flow_api: String,
    trigger_hosts: Vec<String>,
}

fn cloud(options: &JsValue) -> Result<Option<Cloud>, FlowError> {
    const WHAT: &str =
        "one of public, gcc, gccHigh, dod, china, or { audience, flowApi, triggerHosts }";
    read(options, "cloud", WHAT, |value| match value.as_string() {
        Some(name) => Cloud::named(&name),
        None => js::typed::<Endpoints>(value)
            .filter(|own| own.flow_api.starts_with("https://") && !own.audience.is_empty())
            .map(|own| Cloud::custom(own.audience, &own.flow_api, own.trigger_hosts)),
    })
}

/// The settings of a client: the caller's word first, the host's where the caller said nothing.
pub(super) async fn settings(
    options: &JsValue,
    mut facts: HostFacts,
    ask_org: impl AsyncFnOnce(&str) -> Option<Organization>,
) -> Result<Settings, FlowError> {
    let given_cloud = cloud(options)?;
    let interaction = one_of(
        options,
        "interaction",
        "auto, popup, none",
        |word| match word {
            "auto" => Some(Interaction::Auto),
            "popup" => Some(Interaction::Popup),
            "none" => Some(Interaction::None),
            _ => None,
        },
    )?;
    let sas_allowed = one_of(options, "sas", "refuse, allow", |word| match word {
        "refuse" => Some(false),
        "allow" => Some(true),
        _ => None,
    })?;
    let timeout_ms = timeout_ms(options)?;
    let max_attempts = read(
        options,
        "maxAttempts",
        "a whole number from 1 to 100",
        whole_number,
    )?;
    let account = read(
        options,
        "account",
        "an account of MSAL's, with its homeAccountId",
        |account| js::string(account, "homeAccountId").map(|_| js::foreign(account.clone())),
    )?;
    let tenant_id = read(options, "tenantId", "a GUID", guid)?.map(|id| id.as_str().to_owned());
    let login_hint = text(options, "loginHint", "a sign-in name")?;
    let environment_id = text(options, "environmentId", "a GUID or Default-<GUID>")?;
    let environment = facts
        .environment(environment_id.as_deref(), ask_org)
        .await?;
    let cloud = match given_cloud {
        Some(cloud) => cloud,
        None => facts.cloud()?,
    };
    Ok(Settings {
        cloud,
        environment,
        login_hint: login_hint.or_else(|| facts.login_hint()),
        tenant_id: tenant_id.or(facts.tenant_id),
        account,
        interaction: interaction.unwrap_or_default(),
        timeout_ms: timeout_ms.unwrap_or(Settings::TIMEOUT_MS),
        max_attempts: max_attempts.unwrap_or(Settings::MAX_ATTEMPTS),
        sas_allowed: sas_allowed.unwrap_or(false),
    })
}

fn guid(value: &JsValue) -> Option<Guid> {
    Guid::parse(&value.as_string()?)
}

// The range is checked before the cast.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole_number(value: &JsValue) -> Option<u32> {
    let number = value
        .as_f64()
        .filter(|number| (1.0..=100.0).contains(number) && number.fract() == 0.0)?;
    Some(number as u32)
}

/// What a flow is called by.
pub(super) fn target(target: &JsValue) -> Result<Target, FlowError> {
    let by_id = if target.is_string() {
        js::object(&[("workflowId", target.clone())])
    } else {
        target.clone()
    };
    if let Some(workflow_id) = read(&by_id, "workflowId", "a GUID", guid)? {
        let trigger = read(&by_id, "trigger", "the trigger's name", |name| {
            name.as_string()
                .filter(|name| !matches!(name.as_str(), "" | "." | ".."))
        })?;
        let trigger = trigger.unwrap_or_else(|| "manual".to_owned());
        return Ok(Target::Flow(FlowRef {
            workflow_id,
            trigger,
        }));
    }
    match text(target, "url", "a trigger URL")? {
        Some(url) => Ok(Target::Url(url)),
        None => must_be("flow", "a workflowid, { workflowId } or { url }"),
    }
}

/// Whether `callbackUrl` is to ask again.
pub(super) fn refresh(options: &JsValue) -> Result<bool, FlowError> {
    flag(options, "refresh")
}

/// A call with its body and options.
pub(super) fn call(
    body: &JsValue,
    options: &JsValue,
    default_timeout_ms: f64,
) -> Result<Call, FlowError> {
    if !options.is_undefined() && !options.is_null() && !options.is_object() {
        return must_be("options", "an object");
    }
    let method = one_of(
        options,
        "method",
        "GET, POST, PUT, PATCH, DELETE, HEAD",
        Method::parse,
    )?;
    let read_as = one_of(
        options,
        "responseType",
        "auto, json, text, blob, arrayBuffer, stream",
        |word| match word {
            "auto" => Some(None),
            "json" => Some(Some(ReadAs::Json)),
            "text" => Some(Some(ReadAs::Text)),
            "blob" => Some(Some(ReadAs::Blob)),
            "arrayBuffer" => Some(Some(ReadAs::ArrayBuffer)),
            "stream" => Some(Some(ReadAs::Stream)),
            _ => None,
        },
    )?;
    let mut headers = pairs(options, "headers", false)?;
    let body = encode(body)?.map(|(body, content_type)| {
        let given = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let Some(content_type) = content_type.filter(|_| !given) {
            headers.push(("content-type".to_owned(), content_type.to_owned()));
        }
        js::foreign(body)
    });
    let abort = read(options, "signal", "an AbortSignal", |signal| {
        abort_of(signal.clone())
    })?;
    Ok(Call {
        method: method.unwrap_or(Method::Post),
        path: read(options, "path", "a list of strings", js::typed)?.unwrap_or_default(),
        query: pairs(options, "query", true)?,
        headers,
        body,
        read_as: read_as.flatten(),
        timeout_ms: timeout_ms(options)?.unwrap_or(default_timeout_ms),
        abort,
        idempotent: flag(options, "idempotent")?,
        accept: accept_status(options)?,
    })
}

fn accept_status(options: &JsValue) -> Result<Option<AcceptStatus>, FlowError> {
    read(options, "acceptStatus", "a function", |value| {
        let function: js_sys::Function = value
            .is_function()
            .then(|| value.clone().unchecked_into())?;
        let accept: AcceptStatus = Box::new(move |status| {
            let answer = function.call1(&JsValue::UNDEFINED, &status.into());
            answer
                .map(|accepted| accepted.as_bool() == Some(true))
                .map_err(js::foreign)
        });
        Some(accept)
    })
}

/// Names and values, in the caller's order; those that are undefined are left out.
fn pairs(options: &JsValue, name: &str, scalars: bool) -> Result<Vec<(String, String)>, FlowError> {
    let what = if scalars {
        "a string, a finite number or a boolean"
    } else {
        "a string"
    };
    let Some(object) = field(options, name)? else {
        return Ok(Vec::new());
    };
    let Ok(entries) = js::entries(&object) else {
        return must_be(name, "an object");
    };
    let mut pairs = Vec::new();
    for (key, value) in entries {
        if value.is_undefined() {
            continue;
        }
        let text = value
            .as_string()
            .or_else(|| if scalars { scalar(&value) } else { None });
        match text {
            Some(text) => pairs.push((key, text)),
            None => return must_be(&(name.to_owned() + "." + &key), what),
        }
    }
    Ok(pairs)
}

/// JavaScript's own text of a number or boolean: Rust's would bring its number formatting into the module.
fn scalar(value: &JsValue) -> Option<String> {
    if let Some(flag) = value.as_bool() {
        return Some(if flag { "true" } else { "false" }.to_owned());
    }
    value.as_f64().filter(|number| number.is_finite())?;
    js::to_json(value).ok()??.as_string()
}

/// A client's core over the browser's ports.
pub(super) type Core = Rc<crate::client::Client<crate::browser::Browser>>;
