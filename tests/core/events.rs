//! What is told of each step. The world fails a test by itself whose events have a URL, a token or a signature in them.

use std::cell::Cell;
use std::rc::Rc;

use entra_flow::settings::{CacheScope, Interaction};

use crate::world::*;

fn events(world: &World) -> Vec<String> {
    world
        .events
        .lines
        .take()
        .into_iter()
        .map(|line| line.replace(WORKFLOW, "ID"))
        .collect()
}

#[test]
fn a_cold_call_tells_of_each_request_with_its_time() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(30.0));
    world.row.then(row(RESOURCE).after(50.0));
    world.listing.then(listed(TRIGGER).after(20.0));
    world.trigger.then(
        flow(200, serde_json::json!({}))
            .header("x-ms-workflow-run-id", "run-1")
            .after(100.0),
    );
    caller.succeeds(call());
    assert_eq!(
        events(&world),
        [
            "0+30 token way=silent forced=false",
            "0+50 workflow workflowId=ID",
            "50+20 callbackUrl workflowId=ID trigger=manual cache=miss status=200",
            "70+100 invoke workflowId=ID method=POST attempt=1 status=200 runId=run-1",
        ]
    );
}

#[test]
fn a_warm_call_tells_that_the_url_was_known() {
    let (world, caller) = warm_scene();
    events(&world);
    caller.succeeds(call());
    assert_eq!(
        events(&world),
        [
            "0+0 callbackUrl workflowId=ID trigger=manual cache=hit",
            "0+0 token way=silent forced=false",
            "0+0 invoke workflowId=ID method=POST attempt=1 status=200",
        ]
    );
}

#[test]
fn a_call_that_another_copy_helped_tells_so() {
    let world = World::new();
    world.listing.then(listed(TRIGGER).after(40.0));
    let copy = || {
        world.client_with(|settings| {
            settings.cache = CacheScope::Page;
            settings.user = Some(ADA.to_owned());
        })
    };
    let (one, other) = (copy().start(call()), copy().start(call()));
    one.wait_to_succeed();
    other.wait_to_succeed();
    let told: Vec<_> = events(&world)
        .into_iter()
        .filter(|line| line.contains("callbackUrl"))
        .collect();
    assert_eq!(
        told,
        [
            "0+40 callbackUrl workflowId=ID trigger=manual cache=miss status=200",
            "0+40 callbackUrl workflowId=ID trigger=manual cache=shared",
        ]
    );
}

#[test]
fn a_wait_is_told_with_its_reason_before_it_begins() {
    let (world, caller) = warm_scene();
    events(&world);
    world
        .trigger
        .then(service(429, "TooManyRequests").header("retry-after", "5"));
    caller.succeeds(call());
    assert_eq!(
        events(&world)[2..],
        [
            "0+0 invoke workflowId=ID method=POST attempt=1 status=429: throttled",
            "0+5000 retry stage=invoke attempt=1 status=429: throttled",
            "5000+0 invoke workflowId=ID method=POST attempt=2 status=200",
        ]
    );
}

#[test]
fn a_read_that_is_asked_again_is_told_each_time() {
    let (world, caller) = scene();
    world.random.set(0.0);
    world.listing.then(drops()).then(gateway(503));
    caller.succeeds(call());
    let told = events(&world).join("\n");
    for part in [
        "cache=miss: network",
        "retry stage=discovery attempt=1: network",
        "cache=miss status=503: ",
        "retry stage=discovery attempt=2 status=503: ",
        "cache=miss status=200",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
}

#[test]
fn a_renewed_token_and_a_fresh_discovery_are_told_as_retries() {
    let (world, caller) = warm_scene();
    events(&world);
    world
        .trigger
        .then(challenge("Bearer error=\"invalid_token\""));
    caller.succeeds(call());
    let told = events(&world);
    assert_eq!(
        told[3..],
        [
            "0+0 retry stage=invoke attempt=1 status=401: unauthorized",
            "0+0 token way=silent forced=true",
            "0+0 invoke workflowId=ID method=POST attempt=2 status=200",
        ]
    );
    moves(&world);
    caller.succeeds(call());
    let told = events(&world).join("\n");
    assert!(
        told.contains("retry stage=invoke attempt=1 status=404: flow_gone"),
        "{told}"
    );
}

#[test]
fn each_way_to_a_token_is_told() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    world.silent.then(wants_the_user());
    world.sso.then(wants_the_user());
    world.popup.then(token("t1").after(3000.0));
    caller.succeeds(call());
    let told: Vec<_> = events(&world)
        .into_iter()
        .filter(|line| line.contains("token"))
        .collect();
    assert_eq!(
        told,
        [
            "0+0 token way=silent forced=false: interaction_required",
            "0+0 token way=sso forced=false: interaction_required",
            "0+3000 token way=popup forced=false",
        ]
    );
}

