use wasm_bindgen::JsValue;

use super::{Browser, js};
use crate::model::Foreign;
use crate::port::Values;

impl Values for Browser {
    fn member(&self, value: &Foreign, name: &str) -> Option<Foreign> {
        js::get(value, name)
    }

    fn text(&self, value: &Foreign, name: &str) -> Option<String> {
        js::string(value, name)
    }

    fn number(&self, value: &Foreign, name: &str) -> Option<f64> {
        js::get(value, name)?.as_f64()
    }

    fn texts(&self, value: &Foreign) -> Vec<(String, String)> {
        let entries = js::entries(value).unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_string()?)))
            .collect()
    }

    fn members(&self, value: &Foreign) -> Vec<(String, Foreign)> {
        js::entries(value).unwrap_or_default()
    }

    fn items(&self, value: &Foreign) -> Vec<Foreign> {
        // By its tag: Array.isArray throws for a proxy that was revoked.
        if js::tag(value) != "[object Array]" {
            return Vec::new();
        }
        // Entries of an array are its items by their index, without its prototype's iterator.
        let entries = js::entries(value).unwrap_or_default();
        entries.into_iter().map(|(_, item)| item).collect()
    }

    fn json(&self, value: &Foreign, name: &str) -> Option<Foreign> {
        let text = js::get(value, name).filter(JsValue::is_string)?;
        js::parse_json(&text).ok()
    }

    fn parse(&self, json: &str) -> Option<Foreign> {
        js::parse_json(&json.into()).ok()
    }
}
