//! Reads what a caller passed, and names the field that can't be used.

use std::rc::Rc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
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

/// A member of plain data.
fn plain<T: DeserializeOwned>(options: &JsValue, name: &str, what: &str) -> Result<Option<T>, FlowError> {
    match field(options, name)? {
        None => Ok(None),
        Some(value) => js::typed(&value).map_or_else(|| must_be(name, what), |value| Ok(Some(value))),
    }
}

fn one_of<T>(options: &JsValue, name: &str, words: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, FlowError> {
    match field(options, name)? {
        None => Ok(None),
        Some(value) => value
            .as_string()
            .and_then(|word| read(&word))
            .map_or_else(|| must_be(name, &("one of ".to_owned() + words)), |value| Ok(Some(value))),
    }
}

fn timeout_ms(options: &JsValue) -> Result<Option<f64>, FlowError> {
    match plain::<f64>(options, "timeoutMs", "a number of milliseconds")? {
        Some(ms) if !(ms > 0.0 && ms <= MAX_TIMEOUT_MS) => must_be("timeoutMs", "between 1 and 2147483647 milliseconds"),
        ms => Ok(ms),
    }
}

/// The token source that the caller passed.
pub(super) fn auth(options: &JsValue) -> Result<JsValue, FlowError> {
    match field(options, "auth")? {
        Some(auth) if is_auth(&auth) => Ok(auth),
        _ => must_be("auth", "an MSAL instance, or an object with getToken"),
    }
}

fn is_auth(auth: &JsValue) -> bool {
    js::method(auth, "getToken").is_some()
        || ["acquireTokenSilent", "acquireTokenPopup", "ssoSilent", "getAllAccounts"]
            .into_iter()
            .all(|name| js::method(auth, name).is_some())
}

/// The web API that the caller passed.
pub(super) fn web_api(options: &JsValue) -> Result<Option<JsValue>, FlowError> {
    match field(options, "webApi")? {
        Some(web_api) if js::method(&web_api, "retrieveRecord").is_none() => {
            must_be("webApi", "Xrm.WebApi or a PCF context's webAPI")
        }
        web_api => Ok(web_api),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints {
    audience: String,
    flow_api: String,
    trigger_hosts: Vec<String>,
}

fn cloud(options: &JsValue) -> Result<Option<Cloud>, FlowError> {
    let Some(value) = field(options, "cloud")? else { return Ok(None) };
    let found = match value.as_string() {
        Some(name) => Cloud::named(&name),
        None => js::typed::<Endpoints>(&value)
            .filter(|own| own.flow_api.starts_with("https://") && !own.audience.is_empty())
            .map(|own| Cloud::custom(own.audience, &own.flow_api, own.trigger_hosts)),
    };
    found.map_or_else(
        || must_be("cloud", "one of public, gcc, gccHigh, dod, china, or { audience, flowApi, triggerHosts }"),
        |cloud| Ok(Some(cloud)),
    )
}

/// The settings of a client: the caller's word first, the host's where the caller said nothing.
pub(super) async fn settings(
    options: &JsValue,
    mut facts: HostFacts,
    ask_org: impl AsyncFnOnce(&str) -> Option<Organization>,
) -> Result<Settings, FlowError> {
    let given_cloud = cloud(options)?;
    let interaction = one_of(options, "interaction", "auto, popup, none", |word| match word {
        "auto" => Some(Interaction::Auto),
        "popup" => Some(Interaction::Popup),
        "none" => Some(Interaction::None),
        _ => None,
    })?;
    let sas_allowed = one_of(options, "sas", "refuse, allow", |word| match word {
        "refuse" => Some(false),
        "allow" => Some(true),
        _ => None,
    })?;
    let timeout_ms = timeout_ms(options)?;
    let max_attempts = match plain::<u32>(options, "maxAttempts", "a whole number from 1 to 100")? {
        Some(number) if !(1..=100).contains(&number) => must_be("maxAttempts", "a whole number from 1 to 100")?,
        number => number,
    };
    let account = match field(options, "account")? {
        Some(account) if js::string(&account, "homeAccountId").is_none() => {
            must_be("account", "an account of MSAL's, with its homeAccountId")?
        }
        account => account.map(js::foreign),
    };
    let tenant_id = match plain::<String>(options, "tenantId", "a GUID")? {
        Some(text) => match Guid::parse(&text) {
            Some(id) => Some(id.as_str().to_owned()),
            None => must_be("tenantId", "a GUID")?,
        },
        None => None,
    };
    let login_hint = plain::<String>(options, "loginHint", "a sign-in name")?;
    let environment_id = plain::<String>(options, "environmentId", "a GUID or Default-<GUID>")?;
    let environment = facts.environment(environment_id.as_deref(), ask_org).await?;
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

/// What a flow is called by.
pub(super) fn target(target: &JsValue) -> Result<Target, FlowError> {
    let workflow = |id: &str, trigger| match Guid::parse(id) {
        Some(workflow_id) => Ok(Target::Flow(FlowRef { workflow_id, trigger })),
        None => must_be("workflowId", "a GUID"),
    };
    const MANUAL: &str = "manual";
    if let Some(id) = target.as_string() {
        return workflow(&id, MANUAL.to_owned());
    }
    if let Some(id) = plain::<String>(target, "workflowId", "a GUID")? {
        let trigger = plain::<String>(target, "trigger", "the trigger's name")?.unwrap_or_else(|| MANUAL.to_owned());
        if matches!(trigger.as_str(), "" | "." | "..") {
            return must_be("trigger", "the trigger's name");
        }
        return workflow(&id, trigger);
    }
    match plain::<String>(target, "url", "a trigger URL")? {
        Some(url) => Ok(Target::Url(url)),
        None => must_be("flow", "a workflowid, { workflowId } or { url }"),
    }
}

/// Whether `callbackUrl` is to ask again.
pub(super) fn refresh(options: &JsValue) -> Result<bool, FlowError> {
    Ok(plain(options, "refresh", "true or false")?.unwrap_or(false))
}

/// A call with its body and options.
pub(super) fn call(body: &JsValue, options: &JsValue, default_timeout_ms: f64) -> Result<Call, FlowError> {
    if !options.is_undefined() && !options.is_null() && !options.is_object() {
        return must_be("options", "an object");
    }
    let method = one_of(options, "method", "GET, POST, PUT, PATCH, DELETE, HEAD", Method::parse)?;
    let read_as = one_of(options, "responseType", "auto, json, text, blob, arrayBuffer, stream", |word| match word {
        "auto" => Some(ReadAs::Auto),
        "json" => Some(ReadAs::Json),
        "text" => Some(ReadAs::Text),
        "blob" => Some(ReadAs::Blob),
        "arrayBuffer" => Some(ReadAs::ArrayBuffer),
        "stream" => Some(ReadAs::Stream),
        _ => None,
    })?;
    let mut headers = pairs(options, "headers", false)?;
    let body = encode(body)?.map(|(body, content_type)| {
        let given = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let Some(content_type) = content_type.filter(|_| !given) {
            headers.push(("content-type".to_owned(), content_type.to_owned()));
        }
        js::foreign(body)
    });
    let abort = match field(options, "signal")? {
        None => None,
        Some(signal) => match abort_of(signal) {
            Some(abort) => Some(abort),
            None => must_be("signal", "an AbortSignal")?,
        },
    };
    Ok(Call {
        method: method.unwrap_or(Method::Post),
        path: plain(options, "path", "a list of strings")?.unwrap_or_default(),
        query: pairs(options, "query", true)?,
        headers,
        body,
        read_as: read_as.unwrap_or(ReadAs::Auto),
        timeout_ms: timeout_ms(options)?.unwrap_or(default_timeout_ms),
        abort,
        idempotent: plain(options, "idempotent", "true or false")?.unwrap_or(false),
        accept: accept_status(options)?,
    })
}

fn accept_status(options: &JsValue) -> Result<Option<AcceptStatus>, FlowError> {
    let Some(value) = field(options, "acceptStatus")? else { return Ok(None) };
    if !value.is_function() {
        return must_be("acceptStatus", "a function");
    }
    let function: js_sys::Function = value.unchecked_into();
    Ok(Some(Box::new(move |status| {
        let answer = function.call1(&JsValue::UNDEFINED, &status.into());
        answer.map(|accepted| accepted.is_truthy()).map_err(js::foreign)
    })))
}

/// Names and values, in the caller's order; those that are undefined are left out.
fn pairs(options: &JsValue, name: &str, scalars: bool) -> Result<Vec<(String, String)>, FlowError> {
    let what = if scalars { "a string, a finite number or a boolean" } else { "a string" };
    let Some(object) = field(options, name)? else { return Ok(Vec::new()) };
    let Ok(entries) = js::entries(&object) else { return must_be(name, "an object") };
    let mut pairs = Vec::new();
    for (key, value) in entries {
        if value.is_undefined() {
            continue;
        }
        let text = value.as_string().or_else(|| if scalars { scalar(&value) } else { None });
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
