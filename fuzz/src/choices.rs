//! Bytes as a row of choices: a fuzzer mutates them, proptest shrinks them, and a test in the browser draws them.

/// What is left of the bytes. When they run out, every choice is the first.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// From the first byte on.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// Any of them, each as likely.
    pub fn any<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// Mostly the first, sometimes any other.
    pub fn mostly_first<T: Copy>(&mut self, of: &[T]) -> T {
        if self.byte() < 205 {
            return of[0];
        }
        self.any(of)
    }

    /// How many, below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// A text of the next bytes, as many as the first says: for what callers and services write.
    pub fn text(&mut self) -> String {
        let length = self.below(24).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}
