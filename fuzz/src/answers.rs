//! What the flow service answers: callback URLs, challenges, waits.

use std::time::{Duration, UNIX_EPOCH};

use entra_flow::answer::{claims_challenge, service_error};
use entra_flow::policy::callback::url_of;
use entra_flow::policy::retry::{delay_ms, retry_after_ms};
use serde_json::{Value, json};

use super::choices::Choices;
use super::page::{JsonPage, foreign};
use super::pieces;

/// An answer of `listCallbackUrl`.
pub fn callback(answer: &Value) {
    let found = url_of(&JsonPage, &foreign(answer.clone()));
    let inner = Some(&answer["response"])
        .filter(|inner| !inner.is_null())
        .unwrap_or(answer);
    let text = |name: &str| inner[name].as_str().filter(|text| !text.is_empty());
    let Some(url) = found else {
        assert!(
            text("value")
                .or(text("$content"))
                .or(text("basePath"))
                .is_none(),
            "{answer}"
        );
        return;
    };
    // Whether it may be trusted is another matter: urls.rs.
    if let Some(named) = text("value").or_else(|| text("$content")) {
        // As it was named, or without its template: the same up to the template, and the same query.
        if url != named {
            let (path, query) = parts(named);
            let (kept, same) = parts(&url);
            assert_eq!(query, same, "{named:?} became {url:?}");
            assert!(
                kept.ends_with("/paths/invoke") && path.starts_with(kept),
                "{named:?} became {url:?}"
            );
            let template = &path[kept.len()..];
            assert!(
                template.starts_with('/') && template.contains(['{', '%']),
                "{named:?} became {url:?}"
            );
        }
        return;
    }
    // Put together: the base, and each parameter once, as it was written.
    let base = text("basePath").unwrap();
    let added = url.strip_prefix(base).unwrap();
    let wanted: Vec<(String, String)> = match &inner["queries"] {
        Value::Object(queries) => queries
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        Value::Array(queries) => queries
            .iter()
            .enumerate()
            .filter_map(|(index, value)| Some((index.to_string(), value.as_str()?.to_owned())))
            .collect(),
        _ => Vec::new(),
    };
    let pairs: Vec<(String, String)> = added
        .split(['?', '&'])
        .skip(1)
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let decoded = |text| {
                percent_encoding::percent_decode_str(text)
                    .decode_utf8()
                    .unwrap()
                    .into_owned()
            };
            (decoded(name), decoded(value))
        })
        .collect();
    assert_eq!(pairs, wanted, "{url:?}");
    assert!(
        !added.contains('#') && added.matches('?').count() <= usize::from(!base.contains('?')),
        "{url:?}"
    );
}

fn parts(url: &str) -> (&str, &str) {
    url.split_at(url.find('?').unwrap_or(url.len()))
}

/// The same from bytes: JSON as it is, or one of the shapes around a nasty URL.
pub fn callback_from(bytes: &[u8]) {
    if let Ok(answer) = serde_json::from_slice::<Value>(bytes) {
        callback(&answer);
        return;
    }
    let choices = &mut Choices::new(bytes);
    let url = pieces::url(choices);
    let url = choices
        .any(&[
            "",
            "/paths/invoke",
            "/paths/invoke/{id}",
            "/paths/invoke/%7Bid%7D?x=1",
            "?y=/paths/invoke/{z}",
        ])
        .to_owned()
        + &url;
    let url = if choices.below(8) == 1 {
        pieces::url(choices) + &url
    } else {
        url
    };
    let queries =
        json!({ choices.text(): choices.text(), choices.text(): choices.text(), "sig": null });
    let inner = match choices.below(4) {
        0 => json!({ "value": url, "method": "GET" }),
        1 => json!({ "$content": url }),
        2 => json!({ "basePath": url, "queries": queries }),
        _ => json!({ "value": "", "basePath": url, "queries": [choices.text(), 1, null] }),
    };
    callback(&if choices.below(2) == 0 {
        json!({ "response": inner })
    } else {
        inner
    });
}

/// A `WWW-Authenticate` header, and an error's body: what is taken for claims is JSON in its quotes, and a code is
/// never empty.
pub fn challenge(header: &str) {
    let headers = foreign(json!({ "www-authenticate": header }));
    let claims = claims_challenge(&JsonPage, &headers);
    if let Some(claims) = &claims {
        assert!(claims.trim_start().starts_with('{'), "{header:?}");
        assert!(header.contains("claims=\""), "{header:?}");
    }
    // What Entra sends is read back whole, whatever is in it and around it.
    let wanted =
        json!({ "access_token": { "nbf": { "essential": true, "value": header } } }).to_string();
    let plain = wanted.replace('\\', "\\\\").replace('"', "\\\"");
    let encoded = super::tokens::base64(&wanted);
    for written in [plain, encoded] {
        let around = format!(
            "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{written}\", x=\"{}\"",
            header.replace(['"', '\\'], "")
        );
        let headers = foreign(json!({ "www-authenticate": around }));
        assert_eq!(
            claims_challenge(&JsonPage, &headers).as_deref(),
            Some(wanted.as_str())
        );
    }
    if let Ok(body) = serde_json::from_str::<Value>(header)
        && let Some(said) = service_error(&JsonPage, Some(&foreign(body.clone())))
    {
        assert_eq!(body["error"]["code"].as_str(), Some(said.code.as_str()));
        assert!(!said.code.is_empty());
    }
}

/// A `Retry-After` header, at a time: never negative and never without end, and only what HTTP allows.
pub fn retry_after(header: &str, now_s: u32) {
    let now_ms = f64::from(now_s) * 1000.0;
    let wait = retry_after_ms(Some(header), now_ms, |date| {
        // Of all that Date.parse may make of a text, nothing may matter but HTTP's own dates.
        Some(httpdate_ms(date).unwrap_or(f64::from(u32::MAX)))
    });
    let text = header.trim();
    let seconds = || {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse::<u32>().ok())?
    };
    let fixdate = || httpdate_ms(text).filter(|_| text.len() == 29);
    let expected = match (seconds(), fixdate()) {
        (Some(seconds), _) => Some(f64::from(seconds) * 1000.0),
        (None, Some(date)) => Some((date - now_ms).max(0.0)),
        (None, None) => None,
    };
    // What has the shape of a date, and is none, is left to Date.parse.
    let is_shaped = text.len() == 29 && text.ends_with(" GMT");
    if expected.is_some() || !is_shaped {
        assert_eq!(wait, expected, "{header:?}");
    }
    for failures in [0, 1, 7, u32::MAX] {
        let delay = delay_ms(failures, wait, 0.999);
        assert!(delay.is_finite() && delay >= 0.0, "{header:?}");
    }
}

fn httpdate_ms(text: &str) -> Option<f64> {
    let date = httpdate::parse_http_date(text).ok()?;
    let since = date.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Some(since.as_secs_f64() * 1000.0)
}
