//! Reads what a caller passed, and names the field that can't be used.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::given::{Given, field, flag, must_be, one_of, read, text};
use crate::browser::{abort_of, encode, js, schema_of};
use crate::call::{AcceptStatus, Call, Target};
use crate::discovery::NO_ENVIRONMENT_API;
use crate::host::HostFacts;
use crate::model::{Cloud, FlowError, FlowRef, Foreign, Guid, SchemaName};
use crate::on_behalf_of::OnBehalfOf;
use crate::policy::request::{MAX_URL, Method};
use crate::policy::trust;
use crate::port::{Clock, OrgAnswer, ReadAs};
use crate::publishing::Publication;
use crate::schema::Schema;
use crate::settings::{self, CacheScope, DiscoveryApi, Interaction, Settings};

/// The longest time that can be asked for: what a browser's timer takes.
const MAX_TIMEOUT_MS: f64 = 2_147_483_647.0;

/// More than any trigger's name has.
const MAX_NAME: usize = 256;

pub(super) fn timeout_ms(options: &Given) -> Result<Option<f64>, FlowError> {
    const WHAT: &str = "a number of milliseconds, 2147483647 at most";
    read(options, "timeoutMs", WHAT, |value| {
        value
            .as_f64()
            .filter(|ms| *ms > 0.0 && *ms <= MAX_TIMEOUT_MS)
    })
}

/// The token source among the options.
pub(super) fn auth(options: &Given) -> Result<JsValue, FlowError> {
    auth_alone(field(options, "auth")?.unwrap_or_default())
}

