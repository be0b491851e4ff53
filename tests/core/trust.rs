//! Where a token may go. The world fails any test in which a bearer goes elsewhere; these say what happens instead.

use entra_flow::model::{Cloud, ErrorCode as Code, Stage};
use serde_json::json;

use crate::world::*;

/// None of these may get a token in the public cloud.
const UNTRUSTED: [&str; 16] = [
    "https://evil.example/workflows/1",
    "http://prod-01.westeurope.logic.azure.com/workflows/1",
    "https://user@prod-01.westeurope.logic.azure.com/workflows/1",
    "https://prod-01.westeurope.logic.azure.com@evil.example/workflows/1",
    "https://prod-01.westeurope.logic.azure.com.evil.example/workflows/1",
    "https://prod-01.westeurope.logic.azure.com\\@evil.example/workflows/1",
    "https://evil.example\\.logic.azure.com/workflows/1",
    "https://evil.example#.logic.azure.com/workflows/1",
    "https://evil.example?.logic.azure.com/workflows/1",
    "https://prod-01.westeurope.logic.azure.com./workflows/1",
    "https://logic.azure.com/workflows/1",
    "https://prod-01.usgov.logic.azure.us/workflows/1",
    "https://20.1.2.3/workflows/1",
    "https://xn--lgic-5qa.azure.com/workflows/1",
    "//prod-01.westeurope.logic.azure.com/workflows/1",
    "not a url",
];

#[test]
fn an_untrusted_url_that_the_service_names_gets_no_request() {
    for url in UNTRUSTED {
        let (world, caller) = scene();
        world.listing.then(listed(url));
        let error = caller.fails(call());
        assert_eq!(
            told(&error),
            (Code::UntrustedUrl, Stage::Discovery, false),
            "{url}"
        );
        assert_eq!(
            world.story(),
            ["0 silent", "0 row", "0 list with t1"],
            "{url}"
        );
        let shown = if url.contains('@') {
            "a URL with user info"
        } else if url.contains("://") {
            url
        } else {
            "something that is no URL"
        };
        assert!(error.message.contains(shown), "{}", error.message);
        caller.succeeds(call());
    }
}

#[test]
fn an_untrusted_url_of_the_callers_gets_neither_request_nor_token() {
    for url in UNTRUSTED.into_iter().chain([""]) {
        let (world, caller) = scene();
        let error = caller.fails(call().at_url(url));
        assert_eq!(
            told(&error),
            (Code::UntrustedUrl, Stage::Options, false),
            "{url}"
        );
        assert!(world.story().is_empty(), "{url}: {:?}", world.story());
    }
}

#[test]
fn an_untrusted_url_that_a_fresh_discovery_names_gets_no_request() {
    let (world, caller) = warm_scene();
    world.trigger.then(gone());
    world
        .listing
        .then(listed("https://evil.example/workflows/1"));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::UntrustedUrl, Stage::Discovery, false)
    );
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn an_untrusted_url_is_not_kept() {
    let (world, caller) = scene();
    world
        .listing
        .then(listed("https://evil.example/workflows/1"));
    caller.fails(call());
    caller.succeeds(call());
    assert_eq!(world.count("list"), 2);
}

#[test]
fn old_and_new_trigger_hosts_of_the_cloud_are_trusted() {
    for url in [
        TRIGGER,
        "https://prod-01.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01",
        "https://defaultaaaa.bb.environment.api.powerplatform.com/powerautomate/automations/direct/cu/01/workflows/1",
    ] {
        let (world, caller) = scene();
        world.at(url).always(|_| flow(200, json!({})));
        caller.succeeds(call().at_url(url));
        assert_eq!(world.log.requests()[0].url, url);
    }
}

#[test]
fn endpoints_of_the_callers_own_widen_the_list_by_what_they_name() {
    let custom = || {
        Cloud::custom(
            "api://gateway/".to_owned(),
            "https://flow-api.contoso.example",
            vec!["gateway.contoso.example".to_owned()],
        )
    };
    let (world, caller) = scene_with(|settings| settings.cloud = custom());
    world
        .also_trusted
        .replace(vec!["gateway.contoso.example".to_owned()]);
    let url = "https://gateway.contoso.example/flows/1";
    world.at(url).always(|_| flow(200, json!({})));
    caller.succeeds(call().at_url(url));
    assert_eq!(
        world.log.tokens()[0].ask.scopes,
        ["api://gateway//.default"]
    );
    assert_eq!(
        caller
            .fails(call().at_url("https://other.contoso.example/flows/1"))
            .code,
        Code::UntrustedUrl
    );
    assert_eq!(
        caller.fails(call().at_url(TRIGGER)).code,
        Code::UntrustedUrl
    );
}

