//! `mayHaveRun`: true from the moment a request may have left, unless the service's answer proves the contrary.

use entra_flow::model::{ErrorCode as Code, Stage};
use serde_json::json;

use crate::world::*;

/// An idempotent call whose first attempt may have run the flow and whose second meets what the test says.
fn after_an_ambiguous_attempt() -> (std::rc::Rc<World>, Caller) {
    let (world, caller) = warm_scene();
    world.trigger.then(gateway(503));
    (world, caller)
}

#[test]
fn a_connection_that_drops_may_have_run_the_flow() {
    let (world, caller) = warm_scene();
    world.trigger.then(drops());
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::Network, Stage::Invoke, true));
    assert_eq!(
        error.cause.as_ref().map(text_of),
        Some("TypeError: Failed to fetch")
    );
}

#[test]
fn an_answer_that_breaks_off_may_have_run_the_flow() {
    let (world, caller) = warm_scene();
    world.trigger.then(breaks_off(200));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::Network, Stage::Invoke, true)
    );
}

#[test]
fn a_request_that_the_browser_refuses_ran_nothing() {
    let (world, caller) = warm_scene();
    world.trigger.then(refused_by_the_browser());
    assert_eq!(
        told(&caller.fails(call())),
        (Code::InvalidArgument, Stage::Options, false)
    );
}

#[test]
fn no_error_before_the_request_may_have_run_the_flow() {
    let failures: [fn(&World); 5] = [
        |world| {
            world.silent.then(no_token("ServerError", "invalid_client"));
        },
        |world| {
            world.row.then(no_row(Some(-2_147_220_960.0), ""));
        },
        |world| {
            world
                .listing
                .then(service(403, "InsufficientCdsPermissions"));
        },
        |world| {
            world.listing.then(listed("https://evil.example/"));
        },
        |world| {
            world.listing.then(listed(SAS));
        },
    ];
    for (index, fail) in failures.into_iter().enumerate() {
        let (world, caller) = scene();
        fail(&world);
        assert!(!caller.fails(call()).may_have_run, "{index}");
    }
}

#[test]
fn what_one_attempt_left_open_a_later_refusal_does_not_settle() {
    for (reply, expected) in [
        (service(401, "MisMatchingOAuthClaims"), Code::ClaimsMismatch),
        (
            service(400, "TriggerInputSchemaMismatch"),
            Code::InputRejected,
        ),
        (service(400, "WorkflowDisabled"), Code::FlowOff),
        (service(403, "SomethingNew"), Code::Unauthorized),
        (
            service(429, "SomethingNew").header("retry-after", "9999"),
            Code::Throttled,
        ),
        (refused_by_the_browser(), Code::InvalidArgument),
    ] {
        let (world, caller) = after_an_ambiguous_attempt();
        world.trigger.then(reply);
        let error = caller.fails(call().idempotent());
        assert_eq!(
            (error.code, error.may_have_run, world.count("POST")),
            (expected, true, 2)
        );
    }
}

#[test]
fn a_refresh_that_fails_after_an_ambiguous_attempt_tells_that_it_may_have_run() {
    let (world, caller) = after_an_ambiguous_attempt();
    world.trigger.then(service(401, "ExpiredToken"));
    world.silent.then(token("t1")).then(wants_the_user());
    world.sso.then(wants_the_user());
    assert_eq!(
        told(&caller.fails(call().idempotent())),
        (Code::InteractionRequired, Stage::Token, true)
    );
}

#[test]
fn a_fresh_discovery_that_fails_after_an_ambiguous_attempt_tells_that_it_may_have_run() {
    for (listing, expected) in [
        (
            service(403, "InsufficientCdsPermissions"),
            Code::DiscoveryForbidden,
        ),
        (listed("https://evil.example/"), Code::UntrustedUrl),
        (listed(SAS), Code::SasRefused),
    ] {
        let (world, caller) = after_an_ambiguous_attempt();
        world.trigger.then(gone());
        world.listing.then(listing);
        assert_eq!(
            told(&caller.fails(call().idempotent())),
            (expected, Stage::Discovery, true)
        );
    }
}

#[test]
fn a_fresh_url_that_does_not_fit_the_call_tells_that_an_earlier_attempt_may_have_run() {
    let (world, caller) = after_an_ambiguous_attempt();
    world.trigger.then(gone());
    world.listing.then(listed(&format!("{MOVED}&top=1")));
    let error = caller.fails(
        call()
            .idempotent()
            .edit(|call| call.query = vec![("top".to_owned(), "5".to_owned())]),
    );
    assert_eq!(
        (error.code, error.may_have_run),
        (Code::InvalidArgument, true)
    );
}

#[test]
fn time_that_runs_out_while_the_flow_works_may_have_run_it() {
    for reply in [
        flow(200, json!({})).hangs(),
        flow(200, json!({})).body_hangs(),
        gateway(503).body_hangs(),
    ] {
        let (world, caller) = warm_scene();
        world.trigger.then(reply);
        assert_eq!(
            told(&caller.fails(call().timeout(9000.0))),
            (Code::Timeout, Stage::Invoke, true)
        );
        assert_eq!(world.now(), 9000.0);
        world.assert_at_rest();
    }
}

#[test]
fn time_that_runs_out_after_an_ambiguous_attempt_tells_that_it_may_have_run() {
    let (world, caller) = after_an_ambiguous_attempt();
    world.trigger.then(service(401, "ExpiredToken"));
    world.silent.then(token("t1")).then(token("t2").hangs());
    assert_eq!(
        told(&caller.fails(call().idempotent().timeout(9000.0))),
        (Code::Timeout, Stage::Token, true)
    );
    let (world, caller) = after_an_ambiguous_attempt();
    world.trigger.then(gone());
    world.row.then(row(RESOURCE).hangs());
    assert_eq!(
        told(&caller.fails(call().idempotent().timeout(9000.0))),
        (Code::Timeout, Stage::Workflow, true)
    );
}

#[test]
fn time_that_runs_out_after_a_refusal_ran_nothing() {
    let (world, caller) = warm_scene();
    world.trigger.then(service(401, "ExpiredToken"));
    world.silent.then(token("t1")).then(token("t2").hangs());
    assert_eq!(
        told(&caller.fails(call().timeout(9000.0))),
        (Code::Timeout, Stage::Token, false)
    );
}

#[test]
fn an_abort_in_a_backoff_tells_what_the_attempts_left_open() {
    for (reply, may_have_run) in [(gateway(503), true), (service(429, "SomethingNew"), false)] {
        let (world, caller) = warm_scene();
        world.trigger.then(reply.header("retry-after", "5"));
        let signal = Signal::default();
        let running = caller.start(call().idempotent().signal(&signal));
        world.pass(2000.0);
        signal.abort();
        assert_eq!(
            told(&running.wait_to_fail()),
            (Code::Aborted, Stage::Invoke, may_have_run)
        );
    }
}

#[test]
fn an_ambiguous_attempt_before_a_good_one_is_no_error() {
    let (_, caller) = after_an_ambiguous_attempt();
    assert_eq!(caller.succeeds(call().idempotent()).attempts, 2);
}
