//! Trigger URLs of many flows before anybody calls them.

use std::cell::Cell;
use std::rc::Rc;

use entra_flow::model::{ErrorCode as Code, FlowError, Guid, Stage};
use entra_flow::prefetch::prefetch;
use entra_flow::settings::CacheScope;
use serde_json::json;

use crate::world::*;

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(id).collect()
}

fn start(caller: &Caller, ids: &[String]) -> Handle<Result<(), FlowError>> {
    let client = caller.client.clone();
    let ids: Vec<_> = ids.iter().map(|id| Guid::parse(id).unwrap()).collect();
    caller
        .world
        .start(async move { prefetch(&client, &ids).await })
}

/// The rows of these flows: `(workflowid, statecode)`.
fn rows(flows: &[(String, u32)]) -> RowReply {
    let row = |(id, state): &(String, u32)| json!({"workflowid": id.to_uppercase(), "resourceid": id, "statecode": state, "category": 5});
    Reply::new(Ok(
        json!({"entities": flows.iter().map(row).collect::<Vec<_>>()}),
    ))
}

#[test]
fn any_number_of_flows_is_one_query_one_token_and_a_callback_url_each() {
    let (world, caller) = scene();
    start(&caller, &ids(5)).wait().unwrap();
    let counts = (
        world.count("query workflow"),
        world.count("row"),
        world.count("silent"),
        world.count("list with t1"),
    );
    assert_eq!(counts, (1, 0, 1, 5), "{:?}", world.story());
    assert_eq!(world.log.tables()[0].ids(), ids(5));
    world.new_page();
    caller.succeeds(call().to(flow_target(&id(3))));
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
    world.assert_at_rest();
}

#[test]
fn no_flow_at_all_asks_for_nothing() {
    let (world, caller) = scene();
    start(&caller, &[]).wait().unwrap();
    assert!(world.story().is_empty());
}

#[test]
fn a_flow_that_is_named_twice_or_known_or_under_way_is_asked_for_once() {
    let (world, caller) = scene();
    caller.succeeds(call().to(flow_target(&id(0))));
    world.listing.then(listed(TRIGGER).after(100.0));
    let calling = caller.start(call().to(flow_target(&id(1))));
    world.new_page();
    let all = [id(0), id(1), id(2), id(2).to_uppercase()];
    start(&caller, &all).wait().unwrap();
    calling.wait_to_succeed();
    assert_eq!(world.log.tables()[0].ids(), [id(2)]);
    assert_eq!(world.count("list"), 2, "{:?}", world.story());
    world.new_page();
    start(&caller, &all).wait().unwrap();
    assert!(world.story().is_empty());
}

#[test]
fn a_call_meanwhile_joins_the_prefetch() {
    let (world, caller) = scene();
    let prefetching = start(&caller, &ids(3));
    let calling = caller.start(call().to(flow_target(&id(2))));
    prefetching.wait().unwrap();
    calling.wait_to_succeed();
    let counts = (
        world.count("query"),
        world.count("row"),
        world.count("list"),
        world.count("POST"),
    );
    assert_eq!(counts, (1, 0, 3, 1));
}

#[test]
fn queries_are_split_where_their_url_would_grow_too_long() {
    for (flows, queries) in [(100, 1), (101, 2), (250, 3)] {
        let (world, caller) = scene();
        start(&caller, &ids(flows)).wait().unwrap();
        let asked = world.log.tables();
        assert_eq!(asked.len(), queries, "{flows}");
        let mut seen: Vec<_> = asked.iter().flat_map(Asking::ids).collect();
        seen.sort();
        assert_eq!(seen, ids(flows));
        assert!(asked.iter().all(|one| one.options.len() < 7000));
        assert_eq!(world.count("list"), flows);
    }
}

#[test]
fn callback_urls_are_asked_for_ten_at_once_and_no_more() {
    let (world, caller) = scene();
    world.listing.always(|_| listed(TRIGGER).after(100.0));
    let prefetching = start(&caller, &ids(20));
    let most = Rc::new(Cell::new(0));
    let waiting = || {
        let all = world.log.all();
        all.iter()
            .filter(|asked| {
                matches!(asked.what, What::Http(_)) && asked.fate.get() == Fate::Waiting
            })
            .count()
    };
    while !prefetching.is_over() {
        most.set(most.get().max(waiting()));
        world.pass(10.0);
    }
    prefetching.wait().unwrap();
    assert_eq!(most.get(), 10);
    let at: Vec<_> = world.log.all().iter().map(|asked| asked.at).collect();
    assert_eq!(at.iter().copied().fold(0.0, f64::max), 100.0);
    world.assert_at_rest();
}

#[test]
fn a_callback_url_that_never_comes_does_not_keep_the_others_waiting() {
    let (world, caller) = scene();
    let hanging = id(0);
    world.listing.always(move |sent| {
        if sent.url.contains(&hanging) {
            listed(TRIGGER).hangs()
        } else {
            listed(TRIGGER)
        }
    });
    let error = start(&caller, &ids(30)).wait().unwrap_err();
    assert_eq!(error.failures.len(), 1);
    assert_eq!(error.failures[0].0.as_str(), id(0));
    world.new_page();
    for number in 1..30 {
        caller.succeeds(call().to(flow_target(&id(number))));
    }
    assert_eq!(world.count("list"), 0);
}

