//! Keeps tokens and SAS signatures out of every text that leaves the module.

use crate::model::percent;
use crate::policy::text::after;

/// How `{"` begins in base64.
const TOKEN_START: &str = "eyJ";
const REDACTED: &str = "[redacted]";
/// What is encoded more often than this is not read any further and counts as a secret.
const MAX_NESTING: usize = 5;

/// The text without anything that looks like a JSON Web Token or a SAS signature.
///
/// It errs on the side of taking out too much: what it guards is shown to people and logged by hosts.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()));
        if is_token(word) {
            // Whatever else of it the word's end cut off, such as base64 with `+` and `/`.
            clean.push_str(REDACTED);
            rest = after.trim_start_matches(|c: char| !ends_a_value(c));
            continue;
        }
        clean.push_str(word);
        let value = after.trim_start_matches(['"', '\'', '\\', '=', ':', ' ']);
        let (separator, _) = after.split_at(after.len().saturating_sub(value.len()));
        if names_a_signature(word) && separator.contains(['=', ':']) {
            clean.push_str(separator);
            clean.push_str(REDACTED);
            rest = value.trim_start_matches(|c: char| !ends_a_value(c));
        } else {
            let next = after.find(is_word).unwrap_or(after.len());
            let (between, next) = after.split_at(next);
            clean.push_str(between);
            rest = next;
        }
    }
    clean
}

/// The text without a secret that is known, whatever it looks like.
#[must_use]
pub fn without(text: &str, secret: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while !secret.is_empty()
        && let Some(next) = after(rest, secret)
    {
        let before = rest.len().saturating_sub(next.len() + secret.len());
        clean.push_str(rest.split_at(before).0);
        clean.push_str(REDACTED);
        rest = next;
    }
    clean + rest
}

fn ends_a_value(c: char) -> bool {
    matches!(
        c,
        '&' | ' ' | '\\' | '"' | '\'' | '\n' | '<' | '>' | ',' | ';'
    )
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%')
}

/// A part that begins as `{"` does in base64, one very long word (an opaque token), or a URL that was
/// encoded into a parameter, however often, and carries either.
fn is_token(word: &str) -> bool {
    if after(word, TOKEN_START).is_some() || (word.len() > 256 && !word.contains('%')) {
        return true;
    }
    let mut text = word.to_owned();
    for _ in 0..MAX_NESTING {
        let decoded = percent::decode(&text);
        if decoded == text {
            return false;
        }
        let names = decoded
            .split(['?', '&', ';'])
            .filter_map(|pair| pair.split_once('='));
        if after(&decoded, TOKEN_START).is_some()
            || names.into_iter().any(|(name, _)| names_a_signature(name))
        {
            return true;
        }
        text = decoded;
    }
    true
}

/// `sig` or `signature` as a name by itself, also behind an ampersand that JSON wrote as `\u0026`.
fn names_a_signature(word: &str) -> bool {
    let name = percent::decode(word).to_ascii_lowercase();
    ["sig", "signature"].iter().any(|known| {
        name.strip_suffix(known).is_some_and(|before| {
            before.ends_with("u0026")
                || !before.ends_with(|last: char| last.is_ascii_alphanumeric())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_secret_is_taken_out_wherever_it_is() {
        for (text, clean) in [
            ("opaque", "[redacted]"),
            ("a opaque-opaque.", "a [redacted]-[redacted]."),
            ("nothing", "nothing"),
            ("", ""),
        ] {
            assert_eq!(without(text, "opaque"), clean);
        }
        assert_eq!(without("text", ""), "text");
    }

    #[test]
    fn tokens_and_signatures_are_taken_out_of_any_text() {
        for (text, clean) in [
            ("plain words stay", "plain words stay"),
            (
                "Bearer eyJ0eXAi.eyJhdWQi.c2lnbmF0dXJl refused",
                "Bearer [redacted] refused",
            ),
            (
                "https://x.logic.azure.com/a?sp=%2Frun&sv=1.0&sig=AbC-_%2Bd%3D&x=1",
                "https://x.logic.azure.com/a?sp=%2Frun&sv=1.0&sig=[redacted]&x=1",
            ),
            ("SIG=abc", "SIG=[redacted]"),
            ("signature=abc", "signature=[redacted]"),
            ("s%69g=abc&x", "s%69g=[redacted]&x"),
            ("{\"sig\": \"abc\"}", "{\"sig\": \"[redacted]\"}"),
            ("a sig was missing", "a sig was missing"),
            ("sig=a+b/c==", "sig=[redacted]"),
            ("?sv=1\\u0026sig=AbC", "?sv=1\\u0026sig=[redacted]"),
            ("design=big", "design=big"),
            (
                "go to x?url=https%3A%2F%2Fa%2Fb%3Fsv%3D1%26sig%3DAbC",
                "go to x?url=[redacted]",
            ),
            ("?u=a%253Fsig%253DAbC&b=1", "?u=[redacted]&b=1"),
            ("%26sig%3DAbC+dEf/g==", "[redacted]"),
            ("?u=%3Fsig%3DAbC/dEf&b=1", "?u=[redacted]&b=1"),
            ("50%25 of x%3D1", "50%25 of x%3D1"),
            ("ünïcode sig=ä…ö end", "ünïcode sig=[redacted] end"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    #[test]
    fn what_was_encoded_too_often_to_be_read_counts_as_a_secret() {
        let encoded = |times| {
            (0..times).fold("a b".to_owned(), |text, _| {
                let mut more = String::new();
                percent::encode(&text, &mut more);
                more
            })
        };
        assert_eq!(redact(&encoded(4)), encoded(4));
        assert_eq!(redact(&encoded(5)), "[redacted]");
    }

    #[test]
    fn a_word_too_long_for_a_name_is_an_opaque_token() {
        let name = "n".repeat(256);
        assert_eq!(redact(&name), name);
        for length in [257, 1_000] {
            let token = "n".repeat(length);
            assert_eq!(redact(&["Bearer ", &token].concat()), "Bearer [redacted]");
        }
        // An address in a parameter may be as long, and says what was called.
        let address = ["?u=https%3A%2F%2Fa%2F", &name].concat();
        assert_eq!(redact(&address), address);
    }
}
