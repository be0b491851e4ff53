//! A 202 and the way to the flow's own answer.

use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::port::ReadAs;
use serde_json::json;

use crate::world::*;

/// Where the answer will be; the URL has its own signature.
const RUN: &str = "https://8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/00000000000000000000000000000001/runs/1/operations/2?api-version=1&sp=%2Fread&sv=1.0&sig=GEHEIM_run";
/// Where it moves to.
const NEXT: &str = "https://prod-01.westeurope.logic.azure.com:443/workflows/1/runs/1/operations/3?sig=GEHEIM_next";

fn going_on(location: &str) -> HttpReply {
    flow_says(202, "").header("location", location)
}

/// A warm scene whose flow answers asynchronously, and what is at the run's URL.
fn following() -> (std::rc::Rc<World>, Caller, std::rc::Rc<HttpScript>) {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| going_on(RUN));
    let run = world.at(RUN);
    run.always(|_| flow(200, json!({"done": true})));
    (world, caller, run)
}

fn polls(world: &World) -> Vec<f64> {
    let all = world.log.all();
    let polls = all.iter().filter(
        |asked| matches!(&asked.what, What::Http(sent) if sent.method == "GET" && sent.url.contains("/runs/")),
    );
    polls.map(|asked| asked.at).collect()
}

#[test]
fn a_202_is_followed_to_the_flows_answer_without_a_token_or_a_header() {
    let (world, caller, run) = following();
    run.then(going_on(RUN).header("retry-after", "3"));
    let answer = caller.succeeds(call());
    assert_eq!(
        (
            answer.status,
            answer.accepted,
            answer.attempts,
            data_of(&answer)
        ),
        (200, false, 1, json!({"done": true}))
    );
    assert_eq!(polls(&world), [20_000.0, 23_000.0]);
    for sent in world.log.requests().iter().skip(1) {
        assert_eq!(sent.url, RUN);
        assert!(sent.bearer.is_none() && sent.headers.is_empty() && sent.body.is_none());
    }
    assert_eq!(world.count("POST"), 1, "following starts nothing");
}

#[test]
fn a_later_location_takes_the_place_of_the_first() {
    let (world, caller, run) = following();
    world.at(NEXT).always(|_| flow(200, json!("moved")));
    run.then(going_on(NEXT).header("retry-after", "1"));
    assert_eq!(data_of(&caller.succeeds(call())), json!("moved"));
    assert_eq!(polls(&world), [20_000.0, 21_000.0]);
}

#[test]
fn what_can_not_be_followed_is_accepted() {
    for location in [
        None,
        Some("https://evil.example/runs/1?sig=x"),
        Some("http://prod-01.westeurope.logic.azure.com/runs/1"),
        Some("https://a@prod-01.westeurope.logic.azure.com/runs/1"),
        Some("/runs/1"),
        Some(""),
    ] {
        let (world, caller) = warm_scene();
        let reply = flow_says(202, "");
        world.trigger.then(match location {
            Some(location) => reply.header("location", location),
            None => reply,
        });
        let answer = caller.succeeds(call());
        assert_eq!(
            (answer.status, answer.accepted),
            (202, true),
            "{location:?}"
        );
        assert_eq!(world.log.requests().len(), 1, "{location:?}");
    }
}

#[test]
fn a_location_that_leads_away_later_is_not_followed_there() {
    let (world, caller, run) = following();
    run.then(going_on("https://evil.example/runs/1"));
    caller.succeeds(call());
    assert_eq!(polls(&world).len(), 2);
}

#[test]
fn the_callers_follow_false_ends_at_the_202() {
    let (world, caller, _) = following();
    let answer = caller.succeeds(call().edit(|call| call.follow = false));
    assert_eq!((answer.status, answer.accepted), (202, true));
    assert_eq!(world.log.requests().len(), 1);
}

#[test]
fn only_a_202_is_followed() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(flow(201, json!({"id": 1})).header("location", RUN));
    assert_eq!(caller.succeeds(call()).status, 201);
    assert_eq!(world.log.requests().len(), 1);
}

#[test]
fn following_ends_with_the_calls_time_and_says_that_the_flow_may_have_run() {
    let (world, caller, run) = following();
    run.always(|_| going_on(RUN));
    let error = caller.fails(call().timeout(70_000.0));
    assert_eq!(told(&error), (Code::Timeout, Stage::Poll, true));
    assert_eq!(polls(&world), [20_000.0, 40_000.0, 60_000.0]);
    world.assert_at_rest();
}

#[test]
fn the_callers_signal_ends_it_too() {
    let (world, caller, _) = following();
    let signal = Signal::default();
    let started = caller.start(call().signal(&signal));
    world.pass(5_000.0);
    signal.abort();
    let error = started.wait_to_fail();
    assert_eq!(told(&error), (Code::Aborted, Stage::Poll, true));
    world.assert_at_rest();
    assert_eq!(polls(&world), [0.0; 0]);
}

