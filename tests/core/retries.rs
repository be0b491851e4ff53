//! What is tried again, when, and what never is. Every delay is asserted to the millisecond.

use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::policy::request::Method;
use serde_json::json;

use crate::world::*;

fn throttled() -> HttpReply {
    service(429, "WorkflowRunActionThrottled")
}

fn throttled_for(retry_after: &str) -> HttpReply {
    throttled().header("Retry-After", retry_after)
}

/// What `idempotent` opens.
fn ambiguous() -> Vec<HttpReply> {
    let mut replies = vec![
        drops(),
        breaks_off(200),
        service(502, "NoResponse"),
        service(504, "NoResponse"),
    ];
    for status in [502, 503, 504] {
        replies.extend([
            gateway(status),
            service(status, "SomethingNew"),
            flow(status, json!({})),
            breaks_off(status),
        ]);
    }
    replies
}

#[test]
fn a_throttled_call_waits_as_many_seconds_as_the_service_says() {
    let (world, caller) = warm_scene();
    world.trigger.then(throttled_for("5"));
    let answer = caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent", "0 POST with t1", "5000 POST with t1"]
    );
    assert_eq!((answer.attempts, answer.duration_ms), (2, 5000.0));
    world.assert_at_rest();
}

#[test]
fn a_throttled_call_waits_until_the_date_that_the_service_says() {
    let (world, caller) = scene();
    world
        .trigger
        .then(throttled_for("Tue, 24 Nov 2026 08:00:30 GMT"));
    caller.succeeds(call());
    assert_eq!(
        world.story()[3..],
        ["0 POST with t1", "30000 POST with t1"].map(str::to_owned)
    );
}

#[test]
fn a_date_that_is_over_by_the_devices_clock_means_now() {
    let (world, caller) = scene();
    world.date_skew_ms.set(3_600_000.0);
    world
        .trigger
        .then(throttled_for("Tue, 24 Nov 2026 08:00:30 GMT"));
    caller.succeeds(call());
    assert_eq!(world.now(), 0.0);
}

#[test]
fn without_a_retry_after_the_delays_double_with_full_jitter() {
    for (random, times) in [
        (0.5, ["0", "250", "750", "1750"]),
        (0.25, ["0", "125", "375", "875"]),
        (0.0, ["0", "0", "0", "0"]),
    ] {
        let (world, caller) = warm_scene();
        world.random.set(random);
        for _ in 0..3 {
            world.trigger.then(throttled());
        }
        assert_eq!(caller.succeeds(call()).attempts, 4);
        assert_eq!(
            world.story()[1..],
            times.map(|time| format!("{time} POST with t1")),
            "{random}"
        );
    }
}

#[test]
fn garbage_in_retry_after_is_as_if_it_were_not_there() {
    for garbage in ["", "soon", "-5", "1e9", "99999999999999999999 s", "\u{661}"] {
        let (world, caller) = warm_scene();
        world.trigger.then(throttled_for(garbage));
        caller.succeeds(call());
        assert_eq!(world.now(), 250.0, "{garbage}");
    }
}

#[test]
fn there_are_as_many_attempts_as_max_attempts_says() {
    for max_attempts in [1, 2, 4, 7] {
        let (world, caller) = warm_scene_with(|settings| settings.max_attempts = max_attempts);
        world.trigger.always(|_| throttled());
        let error = caller.fails(call());
        assert_eq!(
            (told(&error), error.status),
            ((Code::Throttled, Stage::Invoke, false), Some(429))
        );
        assert_eq!(world.count("POST"), max_attempts as usize);
        assert!(error.code.retryable());
    }
}

#[test]
fn a_wait_beyond_the_deadline_ends_at_once_with_what_the_service_said() {
    for retry_after in ["10", "11", "86400"] {
        let (world, caller) = warm_scene();
        world.trigger.then(throttled_for(retry_after));
        let error = caller.fails(call().timeout(10_000.0));
        assert_eq!(
            (told(&error), world.now()),
            ((Code::Throttled, Stage::Invoke, false), 0.0),
            "{retry_after}"
        );
        world.assert_at_rest();
    }
}