#[test]
fn a_failure_is_told_per_flow_and_the_others_are_ready() {
    let (world, caller) = scene();
    // The second is off, the third is not there, and the service refuses the fourth.
    let found = [(id(0), 1), (id(1), 0), (id(3), 1), (id(4), 1)];
    world.tables.script.then(rows(&found));
    let refused = id(3);
    world.listing.always(move |sent| {
        if sent.url.contains(&refused) {
            service(403, "InsufficientCdsPermissions")
        } else {
            listed(TRIGGER)
        }
    });
    let error = start(&caller, &ids(5)).wait().unwrap_err();
    let failed: Vec<_> = error
        .failures
        .iter()
        .map(|(id, error)| (id.as_str().to_owned(), error.code, error.stage))
        .collect();
    assert_eq!(
        failed,
        [
            (id(1), Code::WorkflowOff, Stage::Workflow),
            (id(2), Code::WorkflowNotFound, Stage::Workflow),
            (id(3), Code::DiscoveryForbidden, Stage::Discovery)
        ]
    );
    // The error itself is the first of them, and names them all.
    assert_eq!(told(&error), (Code::WorkflowOff, Stage::Workflow, false));
    for (id, code, _) in failed {
        assert!(
            error.message.contains(&format!("{id} ({})", code.as_str())),
            "{error:?}"
        );
    }
    world.new_page();
    caller.succeeds(call().to(flow_target(&id(0))));
    caller.succeeds(call().to(flow_target(&id(4))));
    assert_eq!((world.count("list"), world.count("row")), (0, 0));
    // What failed is asked for again.
    world.listing.always(|_| listed(TRIGGER));
    start(&caller, &ids(5)).wait().unwrap();
    assert_eq!(world.log.tables()[0].ids(), [id(1), id(2), id(3)]);
}

#[test]
fn who_may_not_read_flows_is_told_so_once_for_all() {
    let (world, caller) = scene();
    world
        .tables
        .script
        .then(no_row(Some(-2_147_220_960.0), "missing prvReadWorkflow"));
    let error = start(&caller, &ids(3)).wait().unwrap_err();
    assert_eq!(
        told(&error),
        (Code::WorkflowForbidden, Stage::Workflow, false)
    );
    assert_eq!(error.failures.len(), 3);
    assert_eq!(world.log.requests().len(), 0);
}

#[test]
fn a_query_that_is_throttled_or_lost_is_asked_again() {
    let (world, caller) = scene();
    world
        .tables
        .script
        .then(no_row(Some(f64::from(0x8007_2322_u32)), "Busy"))
        .then(no_row(None, "Failed to fetch"));
    start(&caller, &ids(2)).wait().unwrap();
    assert_eq!(world.count("query"), 3);
}

#[test]
fn one_query_of_two_that_fails_leaves_the_others_flows_ready() {
    let (world, caller) = scene();
    world.tables.script.then(no_row(Some(1.0), "Broken"));
    let error = start(&caller, &ids(101)).wait().unwrap_err();
    assert_eq!(
        (error.failures.len(), error.code),
        (100, Code::ServiceError)
    );
    world.new_page();
    caller.succeeds(call().to(flow_target(&id(100))));
    assert_eq!(world.count("list"), 0);
}

#[test]
fn a_flow_that_anyone_may_trigger_is_refused_without_its_signature() {
    let (world, caller) = scene();
    world.listing.always(|_| listed(SAS));
    let error = start(&caller, &ids(1)).wait().unwrap_err();
    assert_eq!(told(&error), (Code::SasRefused, Stage::Discovery, false));
    assert_no_secret(&everything_said(&error));
}

#[test]
fn the_clients_time_is_the_time_for_all() {
    let (world, caller) = scene_with(|settings| settings.timeout_ms = 1000.0);
    world.listing.always(|_| listed(TRIGGER).hangs());
    let error = start(&caller, &ids(12)).wait().unwrap_err();
    assert_eq!(told(&error), (Code::Timeout, Stage::Discovery, false));
    assert_eq!((error.failures.len(), world.now()), (12, 1000.0));
}

#[test]
fn a_throttled_query_waits_as_long_as_dataverse_says() {
    let (world, caller) = scene();
    world
        .tables
        .script
        .then(throttled(json!({"retryAfter": 2})));
    start(&caller, &ids(2)).wait().unwrap();
    assert_eq!((world.count("query"), world.now()), (2, 2000.0));
}

#[test]
fn copies_that_prefetch_the_same_at_once_make_one_query_and_each_asks_where_the_first_fails() {
    for works in [true, false] {
        let world = World::new();
        let copy = || {
            world.client_with(|settings| {
                settings.cache = CacheScope::Page;
                settings.user = Some(ADA.to_owned());
            })
        };
        if !works {
            let refused = no_row(Some(f64::from(0x8004_0220_u32)), "No privilege.");
            world.tables.script.then(refused);
        }
        let (one, other) = (copy(), copy());
        let (one, other) = (start(&one, &ids(9)), start(&other, &ids(9)));
        assert_eq!(one.wait().is_ok(), works);
        other.wait().unwrap();
        assert_eq!(world.count("list"), 9);
        assert_eq!(world.count("query"), if works { 1 } else { 2 });
        assert_eq!(world.count("row"), 0);
        world.assert_at_rest();
    }
}
