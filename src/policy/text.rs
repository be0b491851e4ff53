//! Searching in text, and filling texts in. The standard library's search for a string brings 2 kB of it into the
//! module, its formatting more; the texts here are short.

/// What follows the first `mark` in `text`.
#[must_use]
pub fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.char_indices()
        .find_map(|(at, _)| text.get(at..)?.strip_prefix(mark))
}

/// A template with a value in the place of each `{}`, in their order. It has no other braces.
#[must_use]
pub fn filled(template: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut text = String::new();
    for part in template.split('{') {
        if let Some(rest) = part.strip_prefix('}') {
            text.push_str(values.next().copied().unwrap_or_default());
            text.push_str(rest);
        } else {
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_the_template_says() {
        assert_eq!(
            filled("It is {} and not {}.", &["a", "{}"]),
            "It is a and not {}."
        );
        assert_eq!(filled("{}{}", &["a", "b"]), "ab");
        assert_eq!(filled("It is.", &[]), "It is.");
    }

    #[test]
    fn what_follows_a_mark_is_found_anywhere() {
        assert_eq!(after("https://x", "://"), Some("x"));
        assert_eq!(after("ä=ö=ü", "="), Some("ö=ü"));
        assert_eq!(after("abc", "c"), Some(""));
        assert_eq!(after("abc", "d"), None);
        assert_eq!(after("", "d"), None);
    }
}