#[test]
fn the_deadline_counts_from_the_calls_start_over_all_attempts() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| throttled_for("4"));
    let error = caller.fails(call().timeout(10_000.0));
    assert_eq!(
        (error.code, world.now(), world.count("POST")),
        (Code::Throttled, 8000.0, 3)
    );
}

#[test]
fn a_401_is_answered_by_one_forced_refresh_with_its_claims_challenge() {
    let (world, caller) = warm_scene();
    let claims = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, claims);
    world.trigger.then(challenge(&format!(
        "Bearer error=\"insufficient_claims\", claims=\"{encoded}\""
    )));
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 POST with t1",
            "0 silent forced with claims",
            "0 POST with t2"
        ]
    );
    let asked = &world.log.tokens()[1].ask;
    assert_eq!(
        (asked.force_refresh, asked.claims.as_deref()),
        (true, Some(claims))
    );
}

#[test]
fn a_401_without_readable_claims_is_answered_by_a_forced_refresh_alone() {
    for refusal in [
        service(401, "ExpiredToken"),
        challenge("Bearer error=\"invalid_token\""),
        challenge("Bearer claims=\"\""),
        challenge("Bearer claims=\"not base64!\""),
        challenge("Bearer claims=\"bm90IGpzb24=\""),
    ] {
        let (world, caller) = warm_scene();
        world.trigger.then(refusal);
        caller.succeeds(call());
        assert_eq!(
            world.story(),
            [
                "0 silent",
                "0 POST with t1",
                "0 silent forced",
                "0 POST with t2"
            ]
        );
    }
}

#[test]
fn claims_that_are_not_encoded_are_passed_on_whole() {
    let (world, caller) = warm_scene();
    world.trigger.then(challenge(
        r#"Bearer claims="{\"access_token\":{\"nbf\":{\"essential\":true}}}", error="x""#,
    ));
    caller.succeeds(call());
    assert_eq!(
        world.log.tokens()[1].ask.claims.as_deref(),
        Some(r#"{"access_token":{"nbf":{"essential":true}}}"#)
    );
}

#[test]
fn a_401_is_never_answered_by_a_second_refresh() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| service(401, "ExpiredToken"));
    let error = caller.fails(call());
    assert_eq!(
        (told(&error), error.status),
        ((Code::Unauthorized, Stage::Invoke, false), Some(401))
    );
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 POST with t1",
            "0 silent forced",
            "0 POST with t2"
        ]
    );
}

#[test]
fn a_refresh_that_fails_is_not_tried_again() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| service(401, "ExpiredToken"));
    world
        .silent
        .then(token("t1"))
        .then(no_token("ServerError", ""))
        .then(token("t9"));
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::TokenFailed, Stage::Token, false));
    assert_eq!(
        world.story(),
        ["0 silent", "0 POST with t1", "0 silent forced"]
    );
}

#[test]
fn a_refresh_that_needs_the_user_says_so() {
    let (world, caller) = warm_scene();
    world.trigger.then(service(401, "ExpiredToken"));
    world.silent.then(token("t1")).then(wants_the_user());
    world.sso.then(wants_the_user());
    let error = caller.fails(call());
    assert_eq!(
        told(&error),
        (Code::InteractionRequired, Stage::Token, false)
    );
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn a_refreshed_call_may_still_be_throttled_and_repeated() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(service(401, "ExpiredToken"))
        .then(throttled_for("2"));
    assert_eq!(caller.succeeds(call()).attempts, 3);
    assert_eq!(
        world.story()[3..],
        ["0 POST with t2", "2000 POST with t2"].map(str::to_owned)
    );
}

#[test]
fn a_flow_that_is_gone_is_discovered_afresh_once() {
    let (world, caller) = warm_scene();
    moves(&world);
    let answer = caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 POST with t1",
            "0 silent",
            "0 row",
            "0 list with t1",
            "0 POST moved with t1"
        ]
    );
    assert_eq!(answer.attempts, 2);
    world.new_page();
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent", "0 POST moved with t1"],
        "the fresh URL is kept"
    );
}

#[test]
fn a_flow_that_is_gone_twice_is_not_discovered_twice() {
    let (world, caller) = warm_scene();
    moves(&world);
    world.at(MOVED).always(|_| gone());
    let error = caller.fails(call());
    assert_eq!(
        (told(&error), error.status),
        ((Code::FlowGone, Stage::Invoke, false), Some(404))
    );
    assert_eq!((world.count("list"), world.count("POST")), (1, 2));
}

