//! How many requests a call makes, and which of them side by side.

use crate::world::*;

#[test]
fn a_cold_call_reads_one_row_beside_the_token_then_discovers_then_invokes() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(300.0));
    world.row.then(row(RESOURCE).after(200.0));
    world.listing.then(listed(TRIGGER).after(100.0));
    let answer = caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent", "0 row", "300 list with t1", "400 POST with t1"]
    );
    assert_eq!(
        (answer.status, answer.attempts, answer.duration_ms),
        (200, 1, 400.0)
    );
    world.assert_at_rest();
}

#[test]
fn discovery_waits_for_the_slower_of_row_and_token() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(200.0));
    world.row.then(row(RESOURCE).after(300.0));
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent", "0 row", "300 list with t1", "300 POST with t1"]
    );
}

#[test]
fn a_warm_call_is_the_invoke_alone() {
    let (world, caller) = warm_scene();
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
    assert_eq!(world.log.requests().len(), 1);
}

#[test]
fn a_url_of_the_callers_needs_neither_row_nor_discovery() {
    let (world, caller) = scene();
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
}

#[test]
fn after_clear_cache_a_call_is_cold_again() {
    let (world, caller) = warm_scene();
    caller.client.clear_cache();
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent", "0 row", "0 list with t1", "0 POST with t1"]
    );
}

#[test]
fn a_thousand_calls_in_a_row_leave_nothing_behind() {
    let (world, caller) = scene();
    for _ in 0..1000 {
        caller.succeeds(call());
    }
    assert_eq!(
        (world.count("row"), world.count("list"), world.count("POST")),
        (1, 1, 1000)
    );
    world.assert_at_rest();
}
