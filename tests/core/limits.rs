//! The ends that a call can meet before its answer: its time and its caller's patience. Nothing is left after either.

use std::rc::Rc;

use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::settings::Interaction;
use serde_json::json;

use crate::world::*;

type Setup = fn(&World, &Gate);

/// Each place where a cold call can wait, the stage that it tells, and whether the flow may have run by then.
const WAITS: [(Setup, Stage, bool); 5] = [
    (
        |world, gate| {
            world.silent.then(token("t1").held_by(gate));
        },
        Stage::Token,
        false,
    ),
    (
        |world, gate| {
            world.row.then(row(RESOURCE).held_by(gate));
        },
        Stage::Workflow,
        false,
    ),
    (
        |world, gate| {
            world.listing.then(listed(TRIGGER).held_by(gate));
        },
        Stage::Discovery,
        false,
    ),
    (
        |world, gate| {
            world.trigger.then(flow(200, json!({})).held_by(gate));
        },
        Stage::Invoke,
        true,
    ),
    (
        |world, _| {
            world.trigger.then(flow(200, json!({})).body_hangs());
        },
        Stage::Invoke,
        true,
    ),
];

fn waiting_at(setup: Setup) -> (Rc<World>, Caller, Gate) {
    let (world, caller) = scene();
    let gate = Gate::default();
    setup(&world, &gate);
    (world, caller, gate)
}

#[test]
fn a_call_ends_when_its_time_is_up_and_tells_at_which_step() {
    for (index, (setup, stage, may_have_run)) in WAITS.into_iter().enumerate() {
        let (world, caller, gate) = waiting_at(setup);
        let error = caller.fails(call().timeout(5000.0));
        assert_eq!(
            (told(&error), world.now()),
            ((Code::Timeout, stage, may_have_run), 5000.0),
            "{index}"
        );
        gate.open();
        world.pass_all();
        world.assert_at_rest();
        caller.succeeds(call());
    }
}

#[test]
fn the_time_is_the_whole_calls() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(2000.0));
    world.listing.then(listed(TRIGGER).after(2000.0));
    world.trigger.then(flow(200, json!({})).after(2000.0));
    let error = caller.fails(call().timeout(5000.0));
    assert_eq!(
        (told(&error), world.now()),
        ((Code::Timeout, Stage::Invoke, true), 5000.0)
    );
}

#[test]
fn a_call_that_gives_itself_more_time_than_the_client_has_it_for_every_step() {
    let (world, caller) = scene_with(|settings| settings.timeout_ms = 10_000.0);
    world.row.then(row(RESOURCE).after(20_000.0));
    caller.succeeds(call().timeout(60_000.0));
    assert_eq!(world.now(), 20_000.0);
}

#[test]
fn an_answer_in_the_last_millisecond_is_in_time() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow(200, json!({})).after(4999.0));
    caller.succeeds(call().timeout(5000.0));
    world.assert_at_rest();
}

#[test]
fn time_that_runs_out_in_a_fresh_discovery_or_a_refresh_tells_that_step() {
    let (world, caller) = warm_scene();
    world.trigger.then(gone());
    world.listing.then(listed(MOVED).hangs());
    assert_eq!(
        told(&caller.fails(call().timeout(5000.0))),
        (Code::Timeout, Stage::Discovery, false)
    );
    let (world, caller) = warm_scene();
    world.trigger.then(service(401, "ExpiredToken"));
    world.silent.then(token("t1")).then(token("t2").hangs());
    assert_eq!(
        told(&caller.fails(call().timeout(5000.0))),
        (Code::Timeout, Stage::Token, false)
    );
}

#[test]
fn time_that_runs_out_while_discovery_renews_its_token_tells_the_token() {
    let (world, caller) = scene();
    world.listing.then(service(401, "ExpiredToken"));
    world.silent.then(token("t1")).then(token("t2").hangs());
    assert_eq!(
        told(&caller.fails(call().timeout(5000.0))),
        (Code::Timeout, Stage::Token, false)
    );
}

#[test]
fn a_user_who_thinks_long_in_the_window_is_waited_for() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    world.silent.then(wants_the_user());
    world.sso.then(wants_the_user());
    world.popup.then(token("t1").after(120_000.0));
    caller.succeeds(call());
    assert_eq!((world.count("popup"), world.now()), (1, 120_000.0));
}

#[test]
fn a_call_that_is_aborted_before_it_starts_asks_for_nothing() {
    for (world, caller) in [scene(), warm_scene()] {
        let signal = Signal::default();
        signal.abort();
        let error = caller.fails(call().signal(&signal));
        assert_eq!((error.code, error.may_have_run), (Code::Aborted, false));
        assert!(world.story().is_empty(), "{:?}", world.story());
        assert_eq!(signal.listeners(), 0);
        world.assert_at_rest();
    }
}

#[test]
fn a_call_that_is_aborted_in_the_middle_of_a_step_ends_at_once_with_the_callers_reason() {
    for (index, (setup, stage, may_have_run)) in WAITS.into_iter().enumerate() {
        let (world, caller, gate) = waiting_at(setup);
        let signal = Signal::default();
        let running = caller.start(call().signal(&signal));
        world.pass(1000.0);
        signal.abort();
        let error = running.wait_to_fail();
        assert_eq!(
            (told(&error), world.now()),
            ((Code::Aborted, stage, may_have_run), 1000.0),
            "{index}"
        );
        assert_eq!(
            error.cause.as_ref().map(text_of),
            Some("the caller's reason")
        );
        assert_eq!(signal.listeners(), 0, "{index}");
        let sent = world.count("POST");
        gate.open();
        world.pass_all();
        assert_eq!(
            world.count("POST"),
            sent,
            "{index}: an aborted call sends nothing more to the flow"
        );
        world.assert_at_rest();
        caller.succeeds(call());
    }
}

