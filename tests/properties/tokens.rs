//! Tokens and signatures.

use proptest::prelude::*;

use crate::checks::tokens;
use crate::draw::{bytes, cases, text};

#[test]
fn a_tokens_claims_are_read_and_a_token_is_noticed_wherever_it_stands() {
    cases(512, text(), |text| tokens::token(&text));
    let parts = proptest::collection::vec(text(), 0..4);
    cases(512, parts, |parts| {
        let encoded: Vec<_> = parts.iter().map(|part| tokens::base64(part)).collect();
        tokens::token(&encoded.join("."));
    });
}

#[test]
fn nothing_is_left_of_a_secret_in_a_text() {
    cases(1_000, bytes(128), |bytes| tokens::secret(&bytes));
}

#[test]
fn what_was_redacted_once_has_nothing_more_to_take_out() {
    let word = prop_oneof![
        text(),
        Just("sig=".to_owned()),
        Just("eyJ".to_owned()),
        Just("%73ig%3D".to_owned()),
        Just("&".to_owned())
    ];
    cases(1_000, proptest::collection::vec(word, 0..8), |words| {
        tokens::redacted(&words.concat())
    });
}
