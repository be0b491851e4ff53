//! What may be written into an operation's row, and under which names.

use crate::policy::text::after;

/// The longest name that Dataverse has.
const MAX_NAME: usize = 128;
/// A token's header is not read further than this.
const HEADER_CHARS: usize = 1024;

/// Whether a text is a logical name, which goes into an OData query as it is: `prefix_name`, of lower-case letters,
/// digits and `_`.
#[must_use]
pub fn is_logical_name(text: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(named)
}

/// Whether a JSON Web Token, signed or encrypted, is anywhere in a text: a header in base64 that names its `alg`, a
/// dot, and more.
#[must_use]
pub fn holds_a_token(text: &str, decode_base64: &dyn Fn(&str) -> Option<String>) -> bool {
    let mut rest = text;
    // The part before each dot may be a header; what follows must go on as a token does.
    while let Some((part, next)) = split_at_a_dot(rest) {
        let before = part.bytes().rposition(|byte| !is_base64url(byte));
        let header = part.get(before.map_or(0, |at| at + 1)..);
        let goes_on = |byte: &u8| is_base64url(*byte) || *byte == b'.';
        if next.as_bytes().first().is_some_and(goes_on)
            && header.is_some_and(|header| holds_a_header(header, decode_base64))
        {
            return true;
        }
        rest = next;
    }
    false
}

fn split_at_a_dot(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == b'.')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Whether the word ends in a header, whatever it begins with.
fn holds_a_header(word: &str, decode_base64: &dyn Fn(&str) -> Option<String>) -> bool {
    let begins = |at: usize| {
        let header = word.get(at..(at + HEADER_CHARS).min(word.len()))?;
        // How a brace begins in base64.
        if !header.starts_with('e') {
            return None;
        }
        let text = decode_base64(header).filter(|text| text.starts_with('{'))?;
        after(&text, "\"alg\"").map(|_| ())
    };
    (0..word.len()).any(|at| begins(at).is_some())
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn decode(text: &str) -> Option<String> {
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    #[test]
    fn a_logical_name_is_nothing_that_a_query_could_be_changed_with() {
        let longest = "a".repeat(128);
        for name in ["ef_flowoperation", "account", "cr1f_x2", longest.as_str()] {
            assert!(is_logical_name(name), "{name}");
        }
        let too_long = "a".repeat(129);
        for name in [
            "",
            "EF_Input",
            "_ef",
            "1ef",
            "ef-input",
            "ef_input,ef_secret",
            "ef_input&$filter=1 eq 1",
            "ef_input)",
            "ef/input",
            "ef%5finput",
            "ef input",
            "ef_ünput",
            "__proto__",
            "ef_input\n",
            too_long.as_str(),
        ] {
            assert!(!is_logical_name(name), "{name}");
        }
    }

    #[test]
    fn a_token_is_seen_wherever_it_is() {
        let header = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let signed = header(r#"{"typ":"JWT","alg":"RS256"}"#) + ".eyJhdWQiOiJ4In0.c2ln";
        let late =
            header(&format!(r#"{{"kid":"{}","alg":"ES256"}}"#, "k".repeat(300))) + ".e30.c2ln";
        for text in [
            signed.clone(),
            late,
            format!(r#"{{"order":1,"auth":"Bearer {signed}"}}"#),
            format!("a.b.c {signed}"),
            format!("v1.{signed}"),
            format!("token{signed}"),
            format!("?access_token={signed}&x=1"),
            format!("Bearer%20{signed}"),
            format!("„{signed}“"),
            // Unsigned, encrypted to a shared key, and with white space as RFC 7515 has it.
            header(r#"{"alg":"none"}"#) + ".e30.",
            header(r#"{"alg":"dir","enc":"A256GCM"}"#) + "..aXY.dGV4dA.dGFn",
            header("{ \"alg\" : \"HS256\"}") + ".e30.c2ln",
            header("{\r\n \"alg\":\"HS256\"}") + ".e30.c2ln",
        ] {
            assert!(holds_a_token(&text, &decode), "{text}");
        }
    }

    #[test]
    fn what_only_resembles_a_token_is_let_through() {
        let part = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        for text in [
            String::new(),
            "42".to_owned(),
            "KeyJobDescription.final.docx".to_owned(),
            "eyJ.eyJ.eyJ".to_owned(),
            "https://contoso.example/a.b.c?x=1.2.3".to_owned(),
            r#"{"alg":"RS256","text":"Ünïcode. Ende."}"#.to_owned(),
            // The header alone is no token, nor is it at the end of a sentence.
            part.clone(),
            format!("{part}."),
            format!("{part}. Next"),
            // A header of something else.
            URL_SAFE_NO_PAD.encode(r#"{"page":3}"#) + ".abc.def",
        ] {
            assert!(!holds_a_token(&text, &decode), "{text}");
        }
    }
}
