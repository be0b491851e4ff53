use wasm_bindgen::prelude::*;

use super::host::{ask_org, facts_of_page, fetch_with};
use super::policy_watch::Listener;
use super::{Browser, js};
use crate::policy::trust::TrustedUrl;
use crate::port::{Organization, Page, PolicyWatch};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn atob(text: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    fn escape(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = decodeURIComponent)]
    fn decode_uri_component(text: &JsValue) -> Result<String, JsValue>;
}

impl Page for Browser {
    fn would_open_a_popup(&self) -> bool {
        js::get(&js::global(), "navigator")
            .and_then(|navigator| js::get(&navigator, "userActivation"))
            .and_then(|activation| js::get(&activation, "isActive"))
            .is_some_and(|active| active.is_truthy())
    }

    fn is_hidden(&self) -> bool {
        js::get(&js::global(), "document")
            .and_then(|document| js::get(&document, "hidden"))
            .is_some_and(|hidden| hidden.is_truthy())
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        // One character for each byte, and the bytes are UTF-8: as escapes of a URL they can be decoded.
        let binary = atob(&text.replace('-', "+").replace('_', "/")).ok()?;
        decode_uri_component(&escape(&binary).ok()?).ok()
    }

    fn parse_date(&self, text: &str) -> Option<f64> {
        Some(js_sys::Date::parse(text)).filter(|date| date.is_finite())
    }

    fn origin(&self) -> Option<String> {
        js::string(&js::get(&js::global(), "location")?, "origin")
    }

    async fn organization(&self) -> Option<Organization> {
        ask_org(&facts_of_page().client_url?)
            .await
            .ok()?
            .organization
    }

    fn watch_policy(&self) -> Box<dyn PolicyWatch> {
        Box::new(Listener::start())
    }

    async fn knock(&self, url: &TrustedUrl) -> bool {
        // Opaque: the answer can't be read, only that there is one.
        let init = js::bare(&[
            ("method", "HEAD".into()),
            ("mode", "no-cors".into()),
            ("credentials", "omit".into()),
            ("referrerPolicy", "no-referrer".into()),
        ]);
        let root = ["https://", url.authority(), "/"].concat();
        js::settled(fetch_with(&root, &init)).await.is_ok()
    }
}
