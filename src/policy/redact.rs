//! Keeps tokens and SAS signatures out of every text that leaves the module.

const REDACTED: &str = "[redacted]";

/// The text without anything that looks like a JSON Web Token or a SAS signature.
///
/// It errs on the side of taking out too much: what it guards is shown to people and logged by hosts.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()));
        clean.push_str(if is_token(word) { REDACTED } else { word });
        let value = after.trim_start_matches(|c: char| matches!(c, '"' | '\'' | '=' | ':' | ' '));
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

fn ends_a_value(c: char) -> bool {
    matches!(c, '&' | ' ' | '"' | '\'' | '\n' | '<' | '>' | ',' | ';')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%')
}

/// Three base64url parts that begin as `{"` does, or one very long word: an opaque token.
fn is_token(word: &str) -> bool {
    word.contains("eyJ") || (word.len() > 256 && !word.contains('%'))
}

fn names_a_signature(word: &str) -> bool {
    let name = crate::model::percent::decode(word);
    let name = name.rsplit(['.', '_', '-']).next().unwrap_or_default();
    name.eq_ignore_ascii_case("sig") || name.eq_ignore_ascii_case("signature")
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("s%69g=abc&x", "s%69g=[redacted]&x"),
            ("{\"sig\": \"abc\"}", "{\"sig\": \"[redacted]\"}"),
            ("a sig was missing", "a sig was missing"),
            ("sig=a+b/c==", "sig=[redacted]"),
            ("design=big", "design=big"),
            ("ünïcode sig=ä…ö end", "ünïcode sig=[redacted] end"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }
}
