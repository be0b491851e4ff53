//! What a call sends, and what it hands back.

use entra_flow::call::AcceptStatus;
use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::policy::request::Method;
use entra_flow::port::ReadAs;
use serde_json::json;

use crate::world::*;

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn a_call_sends_its_method_path_query_headers_and_body_to_the_trigger_url() {
    let (world, caller) = warm_scene();
    caller.succeeds(call().edit(|call| {
        call.method = Method::Put;
        call.path = vec!["orders".to_owned(), "a/b ü".to_owned()];
        call.query = vec![pair("top", "5&x=1")];
        call.headers = vec![pair("x-order", "42")];
        call.body = Some(std::rc::Rc::new(json!({"a": [1, null]})));
    }));
    let sent = &world.log.requests()[0];
    let (base, query) = TRIGGER.split_once('?').unwrap();
    assert_eq!(
        sent.url,
        format!("{base}/orders/a%2Fb%20%C3%BC?{query}&top=5%26x%3D1")
    );
    assert_eq!(
        (sent.method, &sent.headers),
        ("PUT", &vec![pair("x-order", "42")])
    );
    assert_eq!(sent.body, Some(json!({"a": [1, null]})));
}

#[test]
fn a_call_adds_no_header_of_its_own() {
    let (world, caller) = scene();
    caller.succeeds(call());
    assert!(
        world
            .log
            .requests()
            .iter()
            .all(|sent| sent.headers.is_empty()),
        "a custom header would fail the preflight"
    );
}

#[test]
fn every_method_is_sent_as_it_is_called() {
    for method in [
        Method::Get,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
        Method::Head,
    ] {
        let (world, caller) = warm_scene();
        caller.succeeds(call().method(method));
        assert_eq!(world.log.requests()[0].method, method.as_str());
    }
}

#[test]
fn an_argument_that_can_not_be_sent_is_refused_before_anything_is_asked() {
    for (word, bad) in [
        ("body", call().edit(|call| call.method = Method::Get)),
        ("body", call().edit(|call| call.method = Method::Head)),
        (
            "path[1]",
            call().edit(|call| call.path = vec!["a".to_owned(), "..".to_owned()]),
        ),
        (
            "path[0]",
            call().edit(|call| call.path = vec![String::new()]),
        ),
        (
            "headers[\"Authorization\"]",
            call().edit(|call| call.headers = vec![pair("Authorization", "Bearer x")]),
        ),
        (
            "headers[\"x-a\"]",
            call().edit(|call| call.headers = vec![pair("x-a", "1\r\nx-b: 2")]),
        ),
    ] {
        let (world, caller) = scene();
        let error = caller.fails(bad);
        assert_eq!(
            told(&error),
            (Code::InvalidArgument, Stage::Options, false),
            "{word}"
        );
        assert!(error.message.starts_with(word), "{}", error.message);
        assert!(world.story().is_empty(), "{word}: {:?}", world.story());
        caller.succeeds(call());
    }
}

#[test]
fn the_trigger_urls_own_parameters_can_not_be_overridden() {
    for name in ["api-version", "API-VERSION", "sig", "sp", "sv"] {
        let (world, caller) = warm_scene();
        let error = caller.fails(call().edit(|call| call.query = vec![pair(name, "x")]));
        assert_eq!(
            told(&error),
            (Code::InvalidArgument, Stage::Options, false),
            "{name}"
        );
        assert_eq!(world.count("POST"), 0);
    }
}

#[test]
fn a_url_longer_than_the_service_takes_is_refused() {
    let (world, caller) = warm_scene();
    let error = caller.fails(call().edit(|call| call.query = vec![pair("q", &"x".repeat(20_000))]));
    assert_eq!(told(&error), (Code::InvalidArgument, Stage::Options, false));
    assert_eq!(world.count("POST"), 0);
}

#[test]
fn the_answer_has_what_the_flow_said_and_the_ids_that_the_page_may_read() {
    let (world, caller) = warm_scene();
    world.trigger.then(
        flow(201, json!({"id": 7}))
            .header("x-ms-workflow-run-id", "run-1")
            .header("X-MS-Client-Tracking-Id", "track-1")
            .after(120.0)
            .body_after(30.0),
    );
    let answer = caller.succeeds(call());
    assert_eq!(
        (answer.status, data_of(&answer), answer.accepted),
        (201, json!({"id": 7}), false)
    );
    assert_eq!(
        (answer.run_id.as_deref(), answer.tracking_id.as_deref()),
        (Some("run-1"), Some("track-1"))
    );
    assert_eq!((answer.attempts, answer.duration_ms), (1, 150.0));
}

#[test]
fn a_later_calls_duration_is_its_own() {
    let (world, caller) = scene();
    for _ in 0..2 {
        world.trigger.then(flow(200, json!({})).after(120.0));
        assert_eq!(caller.succeeds(call()).duration_ms, 120.0);
    }
}