#[test]
fn a_request_that_the_caller_or_the_time_ended_is_told() {
    let (world, caller) = warm_scene();
    events(&world);
    world
        .trigger
        .always(|_| flow(200, serde_json::json!({})).hangs());
    caller.fails(call().timeout(700.0));
    assert_eq!(
        events(&world).last().unwrap(),
        "0+700 invoke workflowId=ID method=POST attempt=1: timeout"
    );
    let signal = Signal::default();
    let waiting = caller.start(call().signal(&signal));
    world.pass(50.0);
    signal.abort();
    waiting.wait_to_fail();
    assert_eq!(
        events(&world).last().unwrap(),
        "700+50 invoke workflowId=ID method=POST attempt=1: aborted"
    );
}

#[test]
fn an_event_of_a_url_with_a_signature_says_nothing_of_it() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.at(SAS);
    caller.succeeds(call().at_url(SAS));
    assert_eq!(
        events(&world),
        ["0+0 invoke method=POST attempt=1 status=200"]
    );
}

#[test]
fn a_callback_may_clear_the_cache_and_call_the_flow_meanwhile() {
    let (world, caller) = scene();
    let calls = Rc::new(Cell::new(0));
    let (inner, counted) = (caller.clone(), calls.clone());
    world.events.callback.replace(Some(Box::new(move |_| {
        if counted.get() < 20 {
            counted.set(counted.get() + 1);
            inner.client.clear_cache();
            drop(inner.start(call()));
        }
    })));
    caller.start(call()).wait_to_succeed();
    world.pass_all();
    world.events.callback.take();
    assert_eq!(calls.get(), 20);
    world.assert_at_rest();
}

#[test]
fn each_look_at_an_operation_is_told_with_the_rows_state() {
    let operator = operator();
    let looks = &operator.world.operations.look;
    looks.then(in_state(RUNNING).after(5.0)).then(offline());
    operator.run(patience()).unwrap();
    assert_eq!(
        events(&operator.world),
        [
            "625+5 poll status=2",
            "1567.5+0 poll: network",
            "2973.75+0 poll status=3",
        ]
    );
}

#[test]
fn a_throttled_row_is_told_as_a_retry() {
    let operator = operator();
    let create = &operator.world.operations.create;
    create.then(throttled(serde_json::json!({"retryAfter": 2})));
    operator.start(Some("go")).unwrap();
    assert_eq!(
        events(&operator.world),
        ["0+2000 retry stage=operation attempt=1: throttled"]
    );
}

#[test]
fn an_accepted_call_is_told_and_then_each_look_at_its_run() {
    const RUN: &str = "https://prod-01.westeurope.logic.azure.com:443/workflows/1/runs/1/operations/2?sig=GEHEIM_run";
    let (world, caller) = warm_scene();
    let going_on = || flow(202, serde_json::json!({})).header("location", RUN);
    world.trigger.then(
        going_on()
            .header("retry-after", "3")
            .header("x-ms-workflow-run-id", "run-1"),
    );
    let looks = world.at(RUN);
    looks.then(going_on().header("retry-after", "5"));
    looks.then(flow(200, serde_json::json!({})).after(10.0));
    events(&world);
    caller.succeeds(call());
    assert_eq!(
        events(&world).split_off(2),
        [
            "0+0 invoke workflowId=ID method=POST attempt=1 status=202 runId=run-1",
            "3000+0 poll status=202",
            "8000+10 poll status=200",
        ]
    );
}

#[test]
fn a_look_at_a_run_that_is_taken_again_is_told_with_its_reason() {
    const RUN: &str = "https://prod-01.westeurope.logic.azure.com:443/workflows/1/runs/1/operations/2?sig=GEHEIM_run";
    let (world, caller) = warm_scene();
    world.trigger.then(
        flow(202, serde_json::json!({}))
            .header("location", RUN)
            .header("retry-after", "3"),
    );
    let looks = world.at(RUN);
    looks
        .then(service(429, "TooManyRequests").header("retry-after", "7"))
        .then(drops());
    events(&world);
    caller.succeeds(call());
    assert_eq!(
        events(&world)[3..],
        [
            "3000+0 poll status=429: throttled",
            "3000+7000 retry stage=poll attempt=1 status=429: throttled",
            "10000+0 poll: network",
            "10000+500 retry stage=poll attempt=2: network",
            "10500+0 poll status=200",
        ]
    );
}

#[test]
fn a_call_by_a_variable_tells_of_the_variable_read_or_known() {
    use entra_flow::call::Target;
    use entra_flow::model::SchemaName;
    let (world, caller) = scene();
    world.variable("ef_EchoUrl", Some(TRIGGER), None);
    let by_variable = || call().to(Target::Variable(SchemaName::parse("ef_EchoUrl").unwrap()));
    caller.succeeds(by_variable());
    assert_eq!(
        events(&world),
        [
            "0+0 variable environmentVariable=ef_EchoUrl",
            "0+0 token way=silent forced=false",
            "0+0 invoke environmentVariable=ef_EchoUrl method=POST attempt=1 status=200",
        ]
    );
    caller.succeeds(by_variable());
    assert_eq!(
        events(&world),
        [
            "0+0 variable environmentVariable=ef_EchoUrl cache=hit",
            "0+0 token way=silent forced=false",
            "0+0 invoke environmentVariable=ef_EchoUrl method=POST attempt=1 status=200",
        ]
    );
}