/// The token source that was passed by itself.
pub(super) fn auth_alone(auth: JsValue) -> Result<JsValue, FlowError> {
    if is_auth(&auth) {
        Ok(auth)
    } else {
        Err(must_be(
            "auth",
            "an MSAL instance, or an object with getToken",
        ))
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
pub(super) fn web_api(options: &Given) -> Result<Option<JsValue>, FlowError> {
    const WHAT: &str = "Xrm.WebApi or a PCF context's webAPI";
    read(options, "webApi", WHAT, |web_api| {
        is_web_api(web_api).then(|| web_api.clone())
    })
}

/// Whether an object can read rows.
pub(super) fn is_web_api(web_api: &JsValue) -> bool {
    js::method(web_api, "retrieveRecord").is_some()
}

fn cloud(options: &Given) -> Result<Option<Cloud>, FlowError> {
    const WHAT: &str =
        "one of public, gcc, gccHigh, dod, china, or { audience, flowApi, triggerHosts }";
    read(options, "cloud", WHAT, |value| match value.as_string() {
        Some(name) => Cloud::named(&name),
        None => {
            let text = |name| js::string(value, name).filter(|text| !text.is_empty());
            let flow_api = text("flowApi").filter(|origin| trust::is_origin(origin))?;
            let hosts = js::texts(&js::get(value, "triggerHosts")?)?;
            if hosts.is_empty() || !hosts.iter().all(|host| trust::is_host_pattern(host)) {
                return None;
            }
            // Blanks would ask Entra for another scope beside it.
            let audience = text("audience").filter(|text| !text.contains(char::is_whitespace))?;
            Some(Cloud::custom(audience, &flow_api, hosts))
        }
    })
}

/// The settings of a client: the caller's word first, the host's where the caller said nothing.
pub(super) async fn settings(
    options: &Given,
    mut facts: Box<HostFacts>,
    clock: &impl Clock,
    ask_org: impl AsyncFnOnce(&str) -> Result<OrgAnswer, Foreign>,
) -> Result<Rc<Settings>, FlowError> {
    let given_cloud = cloud(options)?;
    let interaction = one_of(
        options,
        "interaction",
        &[
            ("auto", Interaction::Auto),
            ("popup", Interaction::Popup),
            ("none", Interaction::None),
        ],
    )?;
    let sas_allowed = one_of(options, "sas", &[("refuse", false), ("allow", true)])?;
    let cache = one_of(
        options,
        "cache",
        &[
            ("page", CacheScope::Page),
            ("client", CacheScope::Client),
            ("none", CacheScope::None),
        ],
    )?;
    let discovery = one_of(
        options,
        "discovery",
        &[
            ("flowApi", DiscoveryApi::FlowApi),
            ("environmentApi", DiscoveryApi::EnvironmentApi),
        ],
    )?
    .unwrap_or_default();
    let is_own = given_cloud.as_ref().is_some_and(Cloud::is_custom);
    if is_own && discovery == DiscoveryApi::EnvironmentApi {
        return Err(FlowError::invalid(&[NO_ENVIRONMENT_API]));
    }
    let timeout_ms = timeout_ms(options)?.unwrap_or(Settings::TIMEOUT_MS);
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
        |account| js::string(account, "homeAccountId").map(|_| account.clone()),
    )?;
    let tenant_id = read(options, "tenantId", "a GUID", guid)?.map(|id| id.as_str().to_owned());
    let login_hint = read(options, "loginHint", "a sign-in name", |name| {
        name.as_string().filter(|name| !name.trim().is_empty())
    })?;
    let environment_id = text(options, "environmentId", "a GUID or Default-<GUID>")?;
    let environment = facts
        .environment(environment_id.as_deref(), clock, timeout_ms, ask_org)
        .await?;
    let cloud = match given_cloud {
        Some(cloud) => cloud,
        None => facts.cloud()?,
    };
    let login_hint = login_hint.or_else(|| facts.login_hint());
    let account_id = account
        .as_ref()
        .and_then(|account| js::string(account, "homeAccountId"));
    Ok(Rc::new(Settings {
        cloud,
        environment,
        cache: cache.unwrap_or_default(),
        user: settings::user(&[&account_id, &login_hint, &facts.user_id]),
        login_hint,
        tenant_id: tenant_id.or(facts.tenant_id),
        account,
        interaction: interaction.unwrap_or_default(),
        discovery,
        timeout_ms,
        max_attempts: max_attempts.unwrap_or(Settings::MAX_ATTEMPTS),
        sas_allowed: sas_allowed.unwrap_or(false),
    }))
}

/// The caller's `onEvent` and `userTiming`.
pub(super) fn telemetry(options: &Given) -> Result<(Option<Function>, bool), FlowError> {
    let on_event = read(options, "onEvent", "a function", |value| {
        value
            .is_function()
            .then(|| value.clone().unchecked_into::<Function>())
    })?;
    Ok((on_event, flag(options, "userTiming")?))
}

pub(super) fn guid(value: &JsValue) -> Option<Guid> {
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

/// A flow with the trigger that its `trigger` names; an error says `name`.
fn flow_ref(of: &Given, name: &str, workflow_id: Guid) -> Result<FlowRef, FlowError> {
    let Some(trigger) = field(of, "trigger")? else {
        return Ok(FlowRef::manual(workflow_id));
    };
    let trigger = trigger
        .as_string()
        .filter(|name| !matches!(name.as_str(), "" | "." | "..") && name.len() <= MAX_NAME)
        .ok_or_else(|| must_be(name, "the trigger's name"))?;
    Ok(FlowRef {
        workflow_id,
        trigger,
    })
}

/// What a flow is called by.
pub(super) fn target(target: &JsValue) -> Result<Target, FlowError> {
    if let Some(id) = target.as_string() {
        let workflow_id = Guid::parse(&id).ok_or_else(|| must_be("workflowId", "a GUID"))?;
        return Ok(Target::Flow(FlowRef::manual(workflow_id)));
    }
    let target = &Given::of(target);
    let mut named = 0;
    for name in ["workflowId", "environmentVariable", "url"] {
        named += u8::from(field(target, name)?.is_some());
    }
    if named > 1 {
        return Err(must_be("flow", "named in one way only"));
    }
    if let Some(workflow_id) = read(target, "workflowId", "a GUID", guid)? {
        return Ok(Target::Flow(flow_ref(target, "trigger", workflow_id)?));
    }
    if let Some(name) = read(target, "environmentVariable", SCHEMA_NAME, schema_name)? {
        return Ok(Target::Variable(name));
    }
    const URL: &str = "a trigger URL, of 16,384 characters at most";
    let url = read(target, "url", URL, |url| {
        url.as_string().filter(|url| url.len() <= MAX_URL)
    })?;
    match url {
        Some(url) => Ok(Target::Url(url)),
        None => Err(must_be(
            "flow",
            "a workflowid, { workflowId }, { environmentVariable } or { url }",
        )),
    }
}

const SCHEMA_NAME: &str =
    "an environment variable's schema name, of letters, digits and underscores";

fn schema_name(value: &JsValue) -> Option<SchemaName> {
    SchemaName::parse(&value.as_string()?)
}

/// A list's items, each with the name that an error calls it by.
fn items(list: &JsValue, name: &str, what: &str) -> Result<Vec<(String, JsValue)>, FlowError> {
    // By its tag: Array.isArray throws for a proxy that was revoked.
    match js::entries(list) {
        Ok(entries) if js::tag(list) == "[object Array]" => Ok(entries
            .into_iter()
            .map(|(index, item)| ([name, "[", &index, "]"].concat(), item))
            .collect()),
        _ => Err(must_be(name, what)),
    }
}

/// The flows of `prefetch`.
pub(super) fn workflow_ids(list: &JsValue) -> Result<Vec<Guid>, FlowError> {
    items(list, "workflowIds", "a list of GUIDs")?
        .into_iter()
        .map(|(name, item)| guid(&item).ok_or_else(|| must_be(&name, "a GUID")))
        .collect()
}

/// The list of `publish`.
pub(super) fn publications(list: &JsValue) -> Result<Vec<Publication>, FlowError> {
    const WHAT: &str = "a list of { workflowId, environmentVariable, trigger? }";
    let mut publications: Vec<Publication> = Vec::new();
    for (name, item) in items(list, "map", WHAT)? {
        let member = |member| js::get(&item, member).unwrap_or_default();
        let workflow_id = guid(&member("workflowId"))
            .ok_or_else(|| must_be(&[&name, ".workflowId"].concat(), "a GUID"))?;
        let field = || [&name, ".environmentVariable"].concat();
        let variable = schema_name(&member("environmentVariable"))
            .ok_or_else(|| must_be(&field(), SCHEMA_NAME))?;
        if publications.iter().any(|other| other.variable == variable) {
            return Err(must_be(&field(), "another variable than the ones before"));
        }
        let flow = flow_ref(
            &Given::of(&item),
            &[&name, ".trigger"].concat(),
            workflow_id,
        )?;
        publications.push(Publication { flow, variable });
    }
    Ok(publications)
}

/// Whether `callbackUrl` is to ask again.
pub(super) fn refresh(options: &Given) -> Result<bool, FlowError> {
    flag(options, "refresh")
}

/// A call with its body and options.
pub(super) fn call(
    body: &JsValue,
    options: &Given,
    default_timeout_ms: f64,
) -> Result<Box<Call>, FlowError> {
    let method = one_of(options, "method", Method::ALL)?;
    let read_as = one_of(
        options,
        "responseType",
        &[
            ("auto", None),
            ("json", Some(ReadAs::Json)),
            ("text", Some(ReadAs::Text)),
            ("blob", Some(ReadAs::Blob)),
            ("arrayBuffer", Some(ReadAs::ArrayBuffer)),
            ("stream", Some(ReadAs::Stream)),
        ],
    )?;
    let mut headers = pairs(options, "headers", false)?;
    let body = encode(body)?.map(|(body, content_type)| {
        let given = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let Some(content_type) = content_type.filter(|_| !given) {
            headers.push(("content-type".to_owned(), content_type.to_owned()));
        }
        body
    });
    let abort = read(options, "signal", "an AbortSignal", |signal| {
        abort_of(signal.clone())
    })?;
    Ok(Box::new(Call {
        method: method.unwrap_or(Method::Post),
        path: read(options, "path", "a list of strings", js::texts)?.unwrap_or_default(),
        query: pairs(options, "query", true)?,
        headers,
        body,
        read_as: read_as.flatten(),
        timeout_ms: timeout_ms(options)?.unwrap_or(default_timeout_ms),
        abort,
        idempotent: flag(options, "idempotent")?,
        accept: accept_status(options)?,
        on_behalf_of: on_behalf_of(options)?,
        second_token: None,
        follow: read(options, "follow", "true or false", JsValue::as_bool)?.unwrap_or(true),
        schema: schema(options)?,
    }))
}

fn on_behalf_of(options: &Given) -> Result<Option<OnBehalfOf>, FlowError> {
    read(
        options,
        "onBehalfOf",
        "{ scopes, header?, property? }",
        |wish| {
            let text = |name| match js::get(wish, name) {
                None => Some(None),
                Some(value) => value.as_string().map(Some),
            };
            Some(OnBehalfOf {
                scopes: js::texts(&js::get(wish, "scopes")?)?,
                header: text("header")?,
                property: text("property")?,
            })
        },
    )
}

/// The validator that an answer is held to.
pub(super) fn schema(options: &Given) -> Result<Option<Schema>, FlowError> {
    const WHAT: &str = "a Standard Schema, such as one of zod, valibot or arktype";
    read(options, "schema", WHAT, schema_of)
}

fn accept_status(options: &Given) -> Result<Option<AcceptStatus>, FlowError> {
    read(options, "acceptStatus", "a function", |value| {
        let function: js_sys::Function = value
            .is_function()
            .then(|| value.clone().unchecked_into())?;
        let accept: AcceptStatus = Box::new(move |status| {
            let answer = function.call1(&JsValue::UNDEFINED, &status.into());
            answer.map(|accepted| accepted.as_bool() == Some(true))
        });
        Some(accept)
    })
}

/// Names and values, in the caller's order; those that are undefined are left out.
fn pairs(options: &Given, name: &str, scalars: bool) -> Result<Vec<(String, String)>, FlowError> {
    let what = if scalars {
        "a string, a finite number or a boolean"
    } else {
        "a string"
    };
    let Some(object) = field(options, name)? else {
        return Ok(Vec::new());
    };
    // `Headers`, maps and the like have no members to see.
    let entries = match js::entries(&object) {
        Ok(entries) if js::tag(&object) == "[object Object]" => entries,
        _ => return Err(must_be(name, "a plain object of names and values")),
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
            None => return Err(must_be(&[name, ".", &key].concat(), what)),
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
