//! Writes texts into OData queries. Every text that goes into one goes through here.

use crate::model::percent;

/// A text as a literal of a query option: quoted, its own quotes doubled, and percent-encoded, so that
/// nothing in it can end the literal, the option or the URL.
#[must_use]
pub fn text_literal(text: &str) -> String {
    let mut literal = String::from("'");
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            literal.push_str("%27%27");
        }
        percent::encode(part, &mut literal);
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_its_literal_or_its_option() {
        for (text, literal) in [
            ("ef_EchoUrl", "'ef_EchoUrl'"),
            ("", "''"),
            ("O'Brien", "'O%27%27Brien'"),
            ("'", "'%27%27'"),
            ("''", "'%27%27%27%27'"),
            (
                "x' or '1' eq '1",
                "'x%27%27%20or%20%27%271%27%27%20eq%20%27%271'",
            ),
            ("x&$top=1#a?b/c", "'x%26%24top%3D1%23a%3Fb%2Fc'"),
            // A quote that was encoded beforehand is a text like any other.
            ("x%27 or 1", "'x%2527%20or%201'"),
            ("ü\r\n\\\"", "'%C3%BC%0D%0A%5C%22'"),
        ] {
            assert_eq!(text_literal(text), literal, "{text}");
        }
    }
}
