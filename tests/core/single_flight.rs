//! Callers who want the same at the same time share one request for it, and only that.

use entra_flow::call::Target;
use entra_flow::model::{ErrorCode as Code, FlowRef, Guid, Stage};
use entra_flow::settings::Interaction;

use crate::world::*;

const OTHER: &str = "22222222-2222-4333-8444-555555555555";

#[test]
fn any_number_of_calls_at_once_make_one_discovery_with_one_token() {
    let (world, caller) = scene();
    world.silent.always(|_| token("t1").after(50.0));
    world.row.always(|_| row(RESOURCE).after(80.0));
    let calls: Vec<_> = (0..50).map(|_| caller.start(call())).collect();
    for call in calls {
        call.wait_to_succeed();
    }
    let counts = (
        world.count("silent"),
        world.count("row"),
        world.count("list"),
        world.count("POST"),
    );
    assert_eq!(counts, (1, 1, 1, 50));
    world.assert_at_rest();
}

#[test]
fn a_call_that_comes_in_the_middle_joins_the_discovery_under_way() {
    let (world, caller) = scene();
    world.listing.then(listed(TRIGGER).after(100.0));
    let first = caller.start(call());
    world.pass(60.0);
    let second = caller.start(call());
    first.wait_to_succeed();
    second.wait_to_succeed();
    assert_eq!(
        (world.count("row"), world.count("list"), world.now()),
        (1, 1, 100.0)
    );
}

#[test]
fn two_flows_have_two_discoveries_and_one_token() {
    let (world, caller) = scene();
    let one = caller.start(call());
    let other = caller.start(call().to(flow_target(OTHER)));
    one.wait_to_succeed();
    other.wait_to_succeed();
    assert_eq!(
        (
            world.count("silent"),
            world.count("row"),
            world.count("list")
        ),
        (1, 2, 2),
        "{:?}",
        world.story()
    );
}

#[test]
fn two_triggers_of_one_flow_have_two_discoveries() {
    let (world, caller) = scene();
    let trigger = FlowRef {
        workflow_id: Guid::parse(WORKFLOW).unwrap(),
        trigger: "second".to_owned(),
    };
    caller.succeeds(call());
    caller.succeeds(call().to(Target::Flow(trigger)));
    let urls: Vec<_> = world
        .log
        .requests()
        .iter()
        .filter(|sent| sent.url.starts_with(API))
        .map(|sent| sent.url.clone())
        .collect();
    assert_eq!(urls.len(), 2);
    assert!(
        urls[1].contains("/triggers/second/listCallbackUrl?"),
        "{urls:?}"
    );
}

#[test]
fn two_clients_know_nothing_of_each_other() {
    let (world, caller) = warm_scene();
    caller.world.client().succeeds(call());
    assert_eq!((world.count("row"), world.count("list")), (1, 1));
}

#[test]
fn warm_calls_at_once_share_one_token_request() {
    let (world, caller) = warm_scene();
    world.silent.always(|_| token("t1").after(10.0));
    let calls: Vec<_> = (0..50).map(|_| caller.start(call())).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!((world.count("silent"), world.count("POST")), (1, 50));
}

#[test]
fn a_failed_discovery_fails_everyone_who_waits_and_is_not_remembered() {
    let (world, caller) = scene();
    world
        .row
        .then(no_row(Some(-2_147_220_969.0), "no such row").after(10.0));
    let calls: Vec<_> = (0..5).map(|_| caller.start(call())).collect();
    for call in calls {
        assert_eq!(call.wait_to_fail().code, Code::WorkflowNotFound);
    }
    assert_eq!(world.count("row"), 1);
    caller.succeeds(call());
    assert_eq!(world.count("row"), 2);
    world.assert_at_rest();
}

#[test]
fn who_tries_again_in_the_instant_of_a_failure_starts_anew() {
    let (world, caller) = scene();
    world
        .listing
        .then(service(403, "InsufficientCdsPermissions"));
    let again = caller.clone();
    let both = world.start(async move {
        let first = entra_flow::invocation::invoke(
            &again.client,
            &flow_target(WORKFLOW),
            call().into_call(),
        )
        .await;
        let second = entra_flow::invocation::invoke(
            &again.client,
            &flow_target(WORKFLOW),
            call().into_call(),
        )
        .await;
        (first.is_err(), second.is_ok())
    });
    assert_eq!(both.wait(), (true, true));
    assert_eq!(world.count("list"), 2);
}

#[test]
fn a_failed_token_is_not_remembered() {
    let (world, caller) = scene();
    world.silent.then(no_token("ServerError", "invalid_client"));
    assert_eq!(caller.fails(call()).code, Code::TokenFailed);
    caller.succeeds(call());
}

#[test]
fn a_caller_who_vanishes_takes_nothing_from_the_others() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(50.0));
    world.listing.then(listed(TRIGGER).after(50.0));
    let (first, second) = (caller.start(call()), caller.start(call()));
    world.pass(60.0);
    first.vanish();
    second.wait_to_succeed();
    assert_eq!(
        world.story(),
        ["0 silent", "0 row", "50 list with t1", "100 POST with t1"]
    );
    world.assert_at_rest();
}

