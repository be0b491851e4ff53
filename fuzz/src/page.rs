//! The ports, as far as parsing needs them: JSON values, base64, dates and headers. Everything else is absent.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entra_flow::model::{Foreign, Secret};
use entra_flow::policy::trust::TrustedUrl;
use entra_flow::port::{
    Head, Http, Organization, Page, PolicyWatch, ReadAs, Request, Unanswered, Unread, Values,
    Violation,
};
use serde_json::Value;

/// A page of JSON.
pub struct JsonPage;

/// A JSON value as the core holds it.
#[must_use]
pub fn foreign(value: Value) -> Foreign {
    Rc::new(value)
}

/// Text from base64 of either alphabet, as the page has it.
#[must_use]
pub fn decode_base64(text: &str) -> Option<String> {
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
        .ok()?;
    String::from_utf8(bytes).ok()
}

fn json(value: &Foreign) -> Option<&Value> {
    value.downcast_ref()
}

impl Values for JsonPage {
    fn member(&self, value: &Foreign, name: &str) -> Option<Foreign> {
        let member = json(value)?.get(name)?;
        (!member.is_null()).then(|| foreign(member.clone()))
    }

    fn text(&self, value: &Foreign, name: &str) -> Option<String> {
        Some(json(value)?.get(name)?.as_str()?.to_owned())
    }

    fn number(&self, value: &Foreign, name: &str) -> Option<f64> {
        json(value)?.get(name)?.as_f64()
    }

    fn texts(&self, value: &Foreign) -> Vec<(String, String)> {
        let named = self.members(value).into_iter();
        named
            .filter_map(|(name, value)| Some((name, json(&value)?.as_str()?.to_owned())))
            .collect()
    }

    fn members(&self, value: &Foreign) -> Vec<(String, Foreign)> {
        match json(value) {
            Some(Value::Object(members)) => members
                .iter()
                .map(|(name, value)| (name.clone(), foreign(value.clone())))
                .collect(),
            // As Object.entries has them.
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, value)| (index.to_string(), foreign(value.clone())))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn items(&self, value: &Foreign) -> Vec<Foreign> {
        match json(value) {
            Some(Value::Array(items)) => items.iter().cloned().map(foreign).collect(),
            _ => Vec::new(),
        }
    }

    fn json(&self, value: &Foreign, name: &str) -> Option<Foreign> {
        self.parse(&self.text(value, name)?)
    }

    fn parse(&self, json: &str) -> Option<Foreign> {
        serde_json::from_str(json).ok().map(foreign)
    }
}

struct NoPolicy;

impl PolicyWatch for NoPolicy {
    fn seen(&self) -> Vec<Violation> {
        Vec::new()
    }
}

impl Page for JsonPage {
    fn would_open_a_popup(&self) -> bool {
        false
    }

    fn is_hidden(&self) -> bool {
        false
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        decode_base64(text)
    }

    fn parse_date(&self, _: &str) -> Option<f64> {
        None
    }

    fn origin(&self) -> Option<String> {
        None
    }

    async fn organization(&self) -> Option<Organization> {
        None
    }

    fn watch_policy(&self) -> Box<dyn PolicyWatch> {
        Box::new(NoPolicy)
    }

    async fn knock(&self, _: &TrustedUrl) -> bool {
        false
    }
}

impl Http for JsonPage {
    type Answer = ();

    async fn send(&self, _: Request<'_>) -> Result<Head<()>, Unanswered> {
        Err(Unanswered {
            sent: false,
            cause: None,
        })
    }

    fn with_member(&self, _: &Foreign, _: &str, _: &Secret) -> Option<Foreign> {
        None
    }

    fn header(&self, headers: &Foreign, name: &str) -> Option<String> {
        self.text(headers, name)
    }

    async fn read(&self, (): &(), _: ReadAs) -> Result<Foreign, Unread> {
        Err(Unread::Broken(Unanswered {
            sent: true,
            cause: None,
        }))
    }

    async fn read_error(&self, (): &()) -> Option<Foreign> {
        None
    }
}