#[test]
fn an_abort_takes_the_request_to_the_flow_back() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow(200, json!({})).after(9000.0));
    let signal = Signal::default();
    let running = caller.start(call().signal(&signal));
    world.pass(1000.0);
    signal.abort();
    running.wait_to_fail();
    assert_eq!(
        world.log.all().last().unwrap().fate.get(),
        Fate::Dropped(1000.0)
    );
    world.assert_at_rest();
}

#[test]
fn a_call_that_is_aborted_between_two_steps_does_not_take_the_next() {
    for (at, story) in [
        (100.0, vec!["0 silent", "0 row", "100 list with t1"]),
        (
            200.0,
            vec!["0 silent", "0 row", "100 list with t1", "200 POST with t1"],
        ),
    ] {
        let (world, caller) = scene();
        world.silent.then(token("t1").after(100.0));
        world.listing.then(listed(TRIGGER).after(100.0));
        world.trigger.then(flow(200, json!({})).after(100.0));
        let signal = Signal::default();
        let running = caller.start(call().signal(&signal));
        world.pass(at);
        signal.abort();
        assert_eq!(running.wait_to_fail().code, Code::Aborted);
        world.pass_all();
        assert_eq!(world.story(), story);
        world.assert_at_rest();
    }
}

#[test]
fn a_call_that_is_aborted_in_a_backoff_is_not_repeated() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(service(429, "TooMany").header("retry-after", "60"));
    let signal = Signal::default();
    let running = caller.start(call().signal(&signal));
    world.pass(30_000.0);
    signal.abort();
    assert_eq!(
        told(&running.wait_to_fail()),
        (Code::Aborted, Stage::Invoke, false)
    );
    assert_eq!(signal.listeners(), 0);
    world.assert_at_rest();
    world.pass_all();
    assert_eq!(
        (world.count("POST"), world.now()),
        (1, 30_000.0),
        "the timer is gone"
    );
}

#[test]
fn a_call_that_is_aborted_while_it_renews_its_token_does_not_call_again() {
    let (world, caller) = warm_scene();
    world.trigger.then(service(401, "ExpiredToken"));
    world
        .silent
        .then(token("t1"))
        .then(token("t2").after(500.0));
    let signal = Signal::default();
    let running = caller.start(call().signal(&signal));
    world.pass(100.0);
    signal.abort();
    assert_eq!(
        told(&running.wait_to_fail()),
        (Code::Aborted, Stage::Token, false)
    );
    world.pass_all();
    assert_eq!(world.count("POST"), 1);
    world.assert_at_rest();
}

#[test]
fn an_abort_after_the_end_changes_nothing() {
    let (world, caller) = scene();
    let signal = Signal::default();
    caller.succeeds(call().signal(&signal));
    assert_eq!(signal.listeners(), 0, "who is done does not listen");
    signal.abort();
    caller.succeeds(call());
    world.assert_at_rest();
}

#[test]
fn one_signal_ends_all_the_calls_that_listen_to_it() {
    let (world, caller) = warm_scene();
    world.trigger.always(|_| flow(200, json!({})).after(1000.0));
    let signal = Signal::default();
    let running: Vec<_> = (0..5)
        .map(|_| caller.start(call().signal(&signal)))
        .collect();
    world.pass(500.0);
    signal.abort();
    for call in running {
        assert_eq!(call.wait_to_fail().code, Code::Aborted);
    }
    world.assert_at_rest();
}

#[test]
fn a_call_whose_caller_vanishes_leaves_nothing() {
    for (index, (setup, _, _)) in WAITS.into_iter().enumerate() {
        let (world, caller, gate) = waiting_at(setup);
        let signal = Signal::default();
        let running = caller.start(call().signal(&signal));
        world.pass(1000.0);
        assert!(!running.is_over());
        running.vanish();
        assert_eq!(signal.listeners(), 0, "{index}");
        gate.open();
        world.pass_all();
        world.assert_at_rest();
        caller.succeeds(call());
    }
}

#[test]
fn a_call_that_never_hears_anything_still_leaves_nothing() {
    let (world, caller) = scene();
    world.silent.always(|_| token("t1").hangs());
    world.row.always(|_| row(RESOURCE).hangs());
    let error = caller.fails(call().timeout(1000.0));
    assert_eq!(told(&error), (Code::Timeout, Stage::Token, false));
    world.pass_all();
    world.assert_at_rest();
    assert!(
        world.now() <= 150_000.0,
        "flights end with the client's own time: {}",
        world.now()
    );
}

#[test]
fn a_client_answers_after_any_error() {
    let (world, caller) = scene();
    let failures: [fn(&World); 10] = [
        |world| {
            world.silent.then(no_token("ServerError", "invalid_client"));
        },
        |world| {
            world
                .silent
                .then(token("t1").hangs())
                .then(token("t1").hangs());
        },
        |world| {
            world.row.then(no_row(None, ""));
        },
        |world| {
            world.listing.then(json_body(json!([])));
        },
        |world| {
            world.listing.then(listed("https://evil.example/"));
        },
        |world| {
            world.trigger.then(flow(500, json!({})));
        },
        |world| {
            world.trigger.then(drops());
        },
        |world| {
            world.trigger.then(breaks_off(200));
        },
        |world| {
            world.trigger.then(refused_by_the_browser());
        },
        |world| {
            world.trigger.then(flow(200, json!({})).hangs());
        },
    ];
    for fail in failures {
        caller.client.clear_cache();
        fail(&world);
        caller.fails(call().timeout(60_000.0));
        world.pass_all();
        caller.succeeds(call());
        world.assert_at_rest();
    }
}
