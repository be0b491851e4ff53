use std::fmt;
use std::rc::Rc;

/// A token: readable only where a request is made of it. `Debug` redacts it, and nothing displays it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Rc<String>);

impl Secret {
    /// Takes the text out of reach of anything that prints.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Rc::new(text))
    }

    /// The text itself, for the request that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_token() {
        let shown = format!(
            "{:?}",
            Some(Secret::new("eyJhbGciOi.eyJhdWQi.c2ln".to_owned()))
        );
        assert_eq!(shown, "Some([redacted])");
    }
}