#[test]
fn headers_that_cors_hides_are_not_needed() {
    let (_, caller) = scene();
    let answer = caller.succeeds(call());
    assert_eq!((answer.run_id, answer.tracking_id), (None, None));
}

#[test]
fn a_202_says_that_the_flow_goes_on() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow_says(202, ""));
    let answer = caller.succeeds(call());
    assert_eq!((answer.status, answer.accepted), (202, true));
    assert_eq!(world.count("POST"), 1, "a 202 is no reason to send again");
}

#[test]
fn every_2xx_is_an_answer() {
    for status in [200, 201, 202, 204, 206, 299] {
        let (world, caller) = warm_scene();
        world.trigger.then(flow_says(status, ""));
        assert_eq!(caller.succeeds(call()).status, status);
    }
}

#[test]
fn an_answer_that_is_not_the_json_that_was_asked_for_is_output_invalid_with_its_text() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(flow_says(200, "not json").header("x-order", "42"));
    let error = caller.fails(call().edit(|call| call.read_as = Some(ReadAs::Json)));
    assert_eq!(
        (told(&error), error.status),
        ((Code::OutputInvalid, Stage::Invoke, true), Some(200))
    );
    assert_eq!(error.data.as_ref().map(text_of), Some("not json"));
    assert!(error.headers.is_some());
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn the_caller_says_which_statuses_are_answers() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .always(|_| flow(404, json!({"missing": true})));
    let answer = caller.succeeds(call().accepting(|status| status == 404));
    assert_eq!(
        (answer.status, data_of(&answer)),
        (404, json!({"missing": true}))
    );
    world.trigger.always(|_| flow(200, json!({"n": 1})));
    let error = caller.fails(call().accepting(|status| status == 201));
    assert_eq!(
        (told(&error), error.status),
        ((Code::FlowFailed, Stage::Invoke, true), Some(200))
    );
}

#[test]
fn the_services_own_refusal_is_an_error_whatever_the_caller_accepts() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(service(400, "TriggerInputSchemaMismatch"));
    assert_eq!(
        caller.fails(call().accepting(|_| true)).code,
        Code::InputRejected
    );
}

#[test]
fn an_accept_status_that_throws_is_the_callers_error_and_hurts_nothing() {
    let (world, caller) = warm_scene();
    let throwing = || Some(Box::new(|_| Err(foreign("boom"))) as AcceptStatus);
    let error = caller.fails(call().edit(|call| call.accept = throwing()));
    assert_eq!(told(&error), (Code::InvalidArgument, Stage::Invoke, true));
    assert_eq!(error.cause.as_ref().map(text_of), Some("boom"));
    assert_eq!(world.count("POST"), 1);
    world.assert_at_rest();
    caller.succeeds(call());
}

#[test]
fn what_the_url_would_be_too_long_for_or_can_not_take_is_refused_before_anything_is_sent() {
    let long = "x".repeat(20_000);
    let wide = "ü".repeat(6_000);
    type Change = Box<dyn FnOnce(&mut entra_flow::call::Call)>;
    let set = |path: Vec<String>, query| -> Change {
        Box::new(move |call| (call.path, call.query) = (path, query))
    };
    let changes: [(&str, Change); 5] = [
        ("path, query", set(vec![], vec![pair("q", &long)])),
        ("path, query", set(vec![], vec![pair(&long, "1")])),
        ("path, query", set(vec![long.clone()], vec![])),
        ("path, query", set(vec![wide], vec![])),
        ("query.sig", set(vec![], vec![pair("sig", "x")])),
    ];
    for (field, change) in changes {
        let (world, caller) = scene();
        let error = caller.fails(call().edit(change));
        assert_eq!(told(&error), (Code::InvalidArgument, Stage::Options, false));
        assert!(error.message.starts_with(field), "{field}");
        assert!(world.story().is_empty(), "{field}: {:?}", world.story());
    }
}

#[test]
fn a_url_of_the_callers_that_can_not_be_used_is_refused_before_any_token_is_asked_for() {
    for (url, query, code) in [
        ("https://evil.example/", vec![], Code::UntrustedUrl),
        (SAS, vec![], Code::SasRefused),
        (
            TRIGGER,
            vec![pair("api-version", "2")],
            Code::InvalidArgument,
        ),
    ] {
        let (world, caller) = scene();
        let error = caller.fails(call().at_url(url).edit(|call| {
            call.query = query;
            call.on_behalf_of = Some(entra_flow::on_behalf_of::OnBehalfOf {
                scopes: vec!["api://x/user".to_owned()],
                header: Some("x-user-token".to_owned()),
                property: None,
            });
        }));
        assert_eq!(told(&error), (code, Stage::Options, false));
        assert!(world.story().is_empty(), "{url}: {:?}", world.story());
    }
}
