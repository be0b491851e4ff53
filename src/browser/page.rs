use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::port::Page;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn atob(text: &str) -> Result<String, JsValue>;
}

impl Page for Browser {
    fn would_open_a_popup(&self) -> bool {
        js::get(&js_sys::global(), "navigator")
            .and_then(|navigator| js::get(&navigator, "userActivation"))
            .and_then(|activation| js::get(&activation, "isActive"))
            .is_some_and(|active| active.is_truthy())
    }

    fn is_hidden(&self) -> bool {
        js::get(&js_sys::global(), "document")
            .and_then(|document| js::get(&document, "hidden"))
            .is_some_and(|hidden| hidden.is_truthy())
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        atob(&text.replace('-', "+").replace('_', "/")).ok()
    }

    fn parse_date(&self, text: &str) -> Option<f64> {
        Some(js_sys::Date::parse(text)).filter(|date| date.is_finite())
    }
}
