//! Searching in text. The standard library's search for a string brings 2 kB of it into the module; the
//! texts here are short.

/// What follows the first `mark` in `text`.
#[must_use]
pub fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.char_indices()
        .find_map(|(at, _)| text.get(at..)?.strip_prefix(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_mark_is_found_anywhere() {
        assert_eq!(after("https://x", "://"), Some("x"));
        assert_eq!(after("ä=ö=ü", "="), Some("ö=ü"));
        assert_eq!(after("abc", "c"), Some(""));
        assert_eq!(after("abc", "d"), None);
        assert_eq!(after("", "d"), None);
    }
}
