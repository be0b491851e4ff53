//! The world as a browser gives it. Thin, with little policy: which bodies can be sent (`body`), because only JavaScript
//! can tell; what an error means is decided in `crate::policy`. `shim.js` is its JavaScript half.

mod abort;
mod body;
mod clock;
mod dataverse;
mod host;
mod http;
pub(crate) mod js;
mod numbered;
mod page;
mod pending;
mod policy_watch;
mod registry;
mod schema;
mod tasks;
mod telemetry;
mod tokens;
mod values;

pub(crate) use abort::{abort_of, abortable};
pub(crate) use body::encode;
pub(crate) use host::{ask_org, facts_of_page, facts_of_pcf, facts_of_xrm, find_xrm};
pub(crate) use schema::schema_of;
pub(crate) use tasks::promise;

use wasm_bindgen::JsValue;

/// The ports of a client, over the host's own objects.
pub(crate) struct Browser {
    /// The MSAL instance, or the object with `getToken`.
    pub(crate) auth: JsValue,
    /// `Xrm.WebApi` or PCF's `context.webAPI`.
    pub(crate) web_api: JsValue,
    /// The caller's `onEvent`.
    pub(crate) on_event: Option<js_sys::Function>,
    /// Whether steps go to the browser's timeline.
    pub(crate) user_timing: bool,
}
