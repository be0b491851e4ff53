//! What the flow service answers.

use proptest::prelude::*;

use crate::checks::answers;
use crate::draw::{bytes, cases, text};

#[test]
fn a_callback_answer_of_any_shape_names_the_url_that_it_names_or_none() {
    cases(1_000, bytes(96), |bytes| answers::callback_from(&bytes));
}

#[test]
fn claims_are_read_back_whole_from_a_challenge() {
    let start = prop_oneof![
        Just(""),
        Just("Bearer claims=\""),
        Just("claims=\"{\""),
        Just("{\"error\":{\"code\":\"")
    ];
    cases(1_000, (start, text()), |(start, text)| {
        answers::challenge(&(start.to_owned() + &text));
        answers::challenge(&(start.to_owned() + &text + "\"}}"));
    });
}

#[test]
fn a_wait_is_what_http_allows_and_never_negative() {
    let seconds = prop_oneof![
        proptest::string::string_regex("[ +-]?[0-9]{0,12}(\\.[0-9])?").unwrap(),
        text(),
        text().prop_map(|text| "May ".to_owned() + &text),
        text().prop_map(|text| "soon 5 ".to_owned() + &text),
    ];
    cases(1_000, (seconds, any::<u32>()), |(header, now)| {
        answers::retry_after(&header, now)
    });
    cases(512, (any::<u32>(), any::<u32>()), |(date, now)| {
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(date.into());
        answers::retry_after(&httpdate::fmt_http_date(date), now);
    });
}
