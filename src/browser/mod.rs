//! The world as a browser gives it: the only code that touches web-sys, js-sys and gloo-net. Thin, with no
//! policy: what an error means is decided in `policy`.

mod abort;
mod body;
mod clock;
mod dataverse;
mod host;
mod http;
pub(crate) mod js;
mod page;
mod policy_watch;
mod tokens;
mod values;

pub(crate) use abort::abort_of;
pub(crate) use body::encode;
pub(crate) use host::{ask_org, facts_of_page, facts_of_pcf, facts_of_xrm, find_xrm};

use wasm_bindgen::JsValue;

/// The ports of a client, over the host's own objects.
pub(crate) struct Browser {
    /// The MSAL instance, or the object with `getToken`.
    pub(crate) auth: JsValue,
    /// `Xrm.WebApi` or PCF's `context.webAPI`.
    pub(crate) web_api: JsValue,
}
