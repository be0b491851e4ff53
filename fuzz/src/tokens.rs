//! Tokens: what is read of one, where one is noticed, and that none is ever shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entra_flow::policy::jwt;
use entra_flow::policy::record::holds_a_token;
use entra_flow::policy::redact::{redact, without};
use entra_flow::port::Values;
use serde_json::{Value, json};

use super::choices::Choices;
use super::page::{JsonPage, decode_base64};

/// Text in the alphabet of tokens.
#[must_use]
pub fn base64(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A token as it came: claims only of a payload that is an object with an audience. And one that is made of the text:
/// its claims are read, and it is noticed wherever it stands.
pub fn token(text: &str) {
    let read = |token: &str| jwt::claims(&JsonPage, token, &decode_base64);
    if let Some(claims) = read(text) {
        let payload = decode_base64(text.split('.').nth(1).unwrap()).unwrap();
        let payload: Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(
            JsonPage.text(&claims, "aud").as_deref(),
            payload["aud"].as_str()
        );
        assert!(payload["aud"].is_string());
    }
    let made = [
        &base64(&json!({ "kid": text, "alg": "RS256" }).to_string()),
        &base64(&json!({ "aud": text, "upn": "ä" }).to_string()),
        "c2ln",
    ]
    .map(String::from)
    .join(".");
    let claims = read(&made).unwrap();
    assert_eq!(JsonPage.text(&claims, "aud").as_deref(), Some(text));
    assert_eq!(JsonPage.text(&claims, "upn").as_deref(), Some("ä"));
    // A header is read as far as Entra's are long.
    if made.find('.').is_some_and(|length| length < 1024) {
        for around in [
            ["", ""],
            ["Bearer ", " x"],
            ["a.", ".b"],
            ["{\"t\":\"", "\"}"],
            ["%20", "&x"],
        ] {
            let around = [around[0], &made, around[1]].concat();
            assert!(holds_a_token(&around, &decode_base64), "{around}");
        }
    }
    if holds_a_token(text, &decode_base64) {
        assert!(text.contains('.') && text.contains('e'), "{text:?}");
    }
}

/// Any text: what is left of it has no token's beginning and no signature's value, and is not changed by looking again.
pub fn redacted(text: &str) {
    let clean = redact(text);
    assert!(!clean.contains("eyJ"), "{text:?} became {clean:?}");
    assert_eq!(redact(&clean), clean, "{text:?}");
    let lower = clean.to_ascii_lowercase();
    for (at, _) in lower.match_indices("sig=") {
        let before = lower[..at].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '%')) {
            assert!(
                lower[at + 4..]
                    .trim_start_matches(['"', '\'', '\\', '=', ':', ' '])
                    .starts_with("[redacted]"),
                "{text:?} became {clean:?}"
            );
        }
    }
}

/// How a signature stands in a text.
const BEFORE: &[&str] = &[
    "?sig=",
    "&sig=",
    "&SIG=",
    "&s%69g=",
    "&%73ig=",
    "\\u0026sig=",
    "&amp;sig=",
    "\"sig\":\"",
    "\"sig\": \"",
    "'sig': '",
    "sig: ",
    "sig = ",
    "\\\"sig\\\":\\\"",
    "signature=",
    "&Signature=",
    "(sig=",
    ";sig=",
    "%26sig%3D",
    "%3Fsig%3D",
    "%2526sig%253D",
    "%252526sig%25253D",
    "\nsig=",
    "\tsig=",
    "sig=\"",
    "<sig=",
    "https://a.logic.azure.com/x?sp=%2Frun&sv=1.0&sig=",
];
const AFTER: &[&str] = &[
    "",
    "&x=1",
    " and more",
    "\"",
    "\"}",
    "'",
    "\n",
    "\\u0026x",
    "<",
    ",",
    ";",
    "#",
    ")",
    "%26x%3D1",
    "]",
    "ü",
    "…",
    "…&sig=x",
];

/// A signature or a token somewhere in a text: nothing of it is left.
pub fn secret(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    let is_token = choices.below(4) == 0;
    // As Azure writes them: 43 characters of base64url, or base64 with its last characters escaped.
    let length = 12 + choices.below(40);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut secret: String = (0..length)
        .map(|_| char::from(alphabet[choices.below(64)]))
        .collect();
    if is_token {
        secret = ["eyJ0eXAiOiJKV1QifQ.", &secret, ".", &secret].concat();
    } else if choices.below(3) == 0 {
        secret.push_str(choices.any(&["%2B", "%2F", "+", "/", "=", "%3D"]));
        secret.push_str("XYZxyzXYZxyz");
        secret.push_str(choices.any(&["%3D", "=", "==", ""]));
    }
    let mark = if is_token {
        choices.any(&[
            "Bearer ",
            "\"",
            "token=",
            "/",
            "?access_token=",
            "Bearer%20",
            "",
            "a.b.",
        ])
    } else {
        choices.any(BEFORE)
    };
    let after = choices.any(AFTER);
    // A name of its own just before would have the secret's name as its value.
    let before = choices.text().replace(['g', 'G', '%'], "");
    // A letter before a name makes another name of it.
    let gap = if mark.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        "\n"
    } else {
        ""
    };
    let behind = [after, &choices.text()].concat();
    let text = [&before, gap, mark, &secret, &behind].concat();
    let clean = redact(&text);
    for window in 0..secret.len() - 7 {
        let part = &secret[window..window + 8];
        assert!(
            !clean.contains(part) || before.contains(part) || behind.contains(part),
            "{text:?} became {clean:?}"
        );
    }
    assert!(!without(&text, &secret).contains(&secret) || secret.is_empty());
}