#[test]
fn a_known_code_for_gone_is_worth_another_attempt_even_where_the_url_stays() {
    let (world, caller) = warm_scene();
    world.trigger.then(gone());
    caller.succeeds(call());
    assert_eq!((world.count("list"), world.count("POST")), (1, 2));
}

#[test]
fn an_unknown_code_for_gone_is_repeated_only_where_the_url_changed() {
    for status in [404, 410] {
        let (world, caller) = warm_scene();
        world
            .trigger
            .always(move |_| service(status, "SomethingNew"));
        let error = caller.fails(call());
        assert_eq!(
            told(&error),
            (Code::FlowGone, Stage::Invoke, false),
            "{status}"
        );
        assert_eq!(
            (world.count("list"), world.count("POST")),
            (1, 1),
            "{status}"
        );
        world.listing.always(|_| listed(MOVED));
        caller.succeeds(call());
        assert_eq!(world.count("POST moved"), 1);
    }
}

#[test]
fn a_flow_that_is_gone_and_can_not_be_discovered_tells_what_discovery_met() {
    let (world, caller) = warm_scene();
    world.trigger.then(gone());
    world
        .row
        .then(no_row(Some(-2_147_220_969.0), "Does Not Exist"));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::WorkflowNotFound, Stage::Workflow, false)
    );
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.count("list"), 1, "the URL that is gone is forgotten");
}

#[test]
fn a_callers_url_that_is_gone_can_not_be_discovered() {
    let (world, caller) = scene();
    world.trigger.always(|_| gone());
    assert_eq!(
        told(&caller.fails(call().at_url(TRIGGER))),
        (Code::FlowGone, Stage::Invoke, false)
    );
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
}

/// Found by the simulation: a flow was switched to "Anyone" and back, and the next call failed.
#[test]
fn a_url_that_takes_no_token_any_more_is_asked_for_anew_and_called_if_it_is_another() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(service(401, "OAuthAccessPolicyNotFound"));
    world.listing.always(|_| listed(MOVED));
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 POST with t1",
            "0 silent",
            "0 row",
            "0 list with t1",
            "0 POST moved with t1"
        ]
    );
}

#[test]
fn a_url_whose_signature_is_refused_is_asked_for_anew_and_called_if_it_is_another() {
    for code in SIGNATURE_REFUSED {
        let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
        world.listing.always(|_| listed(SAS));
        world.at(SAS).then(flow(200, json!({})));
        caller.succeeds(call());
        world.new_page();
        world.at(SAS).then(service(401, code));
        world.listing.always(|_| listed(MOVED));
        caller.succeeds(call());
        assert_eq!(
            (world.count("POST sas"), world.count("POST moved with")),
            (1, 1),
            "{code}"
        );
    }
}

#[test]
fn a_url_that_the_service_calls_wrong_is_not_called_again_where_there_is_no_other() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(service(401, "OAuthAccessPolicyNotFound"));
    assert_eq!(caller.fails(call()).code, Code::Unauthorized);
    assert_eq!((world.count("POST"), world.count("list")), (1, 1));
}

/// A flow may pass another service's refusal on: Azure Resource Manager's 403 has the code `AuthorizationFailed`.
#[test]
fn a_refusal_of_what_was_not_sent_is_no_reason_to_call_another_url() {
    for (status, code) in [
        (403, "AuthorizationFailed"),
        (401, "DirectApiInvalidAuthorizationScheme"),
        (400, "OAuthAccessPolicyNotFound"),
    ] {
        let (world, caller) = warm_scene();
        world.trigger.then(service(status, code));
        world.listing.always(|_| listed(MOVED));
        assert_eq!(caller.fails(call()).code, Code::Unauthorized, "{code}");
        assert_eq!((world.count("POST"), world.count("list")), (1, 0), "{code}");
    }
}

/// What the service says of the signature of a flow that was switched between "Anyone" and its tenant.
const SIGNATURE_REFUSED: [&str; 2] = ["AuthorizationFailed", "DirectApiInvalidAuthorizationScheme"];

