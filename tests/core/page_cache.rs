//! Copies of the module on one page share trigger URLs and who is asking for one, and trust each other no further.
//! A copy is a client here: nothing but the page's registry joins two of them.

use std::rc::Rc;

use entra_flow::call::Target;
use entra_flow::model::{Cloud, EnvironmentId, ErrorCode as Code, FlowRef, Guid, Stage};
use entra_flow::settings::{CacheScope, DiscoveryApi, Settings, user};

use crate::world::*;

const OTHER: &str = "22222222-2222-4333-8444-555555555555";

/// A copy of the module with the cache `page`, for Ada.
pub(crate) fn copy(world: &Rc<World>) -> Caller {
    copy_with(world, |_| {})
}

pub(crate) fn copy_with(world: &Rc<World>, change: impl FnOnce(&mut Settings)) -> Caller {
    world.client_with(|settings| {
        settings.cache = CacheScope::Page;
        settings.user = Some(ADA.to_owned());
        change(settings);
    })
}

/// Two copies of which the first has called.
fn warm() -> (Rc<World>, Caller, Caller) {
    let world = World::new();
    let (first, second) = (copy(&world), copy(&world));
    first.succeeds(call());
    world.new_page();
    (world, first, second)
}

fn discoveries(world: &World) -> (usize, usize) {
    (world.count("row"), world.count("list"))
}

#[test]
fn what_one_copy_found_the_others_know() {
    let (world, _, second) = warm();
    second.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
}

#[test]
fn calls_of_many_copies_at_once_make_one_discovery() {
    let world = World::new();
    world.row.always(|_| row(RESOURCE).after(80.0));
    let copies: Vec<_> = (0..8).map(|_| copy(&world)).collect();
    let calls: Vec<_> = copies.iter().map(|copy| copy.start(call())).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!(discoveries(&world), (1, 1));
    assert_eq!(
        world.now(),
        80.0,
        "nobody waits longer than the one who asks"
    );
    world.pass_all();
    world.assert_at_rest();
    assert!(world.page.flights.borrow().is_empty());
}

#[test]
fn the_cache_client_is_the_clients_alone() {
    let (world, _, _) = warm();
    let alone = copy_with(&world, |settings| settings.cache = CacheScope::Client);
    alone.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
    alone.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
}

#[test]
fn with_the_cache_none_each_call_asks_and_calls_at_once_share() {
    let (world, _, _) = warm();
    let none = copy_with(&world, |settings| settings.cache = CacheScope::None);
    none.succeeds(call());
    none.succeeds(call());
    assert_eq!(discoveries(&world), (2, 2));
    world.row.then(row(RESOURCE).after(50.0));
    let (one, other) = (none.start(call()), none.start(call()));
    one.wait_to_succeed();
    other.wait_to_succeed();
    assert_eq!(discoveries(&world), (3, 3));
}

#[test]
fn a_url_is_known_for_one_cloud_tenant_environment_user_flow_and_trigger() {
    type Change = fn(&mut Settings);
    let changes: [(&str, Change); 4] = [
        ("cloud", |settings| {
            settings.cloud = Cloud::custom(
                "https://other.example/".to_owned(),
                API,
                vec!["*.environment.api.powerplatform.com".to_owned()],
            );
        }),
        ("tenant", |settings| {
            settings.tenant_id = Some(TENANT.to_owned())
        }),
        ("environment", |settings| {
            settings.environment = EnvironmentId::parse(OTHER).unwrap();
        }),
        ("user", |settings| settings.user = Some(BOB.to_owned())),
    ];
    for (name, change) in changes {
        let (world, _, _) = warm();
        copy_with(&world, change).succeeds(call());
        assert_eq!(discoveries(&world), (1, 1), "{name}");
    }
    let (world, _, second) = warm();
    second.succeeds(call().to(flow_target(OTHER)));
    second.succeeds(call().to(Target::Flow(FlowRef {
        workflow_id: Guid::parse(WORKFLOW).unwrap(),
        trigger: "second".to_owned(),
    })));
    assert_eq!(discoveries(&world), (2, 2));
    assert_eq!(world.page.urls.borrow().len(), 3);
}

