//! Percent-encoding for what callers put into a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// RFC 3986's unreserved characters stay as they are; everything else is escaped, so that nothing a
/// caller writes can end a segment, a parameter or the path.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(crate) fn encode(text: &str, into: &mut String) {
    into.extend(utf8_percent_encode(text, RESERVED));
}

/// What the escapes stand for, as far as that is ASCII; each other byte becomes a `~`. Names are recognised
/// in it, nothing is made of it.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text)
        .map(|byte| char::from(if byte.is_ascii() { byte } else { b'~' }))
        .collect()
}