#[test]
fn the_services_refusals_are_not_repeated() {
    for (status, code) in [
        (401, "MisMatchingOAuthClaims"),
        (403, "MisMatchingOAuthClaims"),
        (401, "DirectApiAuthorizationRequired"),
        (401, "DirectApiRequestHasMoreThanOneAuthorization"),
        (400, "TriggerInputSchemaMismatch"),
        (400, "InvalidRequestContent"),
        (400, "WorkflowTriggerIsNotEnabled"),
        (400, "WorkflowDisabled"),
        (400, "SomethingNew"),
        (403, "SomethingNew"),
        (413, "SomethingNew"),
    ] {
        for idempotent in [false, true] {
            let (world, caller) = warm_scene();
            world.trigger.always(move |_| service(status, code));
            caller.fails(call().edit(|call| call.idempotent = idempotent));
            assert_eq!(
                world.story(),
                ["0 silent", "0 POST with t1"],
                "{status} {code}"
            );
        }
    }
}

#[test]
fn what_may_have_run_is_not_repeated_without_the_callers_word() {
    for (index, reply) in ambiguous().into_iter().enumerate() {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| reply.clone());
        let error = caller.fails(call());
        assert!(error.may_have_run, "{index}");
        assert_eq!(world.count("POST"), 1, "{index}");
    }
}

#[test]
fn what_may_have_run_is_repeated_where_the_caller_said_idempotent() {
    for (index, reply) in ambiguous().into_iter().enumerate() {
        let (world, caller) = warm_scene();
        world.trigger.then(reply.clone()).then(reply);
        assert_eq!(caller.succeeds(call().idempotent()).attempts, 3, "{index}");
        assert_eq!(
            world.story()[1..],
            ["0 POST with t1", "250 POST with t1", "750 POST with t1"].map(str::to_owned),
            "{index}"
        );
    }
}

#[test]
fn idempotent_opens_nothing_but_502_503_504_and_the_network() {
    for status in [400, 401, 403, 404, 408, 409, 429, 500, 501, 505] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| flow(status, json!({})));
        assert_eq!(
            caller.fails(call().idempotent()).code,
            Code::FlowFailed,
            "{status}"
        );
        assert_eq!(world.count("POST"), 1, "{status}");
    }
    let (world, caller) = warm_scene();
    world.trigger.always(|_| service(500, "SomethingNew"));
    assert_eq!(caller.fails(call().idempotent()).code, Code::ServiceError);
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn an_idempotent_call_waits_as_the_service_says_too() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(service(503, "ServerBusy").header("retry-after", "3"));
    caller.succeeds(call().idempotent());
    assert_eq!(world.now(), 3000.0);
}

#[test]
fn an_idempotent_call_has_its_attempts_and_no_more() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| gateway(503));
    assert_eq!(
        told(&caller.fails(call().idempotent())),
        (Code::FlowFailed, Stage::Invoke, true)
    );
    assert_eq!(world.count("POST"), 4);
}

#[test]
fn get_and_head_start_a_run_and_are_not_idempotent_by_themselves() {
    for method in [Method::Get, Method::Head, Method::Put, Method::Delete] {
        for reply in ambiguous() {
            let (world, caller) = warm_scene();
            world.trigger.always(move |_| reply.clone());
            assert!(caller.fails(call().method(method)).may_have_run);
            assert_eq!(world.log.requests().len(), 1, "{}", method.as_str());
        }
    }
}

#[test]
fn a_request_that_the_browser_refuses_is_not_tried_again() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| refused_by_the_browser());
    let error = caller.fails(call().idempotent());
    assert_eq!(told(&error), (Code::InvalidArgument, Stage::Options, false));
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn no_mix_of_remedies_goes_on_for_ever() {
    let (world, caller) = warm_scene();
    world.random.set(0.0);
    world.listing.always(|_| listed(MOVED));
    world
        .trigger
        .then(service(401, "Expired"))
        .then(throttled())
        .then(gone());
    world
        .at(MOVED)
        .then(service(401, "Expired"))
        .then(gone())
        .then(throttled());
    let error = caller.fails(call().idempotent());
    assert_eq!(
        (told(&error), world.count("POST")),
        ((Code::Unauthorized, Stage::Invoke, false), 4)
    );
    assert_eq!((world.count("silent forced"), world.count("list")), (1, 1));
}