#[test]
fn what_one_api_answered_is_nothing_to_who_asks_the_other() {
    let (world, _, _) = warm();
    let host = "https://8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com";
    let listing = format!("{host}/powerautomate/flows/{RESOURCE}/triggers/manual/listCallbackUrl");
    world.at(&listing).always(|_| listed(MOVED));
    let other = copy_with(&world, |settings| {
        settings.discovery = DiscoveryApi::EnvironmentApi;
    });
    other.succeeds(call());
    let urls = world
        .log
        .requests()
        .into_iter()
        .map(|sent| sent.url.clone());
    assert_eq!(urls.last().as_deref(), Some(MOVED));
    assert_eq!(world.page.urls.borrow().len(), 2);
}

#[test]
fn parts_of_a_key_cannot_run_into_each_other() {
    let (world, _, _) = warm();
    let key = world.page.only_key();
    let shifted = copy_with(&world, |settings| {
        settings.user = Some(format!("{ADA} {WORKFLOW}"));
    });
    shifted.succeeds(call().to(Target::Flow(FlowRef {
        workflow_id: Guid::parse(WORKFLOW).unwrap(),
        trigger: "".to_owned(),
    })));
    assert_eq!(discoveries(&world), (1, 1));
    let blanks = |key: &str| key.matches(' ').count();
    let keys: Vec<_> = world.page.urls.borrow().keys().cloned().collect();
    assert!(
        keys.iter().all(|other| blanks(other) == blanks(&key)),
        "{keys:?}"
    );
}

#[test]
fn copies_of_a_user_whom_nobody_knows_share_nothing() {
    let world = World::new();
    let nobody = |settings: &mut Settings| settings.user = user(&[&None, &None, &None]);
    let (first, second) = (copy_with(&world, nobody), copy_with(&world, nobody));
    first.succeeds(call());
    first.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1), "each still has its own");
    second.succeeds(call());
    assert_eq!(discoveries(&world), (2, 2));
    assert!(world.page.urls.borrow().is_empty());
}

#[test]
fn a_user_is_all_that_is_known_of_them() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(user(&[&None, &None]), None);
    assert_eq!(user(&[&some("Ada"), &None]), user(&[&some("ADA"), &None]));
    assert_ne!(user(&[&some("ada"), &None]), user(&[&None, &some("ada")]));
    assert_ne!(
        user(&[&some("ada"), &some("1")]),
        user(&[&some("ada"), &some("2")])
    );
}

#[test]
fn a_url_with_a_signature_stays_in_its_client() {
    let world = World::new();
    world.at(SAS);
    world.listing.always(|_| listed(SAS));
    let allows = copy_with(&world, |settings| settings.sas_allowed = true);
    allows.succeeds(call());
    allows.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
    assert!(world.page.urls.borrow().is_empty());
    assert_eq!(copy(&world).fails(call()).code, Code::SasRefused);
    assert_eq!(discoveries(&world), (2, 2));
}

#[test]
fn a_discovery_that_ends_with_a_signature_tells_the_others_nothing() {
    let world = World::new();
    world.at(SAS);
    world.listing.always(|_| listed(SAS).after(50.0));
    let allows = copy_with(&world, |settings| settings.sas_allowed = true);
    let refuses = copy(&world);
    let (first, second) = (allows.start(call()), refuses.start(call()));
    first.wait_to_succeed();
    assert_eq!(second.wait_to_fail().code, Code::SasRefused);
}