#[test]
fn trouble_on_the_way_is_asked_through() {
    for trouble in [
        drops(),
        gateway(502),
        service(503, "ServiceUnavailable"),
        service(429, "TooManyRequests").header("retry-after", "0"),
    ] {
        let (world, caller, run) = following();
        run.then(trouble);
        assert_eq!(caller.succeeds(call()).status, 200);
        assert_eq!(polls(&world).len(), 2);
    }
}

#[test]
fn a_look_that_hangs_is_given_up_and_taken_again() {
    let (world, caller, run) = following();
    run.then(flow_says(202, "").hangs());
    assert_eq!(caller.succeeds(call()).status, 200);
    assert_eq!(polls(&world), [20_000.0, 60_250.0]);
}

#[test]
fn trouble_that_stays_is_told_as_what_it_is() {
    for (trouble, code) in [
        (drops(), Code::Network),
        (service(429, "TooManyRequests"), Code::Throttled),
        (service(503, "ServiceUnavailable"), Code::ServiceError),
        (gateway(502), Code::FlowFailed),
        (service(502, "NoResponse"), Code::NoResponse),
    ] {
        let (world, caller, run) = following();
        run.always(move |_| trouble.clone());
        let error = caller.fails(call());
        assert_eq!(told(&error), (code, Stage::Poll, true));
        assert_eq!(polls(&world).len(), 4);
    }
}

#[test]
fn a_refusal_of_the_look_never_starts_the_flow_again() {
    for (status, name, code) in [
        (401, "AuthorizationFailed", Code::Unauthorized),
        (404, "WorkflowNotFound", Code::ServiceError),
        (500, "InternalServerError", Code::ServiceError),
    ] {
        let (world, caller, run) = following();
        run.always(move |_| service(status, name));
        let error = caller.fails(call().idempotent());
        assert_eq!(told(&error), (code, Stage::Poll, true), "{name}");
        assert_eq!((world.count("POST"), polls(&world).len()), (1, 1), "{name}");
        assert!(error.hint.contains("look at the run"), "{}", error.hint);
    }
}

#[test]
fn the_flows_own_error_at_the_end_is_flow_failed_with_its_data() {
    for status in [400, 404, 429] {
        let (world, caller, run) = following();
        run.always(move |_| flow(status, json!({"reason": "stock"})));
        let error = caller.fails(call());
        assert_eq!(told(&error), (Code::FlowFailed, Stage::Poll, true));
        assert_eq!(error.status, Some(status));
        assert!(error.data.is_some());
        assert_eq!(polls(&world).len(), 1, "it is the flow's word");
    }
}

#[test]
fn the_last_answer_is_what_accept_status_and_the_response_type_are_about() {
    let (_, caller, run) = following();
    run.always(|_| flow(409, json!({"reason": "stock"})));
    let answer = caller.succeeds(call().accepting(|status| status == 409));
    assert_eq!(answer.status, 409);
    run.always(|_| flow_says(200, "no JSON"));
    let error = caller.fails(call().edit(|call| call.read_as = Some(ReadAs::Json)));
    assert_eq!(told(&error), (Code::OutputInvalid, Stage::Poll, true));
    run.always(|_| breaks_off(200));
    let error = caller.fails(call().idempotent());
    assert_eq!(told(&error), (Code::Network, Stage::Poll, true));
}

#[test]
fn the_run_that_the_202_named_is_told_however_the_call_ends() {
    let named = || going_on(RUN).header("x-ms-workflow-run-id", "run-1");
    let (world, caller, run) = following();
    world.trigger.always(move |_| named());
    assert_eq!(caller.succeeds(call()).run_id.as_deref(), Some("run-1"));
    run.always(|_| drops());
    assert_eq!(caller.fails(call()).run_id.as_deref(), Some("run-1"));
    run.always(|_| service(500, "InternalServerError"));
    assert_eq!(caller.fails(call()).run_id.as_deref(), Some("run-1"));
    let error = caller.fails(call().timeout(5_000.0));
    assert_eq!(
        (error.code, error.run_id.as_deref()),
        (Code::Timeout, Some("run-1"))
    );
}

#[test]
fn a_202_that_asks_for_no_wait_is_not_asked_without_end() {
    let (world, caller, run) = following();
    run.always(|_| going_on(RUN).header("retry-after", "0"));
    caller.fails(call().timeout(23_500.0));
    assert_eq!(
        polls(&world),
        [20_000.0, 21_000.0, 22_000.0, 23_000.0],
        "a second at least"
    );
}