#[test]
fn a_caller_who_aborts_takes_nothing_from_the_others() {
    for at in [10.0, 60.0, 110.0] {
        let (world, caller) = scene();
        world.silent.then(token("t1").after(50.0));
        world.row.then(row(RESOURCE).after(100.0));
        world.listing.then(listed(TRIGGER).after(50.0));
        let signal = Signal::default();
        let (first, second) = (caller.start(call().signal(&signal)), caller.start(call()));
        world.pass(at);
        signal.abort();
        assert_eq!(first.wait_to_fail().code, Code::Aborted, "{at}");
        second.wait_to_succeed();
        assert_eq!(
            world.story(),
            ["0 silent", "0 row", "100 list with t1", "150 POST with t1"],
            "{at}"
        );
        world.assert_at_rest();
    }
}

#[test]
fn a_caller_whose_time_is_up_takes_nothing_from_the_others() {
    let (world, caller) = scene();
    world.row.then(row(RESOURCE).after(100.0));
    let (first, second) = (caller.start(call().timeout(30.0)), caller.start(call()));
    assert_eq!(first.wait_to_fail().code, Code::Timeout);
    second.wait_to_succeed();
    assert_eq!(world.count("row"), 1);
}

#[test]
fn what_a_vanished_caller_asked_for_still_serves_the_next() {
    let (world, caller) = scene();
    world.row.then(row(RESOURCE).after(100.0));
    let only = caller.start(call());
    world.pass(10.0);
    only.vanish();
    world.pass_all();
    world.assert_at_rest();
    assert_eq!(
        world.story(),
        ["0 silent", "0 row", "100 list with t1"],
        "and the flow was not called"
    );
    caller.succeeds(call());
    assert_eq!((world.count("row"), world.count("list")), (1, 1));
}

#[test]
fn a_token_source_that_never_settles_is_not_waited_for_by_every_later_call() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    world.silent.then(wants_the_user());
    world.sso.then(wants_the_user());
    world.popup.then(token("t1").hangs());
    let error = caller.fails(call());
    assert_eq!(
        (told(&error), world.now()),
        ((Code::Timeout, Stage::Token, false), 150_000.0)
    );
    caller.succeeds(call());
    world.assert_at_rest();
}

#[test]
fn one_window_is_shown_for_any_number_of_calls() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    world.silent.always(|_| wants_the_user());
    world.sso.always(|_| wants_the_user());
    world.popup.then(token("t1").after(5000.0));
    let calls: Vec<_> = (0..5).map(|_| caller.start(call())).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!((world.count("popup"), world.count("sso")), (1, 1));
}

#[test]
fn calls_that_are_told_at_once_that_the_flow_is_gone_make_one_fresh_discovery() {
    let (world, caller) = warm_scene();
    moves(&world);
    world.row.then(row(RESOURCE).after(50.0));
    let calls: Vec<_> = (0..5).map(|_| caller.start(call())).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!(
        (
            world.count("row"),
            world.count("list"),
            world.count("POST moved")
        ),
        (1, 1, 5)
    );
}

#[test]
fn a_call_that_hears_later_that_the_flow_is_gone_uses_the_url_that_another_found() {
    let (world, caller) = warm_scene();
    world.listing.always(|_| listed(MOVED));
    world.trigger.then(gone()).then(gone().after(500.0));
    let (first, second) = (caller.start(call()), caller.start(call()));
    first.wait_to_succeed();
    second.wait_to_succeed();
    assert_eq!((world.count("list"), world.count("POST moved")), (1, 2));
}

#[test]
fn calls_that_are_refused_at_once_share_one_forced_refresh() {
    let (world, caller) = warm_scene();
    for _ in 0..5 {
        world
            .trigger
            .then(challenge("Bearer error=\"invalid_token\""));
    }
    let calls: Vec<_> = (0..5).map(|_| caller.start(call())).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!(
        (world.count("silent forced"), world.count("POST with t2")),
        (1, 5)
    );
}

#[test]
fn a_discovery_from_before_clear_cache_serves_who_waits_and_is_not_kept() {
    let (world, caller) = scene();
    world.listing.then(listed(TRIGGER).after(100.0));
    let waiting = caller.start(call());
    world.pass(50.0);
    caller.client.clear_cache();
    waiting.wait_to_succeed();
    caller.succeeds(call());
    assert_eq!((world.count("row"), world.count("list")), (2, 2));
}

#[test]
fn a_call_after_clear_cache_does_not_join_a_discovery_from_before() {
    let (world, caller) = scene();
    world
        .listing
        .then(listed(TRIGGER).after(100.0))
        .then(listed(MOVED));
    let before = caller.start(call());
    world.pass(50.0);
    caller.client.clear_cache();
    let after = caller.start(call());
    after.wait_to_succeed();
    assert_eq!(world.now(), 50.0);
    before.wait_to_succeed();
    world.new_page();
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent", "0 POST moved with t1"],
        "the newer URL is the one that is kept"
    );
    world.assert_at_rest();
}

#[test]
fn a_refresh_outdates_the_search_for_its_own_flow_and_no_other() {
    for (searched, known) in [
        (WORKFLOW, "0 POST moved with t1"),
        (OTHER, "0 POST with t1"),
    ] {
        let (world, caller) = scene();
        world
            .listing
            .then(listed(TRIGGER).after(100.0))
            .then(listed(MOVED));
        let search = caller.start(call().to(flow_target(searched)));
        world.pass(50.0);
        assert_eq!(caller.callback_url(true).unwrap(), MOVED);
        search.wait_to_succeed();
        world.new_page();
        caller.succeeds(call().to(flow_target(searched)));
        assert_eq!(world.story(), ["0 silent", known], "{searched}");
    }
}