#[test]
fn a_forged_entry_is_a_url_to_be_checked_and_no_more() {
    for forged in [
        "https://evil.example/workflows/1",
        "https://evil.example/?x=.logic.azure.com",
        "http://a.logic.azure.com/",
        "https://user@a.logic.azure.com/",
        SAS,
        "",
        "javascript:alert(1)",
    ] {
        let (world, _, second) = warm();
        world.page.forge(forged);
        second.succeeds(call());
        assert_eq!(
            world.story(),
            ["0 silent", "0 row", "0 list with t1", "0 POST with t1"],
            "{forged}"
        );
        world.new_page();
        copy(&world).succeeds(call());
        assert_eq!(discoveries(&world), (0, 0), "the good one takes its place");
    }
}

#[test]
fn a_flight_that_another_script_lands_is_checked_too() {
    for forged in [Some("https://evil.example/"), Some(SAS), None] {
        let world = World::new();
        world.listing.then(listed(TRIGGER).after(500.0));
        let (first, second) = (copy(&world), copy(&world));
        let asking = first.start(call());
        world.pass(10.0);
        let waiting = second.start(call());
        world.pass(10.0);
        let flight = world.page.flights.borrow().values().next().unwrap().clone();
        flight.land(forged);
        waiting.wait_to_succeed();
        assert_eq!(world.now(), 20.0, "it asks by itself, at once: {forged:?}");
        asking.wait_to_succeed();
        assert_eq!(discoveries(&world), (2, 2));
        world.assert_at_rest();
    }
}

#[test]
fn a_page_that_keeps_nothing_leaves_each_copy_its_own() {
    let world = World::new();
    world.page.broken.set(true);
    let (first, second) = (copy(&world), copy(&world));
    first.succeeds(call());
    first.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
    second.succeeds(call());
    assert_eq!(discoveries(&world), (2, 2));
}

#[test]
fn a_failed_discovery_is_not_kept_and_each_copy_hears_its_own_reason() {
    let world = World::new();
    let refuses = || no_row(Some(-2_147_220_969.0), "no such row").after(10.0);
    world.row.then(refuses()).then(refuses()).then(refuses());
    let copies: Vec<_> = (0..3).map(|_| copy(&world)).collect();
    let calls: Vec<_> = copies.iter().map(|copy| copy.start(call())).collect();
    for call in calls {
        let error = call.wait_to_fail();
        assert_eq!(error.code, Code::WorkflowNotFound);
        assert!(error.cause.is_some());
    }
    assert_eq!(world.now(), 20.0, "those who waited ask side by side");
    assert!(world.page.urls.borrow().is_empty());
    assert!(world.page.flights.borrow().is_empty());
    world.new_page();
    copies[1].succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
    world.pass_all();
    world.assert_at_rest();
}

#[test]
fn a_copy_that_goes_away_does_not_hang_the_others() {
    let world = World::new();
    world.listing.then(listed(TRIGGER).hangs());
    let copies: Vec<_> = (0..4).map(|_| copy(&world)).collect();
    let lost = copies[0].start(call());
    world.pass(10.0);
    let calls: Vec<_> = copies[1..].iter().map(|copy| copy.start(call())).collect();
    world.pass(40.0);
    world.page.lose_documents();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert!(world.now() <= 300.0, "{}", world.now());
    assert_eq!(
        discoveries(&world),
        (2, 2),
        "one of them asks for all: {:?}",
        world.story()
    );
    lost.vanish();
}

#[test]
fn a_flight_that_never_lands_costs_ten_seconds_and_no_more() {
    let world = World::new();
    world.listing.then(listed(TRIGGER).hangs());
    let (first, second) = (copy(&world), copy(&world));
    let hanging = first.start(call().timeout(1000.0));
    world.pass(1.0);
    let patient = second.start(call());
    hanging.wait_to_fail();
    patient.wait_to_succeed();
    assert!(
        (10_000.0..10_300.0).contains(&world.now()),
        "{}",
        world.now()
    );
}

#[test]
fn a_call_that_runs_out_of_time_while_another_copy_asks_does_not_blame_the_sign_in() {
    let world = World::new();
    world.listing.then(listed(TRIGGER).after(8_000.0));
    let (first, second) = (copy(&world), copy(&world));
    let asking = first.start(call());
    let error = second.start(call().timeout(1_000.0)).wait_to_fail();
    assert_eq!(told(&error), (Code::Timeout, Stage::Workflow, false));
    asking.wait_to_succeed();
    world.pass_all();
}

