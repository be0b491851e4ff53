//! What needs no script: JSON as a host's values, base64, dates. The simulation's world is made of it, too.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entra_flow::model::Foreign;
use entra_flow::port::{Event, Fact};
use serde_json::Value;

fn json(value: &Foreign) -> Option<&Value> {
    value.downcast_ref()
}

fn foreign(value: &Value) -> Foreign {
    Rc::new(value.clone())
}

pub(crate) fn member(value: &Foreign, name: &str) -> Option<Foreign> {
    let member = json(value)?.get(name)?;
    (!member.is_null()).then(|| foreign(member))
}

pub(crate) fn text(value: &Foreign, name: &str) -> Option<String> {
    Some(json(value)?.get(name)?.as_str()?.to_owned())
}

pub(crate) fn number(value: &Foreign, name: &str) -> Option<f64> {
    json(value)?.get(name)?.as_f64()
}

pub(crate) fn members(value: &Foreign) -> Vec<(String, Foreign)> {
    let Some(Value::Object(members)) = json(value) else {
        return Vec::new();
    };
    let member = |(name, value): (&String, &Value)| (name.clone(), foreign(value));
    members.iter().map(member).collect()
}

pub(crate) fn items(value: &Foreign) -> Vec<Foreign> {
    let Some(Value::Array(items)) = json(value) else {
        return Vec::new();
    };
    items.iter().map(foreign).collect()
}

/// As `Object.entries` has them.
pub(crate) fn texts(value: &Foreign) -> Vec<(String, String)> {
    let text = |(name, value): (String, &Value)| Some((name, value.as_str()?.to_owned()));
    match json(value) {
        Some(Value::Object(members)) => members
            .iter()
            .filter_map(|(name, value)| text((name.clone(), value)))
            .collect(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .filter_map(|(index, value)| text((index.to_string(), value)))
            .collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn parse(json: &str) -> Option<Foreign> {
    let value: Value = serde_json::from_str(json).ok()?;
    Some(Rc::new(value))
}

pub(crate) fn decode_base64(text: &str) -> Option<String> {
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
        .ok()?;
    String::from_utf8(bytes).ok()
}

pub(crate) fn parse_date(text: &str) -> Option<f64> {
    let since = httpdate::parse_http_date(text)
        .ok()?
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    Some(since.as_secs_f64() * 1000.0)
}

/// A host whose values are JSON.
macro_rules! values_of_json {
    ($host:ty) => {
        impl entra_flow::port::Values for $host {
            fn member(&self, value: &Foreign, name: &str) -> Option<Foreign> {
                plain::member(value, name)
            }

            fn text(&self, value: &Foreign, name: &str) -> Option<String> {
                plain::text(value, name)
            }

            fn number(&self, value: &Foreign, name: &str) -> Option<f64> {
                plain::number(value, name)
            }

            fn members(&self, value: &Foreign) -> Vec<(String, Foreign)> {
                plain::members(value)
            }

            fn items(&self, value: &Foreign) -> Vec<Foreign> {
                plain::items(value)
            }

            fn json(&self, value: &Foreign, name: &str) -> Option<Foreign> {
                plain::parse(&plain::text(value, name)?)
            }

            fn parse(&self, json: &str) -> Option<Foreign> {
                plain::parse(json)
            }

            fn texts(&self, value: &Foreign) -> Vec<(String, String)> {
                plain::texts(value)
            }
        }
    };
}
pub(crate) use values_of_json;

/// What an event says of its step, as a line of a story goes on.
pub(crate) fn facts_of(event: &Event<'_>) -> String {
    let mut line = String::new();
    for (name, fact) in event.facts {
        match fact {
            Fact::Text(Some(text)) => line += &format!(" {name}={text}"),
            Fact::Number(Some(number)) => line += &format!(" {name}={number}"),
            Fact::Flag(flag) => line += &format!(" {name}={flag}"),
            _ => {}
        }
    }
    if let Some(code) = event.error {
        line += &format!(": {}", code.as_str());
    }
    line
}
