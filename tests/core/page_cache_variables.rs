//! What environment variables said stays with the page, too, as [`crate::page_cache`] has it of flows.

use std::rc::Rc;

use entra_flow::call::Target;
use entra_flow::model::{EnvironmentId, SchemaName};
use serde_json::json;

use crate::page_cache::{copy, copy_with};
use crate::world::*;

const OTHER: &str = "22222222-2222-4333-8444-555555555555";

/// What is called by an environment variable.
fn by_variable(name: &str) -> ACall {
    call().to(Target::Variable(SchemaName::parse(name).unwrap()))
}

/// Two copies of which the first has called by the variable.
fn warm_variable() -> (Rc<World>, Caller, Caller) {
    let world = World::new();
    world.variable("ef_EchoUrl", Some(TRIGGER), None);
    let (first, second) = (copy(&world), copy(&world));
    first.succeeds(by_variable("ef_EchoUrl"));
    world.new_page();
    (world, first, second)
}

#[test]
fn what_a_variable_said_the_others_know_whatever_the_case_of_its_name() {
    let (world, _, second) = warm_variable();
    second.succeeds(by_variable("EF_ECHOURL"));
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
}

#[test]
fn copies_that_need_a_variable_at_once_read_it_once() {
    let world = World::new();
    world.variable("ef_EchoUrl", Some(TRIGGER), None);
    let copies: Vec<_> = (0..8).map(|_| copy(&world)).collect();
    let start = |copy: &Caller| copy.start(by_variable("ef_EchoUrl"));
    let calls: Vec<_> = copies.iter().map(start).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!((world.count("query"), world.count("POST")), (1, 8));
    world.pass_all();
    world.assert_at_rest();
    assert!(world.page.flights.borrow().is_empty());
}

#[test]
fn what_a_variable_said_is_for_the_same_user_and_environment_only() {
    let (world, _, _) = warm_variable();
    let bob = copy_with(&world, |settings| settings.user = Some(BOB.to_owned()));
    bob.succeeds(by_variable("ef_EchoUrl"));
    let elsewhere = copy_with(&world, |settings| {
        settings.environment = EnvironmentId::parse(OTHER).unwrap();
    });
    elsewhere.succeeds(by_variable("ef_EchoUrl"));
    assert_eq!(world.count("query"), 2);
}

#[test]
fn a_signature_in_a_variable_stays_in_its_client() {
    let world = World::new();
    world.at(SAS);
    world.variable("ef_EchoUrl", Some(SAS), None);
    let allows = copy_with(&world, |settings| settings.sas_allowed = true);
    allows.succeeds(by_variable("ef_EchoUrl"));
    allows.succeeds(by_variable("ef_EchoUrl"));
    assert_eq!(world.count("query"), 1);
    assert!(world.page.urls.borrow().is_empty());
}

#[test]
fn a_forged_entry_for_a_variable_is_checked_too() {
    let (world, _, second) = warm_variable();
    world.page.forge("https://evil.example/workflows/1");
    second.succeeds(by_variable("ef_EchoUrl"));
    assert_eq!(
        world.story(),
        [
            "0 query environmentvariabledefinition",
            "0 silent",
            "0 POST with t1"
        ]
    );
}

#[test]
fn a_variable_that_is_published_anew_is_read_anew_by_all() {
    let (world, first, second) = warm_variable();
    world.listing.always(|_| listed(MOVED));
    let outcomes = crate::publishing::published(&first, &[(WORKFLOW, "ef_EchoUrl")]);
    assert_eq!(outcomes, ["updated"]);
    world.new_page();
    second.succeeds(by_variable("ef_EchoUrl"));
    assert_eq!(world.count("POST moved"), 1);
}

#[test]
fn clear_cache_forgets_what_variables_said_for_all() {
    let (world, first, second) = warm_variable();
    first.client.clear_cache();
    second.succeeds(by_variable("ef_EchoUrl"));
    assert_eq!(world.count("query"), 1);
}

#[test]
fn what_a_publish_overtook_is_not_kept() {
    let (world, first, second) = warm_variable();
    first.client.clear_cache();
    // Read before it was written, and answered after.
    let old = json!({"entities": [{"schemaname": "ef_EchoUrl", "defaultvalue": TRIGGER}]});
    world.tables.script.then(Reply::new(Ok(old)).after(100.0));
    let reading = second.start(by_variable("ef_EchoUrl"));
    world.listing.always(|_| listed(MOVED));
    let publishing = crate::publishing::start(&first, &[(WORKFLOW, "ef_EchoUrl")]);
    assert!(publishing.wait().iter().all(Result::is_ok));
    reading.wait_to_succeed();
    world.new_page();
    copy(&world).succeeds(by_variable("ef_EchoUrl"));
    assert_eq!(world.count("POST moved"), 1);
}