#[test]
fn a_caller_who_aborts_while_another_copy_asks_goes_at_once() {
    let world = World::new();
    world.listing.then(listed(TRIGGER).after(500.0));
    let (first, second) = (copy(&world), copy(&world));
    let asking = first.start(call());
    let signal = Signal::default();
    let waiting = second.start(call().signal(&signal));
    world.pass(100.0);
    signal.abort();
    assert_eq!(waiting.wait_to_fail().code, Code::Aborted);
    assert_eq!(world.now(), 100.0);
    asking.wait_to_succeed();
    world.pass_all();
    world.assert_at_rest();
}

#[test]
fn clear_cache_of_one_copy_clears_the_page() {
    let (world, first, second) = warm();
    first.client.clear_cache();
    assert!(world.page.urls.borrow().is_empty());
    second.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
}

#[test]
fn clear_cache_of_a_client_that_shares_nothing_leaves_the_page() {
    let (world, _, second) = warm();
    world.client().client.clear_cache();
    second.succeeds(call());
    assert_eq!(discoveries(&world), (0, 0));
}

#[test]
fn a_discovery_that_a_clear_of_another_copy_overtook_is_not_kept_nor_joined() {
    let world = World::new();
    world
        .listing
        .then(listed(TRIGGER).after(100.0))
        .then(listed(MOVED));
    let (first, second) = (copy(&world), copy(&world));
    let before = first.start(call());
    world.pass(50.0);
    second.client.clear_cache();
    // The copy that is asking asks anew for who comes now.
    first.succeeds(call());
    assert_eq!(world.now(), 50.0);
    before.wait_to_succeed();
    world.new_page();
    second.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST moved with t1"]);
    world.assert_at_rest();
}

#[test]
fn a_url_that_turned_out_wrong_is_forgotten_by_all() {
    let (world, first, second) = warm();
    moves(&world);
    first.succeeds(call());
    assert_eq!(discoveries(&world), (1, 1));
    world.new_page();
    second.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST moved with t1"]);
}

#[test]
fn a_url_that_another_copy_replaced_already_is_left_alone() {
    let (world, first, second) = warm();
    world.listing.always(|_| listed(MOVED));
    world.trigger.then(gone()).then(gone().after(500.0));
    let (one, other) = (first.start(call()), second.start(call()));
    one.wait_to_succeed();
    other.wait_to_succeed();
    assert_eq!(discoveries(&world), (1, 1));
}

#[test]
fn refresh_asks_anew_for_the_whole_page() {
    let (world, first, second) = warm();
    world.listing.always(|_| listed(MOVED));
    assert_eq!(first.callback_url(true).unwrap(), MOVED);
    assert_eq!(second.callback_url(false).unwrap(), MOVED);
    assert_eq!(discoveries(&world), (1, 1));
}

#[test]
fn refresh_asks_anew_where_the_client_and_the_page_know_different_urls() {
    let world = World::new();
    world.at(SAS);
    world.listing.then(listed(SAS));
    let allows = copy_with(&world, |settings| settings.sas_allowed = true);
    allows.succeeds(call());
    copy(&world).succeeds(call());
    assert_eq!(discoveries(&world), (2, 2));
    world.listing.always(|_| listed(MOVED));
    assert_eq!(allows.callback_url(true).unwrap(), MOVED);
}

#[test]
fn refresh_does_not_join_what_was_asked_before_it() {
    let (world, first, second) = warm();
    first.client.clear_cache();
    world
        .listing
        .then(listed(TRIGGER).after(100.0))
        .then(listed(MOVED));
    let before = second.start(call());
    world.pass(50.0);
    assert_eq!(first.callback_url(true).unwrap(), MOVED);
    before.wait_to_succeed();
    world.new_page();
    copy(&world).succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST moved with t1"]);
}