#[test]
fn a_flow_api_that_is_not_https_gets_no_token() {
    let custom = Cloud::custom(
        "api://x/".to_owned(),
        "http://flow-api.contoso.example",
        vec![],
    );
    let (world, caller) = scene_with(|settings| settings.cloud = custom);
    assert_eq!(
        told(&caller.fails(call())),
        (Code::InvalidArgument, Stage::Options, false)
    );
    assert!(world.log.requests().is_empty());
}

#[test]
fn nothing_in_a_path_or_query_changes_the_host() {
    let (world, caller) = warm_scene();
    caller.succeeds(call().edit(|call| {
        call.path = [
            "@evil.example",
            "//evil.example",
            "..\\..",
            "?x#y",
            "%2e%2e",
        ]
        .map(str::to_owned)
        .to_vec();
        call.query = vec![("@evil.example/".to_owned(), "#".to_owned())];
    }));
    let url = &world.log.requests()[0].url;
    let (base, _) = TRIGGER.split_once('?').unwrap();
    let rest = url.strip_prefix(base).unwrap();
    assert!(
        !rest.contains(['@', '#', '\\']) && rest.matches('?').count() == 1,
        "{rest}"
    );
}

#[test]
fn a_sas_url_is_refused_with_a_way_out_and_not_kept() {
    let (world, caller) = scene();
    world.listing.then(listed(SAS));
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::SasRefused, Stage::Discovery, false));
    assert!(error.hint.contains("sas: \"allow\""), "{}", error.hint);
    assert_eq!(world.count("POST"), 0);
    caller.succeeds(call());
    assert_eq!(world.count("list"), 2);
}

#[test]
fn a_sas_url_of_the_callers_is_refused_before_anything_is_asked() {
    for url in [
        SAS.to_owned(),
        SAS.replace("sig=", "SIG="),
        SAS.replace("sig=", "s%69g="),
    ] {
        let (world, caller) = scene();
        assert_eq!(
            told(&caller.fails(call().at_url(&url))),
            (Code::SasRefused, Stage::Options, false),
            "{url}"
        );
        assert!(world.story().is_empty());
    }
}

#[test]
fn a_sas_url_that_is_allowed_goes_without_a_token() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.listing.always(|_| listed(SAS));
    world.at(SAS);
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 row",
            "0 list with t1",
            "0 POST sas without token"
        ]
    );
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 POST sas without token"]);
}

#[test]
fn a_sas_url_of_the_callers_that_is_allowed_needs_no_user() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.at(SAS);
    world.silent.always(|_| wants_the_user());
    caller.succeeds(call().at_url(SAS));
    assert_eq!(world.story(), ["0 POST sas without token"]);
}

#[test]
fn a_sas_url_that_is_allowed_has_to_be_trusted_all_the_same() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    assert_eq!(
        caller
            .fails(call().at_url("https://evil.example/workflows/1?sig=GEHEIM"))
            .code,
        Code::UntrustedUrl
    );
    assert!(world.story().is_empty());
}

#[test]
fn a_refused_signature_is_not_answered_by_a_token() {
    for code in [
        "AuthorizationFailed",
        "ExpiredToken",
        "DirectApiInvalidAuthorizationScheme",
    ] {
        let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
        world.at(SAS).always(move |_| service(401, code));
        assert_eq!(
            told(&caller.fails(call().at_url(SAS))),
            (Code::Unauthorized, Stage::Invoke, false),
            "{code}"
        );
        assert_eq!(world.story(), ["0 POST sas without token"], "{code}");
    }
}

#[test]
fn a_flow_that_is_switched_to_anyone_is_refused_by_the_next_discovery() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| gone());
    world.listing.always(|_| listed(SAS));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::SasRefused, Stage::Discovery, false)
    );
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn a_flow_that_is_switched_between_a_token_and_a_signature_gets_the_one_that_fits() {
    let (world, caller) = warm_scene_with(|settings| settings.sas_allowed = true);
    world.trigger.then(gone());
    world.listing.then(listed(SAS));
    world.at(SAS).then(flow(200, json!({}))).then(gone());
    caller.succeeds(call());
    assert_eq!(world.story().last().unwrap(), "0 POST sas without token");
    world.new_page();
    caller.succeeds(call());
    let story = world.story();
    assert_eq!(
        (
            story.first().unwrap().as_str(),
            story.last().unwrap().as_str()
        ),
        ("0 POST sas without token", "0 POST with t1")
    );
}
