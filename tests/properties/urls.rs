//! Trigger URLs: what is trusted is what the URL standard opens.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::checks::trust::Fate;
use crate::checks::urls;
use crate::draw::{bytes, cases, text};

#[test]
fn what_is_admitted_is_what_is_opened_and_what_is_refused_is_no_form_of_the_services() {
    let fates = std::cell::RefCell::new(BTreeMap::<Fate, u32>::new());
    cases(6_000, bytes(48), |bytes| {
        *fates
            .borrow_mut()
            .entry(urls::trigger_url_pieces(&bytes))
            .or_default() += 1;
    });
    let fates = fates.into_inner();
    // Each kind was there, or the test would say nothing of it.
    for fate in [
        Fate::Admitted,
        Fate::Refused,
        Fate::Spelling,
        Fate::Fragment,
        Fate::Backslash,
        Fate::OddHost,
        Fate::NoUrl,
    ] {
        assert!(
            fates.get(&fate).is_some_and(|count| *count >= 10),
            "{fates:?}"
        );
    }
}

#[test]
fn any_text_behind_a_good_url_leaves_its_host_alone() {
    let base = prop_oneof![
        Just("https://prod-01.westeurope.logic.azure.com"),
        Just("https://prod-01.westeurope.logic.azure.com:443"),
        Just("https://prod-01.westeurope.logic.azure.com/"),
        Just("https://prod-01.westeurope.logic.azure.com/x?"),
        Just("https://"),
        Just("https:"),
    ];
    cases(1_000, (base, text()), |(base, text)| {
        urls::trigger_url(&(base.to_owned() + &text));
        urls::trigger_url(&(base.to_owned() + &text + ".logic.azure.com/"));
        urls::location((base.to_owned() + &text).as_bytes());
    });
}

#[test]
fn each_segment_and_parameter_of_the_callers_arrives_as_one_at_the_same_host() {
    let base = prop_oneof![
        Just("https://a.logic.azure.com/w/1/paths/invoke?api-version=1"),
        Just("https://a.logic.azure.com"),
        Just("https://a.logic.azure.com/x//?"),
        Just("https://a.logic.azure.com:8443/x/../y?sp=1&sig=z"),
    ];
    let path = proptest::collection::vec(text(), 0..4);
    let query = proptest::collection::vec((text(), text()), 0..4);
    cases(512, (base, path, query), |(base, path, query)| {
        urls::address_of(base, &path, &query)
    });
}

#[test]
fn endpoints_of_the_callers_own_are_an_origin_and_hosts_and_nothing_else() {
    let start = prop_oneof![
        Just(""),
        Just("https://"),
        Just("*."),
        Just("contoso.crm"),
        Just("https://api.example")
    ];
    let end = prop_oneof![
        Just(""),
        Just("/"),
        Just(".example"),
        Just(".dynamics.com"),
        Just(":8443")
    ];
    cases(1_000, (start, text(), end), |(start, text, end)| {
        urls::endpoints(&[start, &text, end].concat());
        urls::endpoints(&[start, end].concat());
    });
}

#[test]
fn a_password_in_a_variable_is_not_in_the_error_about_it() {
    let before = prop_oneof![
        Just("https://ada:"),
        Just(" https:ada:"),
        Just("HTTPS:\\\\ada:"),
        Just("https://ada:x@y:"),
        Just("h\tttps://a:")
    ];
    let after = prop_oneof![
        Just("@a.logic.azure.com/x"),
        Just("@evil.example"),
        Just("@a.logic.azure.com/x?sig=x"),
        Just("\t@a.logic.azure.com"),
        Just("/@x"),
    ];
    let secret = proptest::string::string_regex("[A-Za-z0-9]{12}").unwrap();
    cases(
        512,
        (before, text(), secret, after),
        |(before, text, secret, after)| {
            urls::admission(before, &secret, after);
            urls::admission(&(before.to_owned() + &text), &secret, after);
        },
    );
}
