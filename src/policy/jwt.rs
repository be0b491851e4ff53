//! Reads what a token says. Nothing is decided by it: it is for people, in a diagnosis.

use crate::model::Foreign;
use crate::port::Values;

/// The claims of a JSON Web Token; nothing of what is none.
#[must_use]
pub fn claims(
    values: &impl Values,
    token: &str,
    decode_base64: &dyn Fn(&str) -> Option<String>,
) -> Option<Foreign> {
    let payload = token.split('.').nth(1)?;
    let claims = values.parse(&decode_base64(payload)?)?;
    // A number has no members; an array has no claims.
    values.text(&claims, "aud").is_some().then_some(claims)
}
