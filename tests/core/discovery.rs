//! From a `workflowid` to the trigger URL: the row, then `listCallbackUrl`.

use entra_flow::call::Target;
use entra_flow::model::{EnvironmentId, ErrorCode as Code, FlowRef, Guid, Stage};
use serde_json::{Value, json};

use crate::world::*;

fn row_of(state: Option<i32>, category: Option<i32>, resource_id: Option<&str>) -> RowReply {
    Reply::new(Ok(
        json!({"resourceid": resource_id, "statecode": state, "category": category}),
    ))
}

#[test]
fn the_row_is_asked_for_by_the_workflowid() {
    let (world, caller) = scene();
    caller.succeeds(call());
    assert!(
        world
            .log
            .all()
            .iter()
            .any(|asked| matches!(&asked.what, What::Row(id) if id == WORKFLOW))
    );
}

#[test]
fn the_callback_url_is_asked_for_by_the_resourceid_with_a_bearer_and_nothing_else() {
    let (world, caller) = scene();
    caller.succeeds(call());
    let sent = &world.log.requests()[0];
    let url = format!(
        "{API}/providers/Microsoft.ProcessSimple/environments/{ENVIRONMENT}/flows/{RESOURCE}/triggers/manual/listCallbackUrl?api-version=2016-11-01"
    );
    assert_eq!(
        (sent.method, &sent.url, &sent.bearer),
        ("POST", &url, &Some(jwt("t1")))
    );
    assert!(
        sent.headers.is_empty() && sent.body.is_none(),
        "no x-ms-client-scope, no body"
    );
}

#[test]
fn the_default_environment_and_another_trigger_are_named_as_they_are() {
    let environment = format!("Default-{TENANT}");
    let (world, caller) =
        scene_with(|settings| settings.environment = EnvironmentId::parse(&environment).unwrap());
    let trigger = FlowRef {
        workflow_id: Guid::parse(WORKFLOW).unwrap(),
        trigger: "My trigger/1?".to_owned(),
    };
    caller.succeeds(call().to(Target::Flow(trigger)));
    let url = &world.log.requests()[0].url;
    assert!(
        url.contains(&format!("/environments/{environment}/flows/")),
        "{url}"
    );
    assert!(
        url.contains("/triggers/My%20trigger%2F1%3F/listCallbackUrl?api-version="),
        "{url}"
    );
}

#[test]
fn a_row_without_a_resourceid_is_asked_for_by_its_workflowid() {
    for resource_id in [None, Some("")] {
        let (world, caller) = scene();
        world.row.then(row_of(Some(1), Some(5), resource_id));
        caller.succeeds(call());
        assert!(
            world.log.requests()[0]
                .url
                .contains(&format!("/flows/{WORKFLOW}/"))
        );
    }
}

#[test]
fn a_row_that_says_little_is_given_the_benefit_of_the_doubt() {
    let (world, caller) = scene();
    world.row.then(row_of(None, None, Some(RESOURCE)));
    caller.succeeds(call());
    assert_eq!(world.count("list"), 1);
}

#[test]
fn a_flow_that_is_off_is_told_without_asking_the_service() {
    for state in [0, 2] {
        let (world, caller) = scene();
        world.row.then(row_of(Some(state), Some(5), Some(RESOURCE)));
        let error = caller.fails(call());
        assert_eq!(
            told(&error),
            (Code::WorkflowOff, Stage::Workflow, false),
            "{state}"
        );
        assert!(world.log.requests().is_empty());
        caller.succeeds(call());
    }
}

#[test]
fn a_row_that_is_no_cloud_flow_has_no_http_trigger() {
    for category in [0, 2, 3, 4] {
        let (world, caller) = scene();
        world
            .row
            .then(row_of(Some(1), Some(category), Some(RESOURCE)));
        assert_eq!(
            told(&caller.fails(call())),
            (Code::TriggerNotHttp, Stage::Workflow, false),
            "{category}"
        );
    }
}

#[test]
fn every_dataverse_error_has_its_code() {
    for (error_code, message, expected, asked) in [
        (
            Some(-2_147_220_969.0),
            "Does Not Exist",
            Code::WorkflowNotFound,
            1,
        ),
        (
            Some(2_147_746_327.0),
            "Does Not Exist",
            Code::WorkflowNotFound,
            1,
        ),
        (
            Some(-2_147_220_960.0),
            "missing prvReadWorkflow",
            Code::WorkflowForbidden,
            1,
        ),
        (
            Some(2_147_746_336.0),
            "missing prvReadWorkflow",
            Code::WorkflowForbidden,
            1,
        ),
        (
            Some(f64::from(0x8007_2322_u32)),
            "Number of requests exceeded",
            Code::Throttled,
            4,
        ),
        (
            Some(f64::from(0x8007_2321_u32)),
            "Combined execution time exceeded",
            Code::Throttled,
            4,
        ),
        (
            Some(-2_147_015_902.0),
            "Number of requests exceeded",
            Code::Throttled,
            4,
        ),
        (None, "Failed to fetch", Code::Network, 4),
        (None, "Method not implemented.", Code::HostNotFound, 1),
        (
            Some(-2_147_220_970.0),
            "An unexpected error occurred.",
            Code::ServiceError,
            1,
        ),
        (Some(f64::NAN), "", Code::ServiceError, 1),
        (None, "", Code::ServiceError, 1),
    ] {
        let (world, caller) = scene();
        world.row.always(move |_| no_row(error_code, message));
        let error = caller.fails(call());
        assert_eq!(
            told(&error),
            (expected, Stage::Workflow, false),
            "{error_code:?} {message}"
        );
        assert_eq!(world.count("row"), asked, "{error_code:?} {message}");
        assert!(world.log.requests().is_empty());
        assert_eq!(
            error.cause.as_ref().map(text_of),
            Some("what the web API threw")
        );
        assert_eq!(
            error.service_message.as_deref(),
            Some(message).filter(|message| !message.is_empty())
        );
    }
}

#[test]
fn a_dataverse_code_is_told_as_its_documentation_writes_it() {
    let (world, caller) = scene();
    world.row.then(no_row(
        Some(-2_147_220_969.0),
        "workflow With Id = 1 Does Not Exist",
    ));
    let error = caller.fails(call());
    assert_eq!(error.service_code.as_deref(), Some("0x80040217"));
    assert!(
        error.message.contains("Does Not Exist"),
        "{}",
        error.message
    );
}

#[test]
fn a_canvas_app_is_told_that_it_has_no_web_api() {
    let (world, caller) = scene();
    world.row.then(no_row(None, "Method not implemented."));
    let error = caller.fails(call());
    assert!(error.hint.contains("Canvas apps"), "{}", error.hint);
}

#[test]
fn a_row_that_can_not_be_had_now_is_read_again() {
    for (error_code, message) in [
        (Some(-2_147_015_902.0), "Number of requests exceeded"),
        (None, "Failed to fetch"),
    ] {
        let (world, caller) = scene();
        world
            .row
            .then(no_row(error_code, message))
            .then(no_row(error_code, message));
        caller.succeeds(call());
        assert_eq!(
            world.story()[..4],
            ["0 silent", "0 row", "250 row", "750 row"].map(str::to_owned)
        );
    }
}

#[test]
fn a_row_read_that_never_answers_is_given_up_and_made_again() {
    let (world, caller) = scene();
    world.row.then(row(RESOURCE).hangs());
    caller.succeeds(call());
    assert_eq!(world.now(), 40_250.0);
}

#[test]
fn a_failure_of_one_of_row_and_token_does_not_wait_for_the_other() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(9000.0));
    world
        .row
        .then(no_row(Some(-2_147_220_969.0), "").after(10.0));
    assert_eq!(
        (caller.fails(call()).code, world.now()),
        (Code::WorkflowNotFound, 10.0)
    );
    let (world, caller) = scene();
    world
        .silent
        .then(no_token("ServerError", "invalid_client").after(10.0));
    world.row.then(row(RESOURCE).after(9000.0));
    assert_eq!(
        (caller.fails(call()).code, world.now()),
        (Code::TokenFailed, 10.0)
    );
    world.pass_all();
    world.assert_at_rest();
}

#[test]
fn every_shape_of_the_callback_answer_is_understood() {
    let (base, _) = TRIGGER.split_once('?').unwrap();
    for shape in [
        json!({"response": {"value": TRIGGER, "method": "GET", "basePath": base, "queries": {"api-version": "1"}}, "httpStatusCode": "OK"}),
        json!({"value": TRIGGER, "method": "POST", "relativePath": "x", "relativePathParameters": ["x"]}),
        json!({"$content": TRIGGER}),
        json!({"response": {"basePath": base, "queries": {"api-version": "1"}}}),
    ] {
        let (world, caller) = scene();
        world.listing.then(json_body(shape.clone()));
        caller.succeeds(call());
        assert_eq!(world.log.requests()[1].url, TRIGGER, "{shape}");
    }
}

#[test]
fn the_method_in_the_callback_answer_is_not_believed() {
    let (world, caller) = scene();
    world.listing.then(json_body(
        json!({"response": {"value": TRIGGER, "method": "GET"}}),
    ));
    caller.succeeds(call());
    assert_eq!(world.log.requests()[1].method, "POST");
}

#[test]
fn an_answer_that_names_no_url_is_discovery_failed() {
    for garbage in [
        json!({}),
        json!({"response": {}}),
        json!([]),
        json!("x"),
        Value::Null,
        json!({"value": 7}),
        json!({"value": ""}),
    ] {
        let (world, caller) = scene();
        world.listing.then(json_body(garbage.clone()));
        let error = caller.fails(call());
        assert_eq!(
            (told(&error), error.status),
            ((Code::DiscoveryFailed, Stage::Discovery, false), Some(200)),
            "{garbage}"
        );
        caller.succeeds(call());
    }
}

#[test]
fn an_answer_that_is_not_json_is_discovery_failed() {
    let (world, caller) = scene();
    world
        .listing
        .then(flow_says(200, "<html>a captive portal</html>"));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::DiscoveryFailed, Stage::Discovery, false)
    );
}

#[test]
fn every_answer_of_the_callback_table_has_its_code() {
    for (status, code, expected) in [
        (
            401,
            "ClientScopeAuthorizationFailed",
            Code::DelegatedTokenRequired,
        ),
        (400, "ListCallbackUrlOperationBlocked", Code::TriggerNotHttp),
        (403, "InsufficientCdsPermissions", Code::DiscoveryForbidden),
        (404, "FlowNotFound", Code::DiscoveryFailed),
        (404, "WorkflowNotFound", Code::DiscoveryFailed),
        (403, "SomethingNew", Code::DiscoveryForbidden),
        (400, "SomethingNew", Code::DiscoveryFailed),
    ] {
        let (world, caller) = scene();
        world
            .listing
            .then(service(status, code).header("x-ms-correlation-id", "corr-1"));
        let error = caller.fails(call());
        assert_eq!(told(&error), (expected, Stage::Discovery, false), "{code}");
        assert_eq!(
            world.story(),
            ["0 silent", "0 row", "0 list with t1"],
            "{code}: asked once, and nothing was sent to the flow"
        );
        assert_eq!(
            (error.status, error.service_code.as_deref()),
            (Some(status), Some(code))
        );
        assert_eq!(
            error.service_message,
            Some(format!("The service says {code}."))
        );
        assert_eq!(error.correlation_id.as_deref(), Some("corr-1"));
        caller.succeeds(call());
    }
}

#[test]
fn a_throttled_discovery_is_repeated_when_the_service_says() {
    let (world, caller) = scene();
    world
        .listing
        .then(service(429, "TooManyRequests").header("Retry-After", "7"));
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 row",
            "0 list with t1",
            "7000 list with t1",
            "7000 POST with t1"
        ]
    );
}

#[test]
fn a_discovery_that_stays_throttled_is_told_as_throttled() {
    let (world, caller) = scene();
    world.listing.always(|_| service(429, "TooManyRequests"));
    let error = caller.fails(call());
    assert_eq!(
        (told(&error), error.code.retryable()),
        ((Code::Throttled, Stage::Discovery, false), true)
    );
    assert_eq!((world.count("list"), world.now()), (4, 1750.0));
}

#[test]
fn a_discovery_that_failed_may_always_be_made_again() {
    for reply in [
        service(500, "Oops"),
        gateway(502),
        gateway(503),
        gateway(504),
        drops(),
        breaks_off(200),
        refused_by_the_browser(),
    ] {
        let (world, caller) = scene();
        world.listing.then(reply.clone()).then(reply);
        caller.succeeds(call());
        assert_eq!(
            world.story()[2..5],
            ["0 list with t1", "250 list with t1", "750 list with t1"].map(str::to_owned)
        );
    }
}

#[test]
fn a_discovery_that_never_succeeds_tells_why() {
    for (reply, expected) in [(gateway(503), Code::ServiceError), (drops(), Code::Network)] {
        let (world, caller) = scene();
        world.listing.always(move |_| reply.clone());
        assert_eq!(
            told(&caller.fails(call())),
            (expected, Stage::Discovery, false)
        );
        assert_eq!(world.count("list"), 4);
    }
}

#[test]
fn a_discovery_that_never_answers_is_given_up_and_made_again() {
    let (world, caller) = scene();
    world
        .listing
        .then(listed(TRIGGER).hangs())
        .then(listed(TRIGGER).body_hangs());
    caller.succeeds(call());
    assert_eq!(world.now(), 40_250.0 + 40_500.0);
}

#[test]
fn a_wait_beyond_the_end_of_the_discovery_ends_at_once_with_the_services_error() {
    let (world, caller) = scene();
    world.row.then(row(RESOURCE).after(30_000.0));
    world
        .listing
        .always(|_| service(429, "TooManyRequests").header("retry-after", "130"));
    let error = caller.fails(call());
    assert_eq!(
        (told(&error), world.now()),
        ((Code::Throttled, Stage::Discovery, false), 30_000.0)
    );
}

#[test]
fn a_token_that_discovery_refuses_is_renewed_once_with_the_claims_challenge() {
    let (world, caller) = scene();
    let claims = r#"{"access_token":{"nbf":{"essential":true}}}"#;
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, claims);
    let challenge =
        format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{encoded}\"");
    world
        .listing
        .then(service(401, "ExpiredAuthenticationToken").header("www-authenticate", &challenge));
    caller.outcome(call()).ok().unwrap();
    assert_eq!(
        world.story()[..5],
        [
            "0 silent",
            "0 row",
            "0 list with t1",
            "0 silent forced with claims",
            "0 list with t2"
        ]
        .map(str::to_owned)
    );
    assert_eq!(world.log.tokens()[1].ask.claims.as_deref(), Some(claims));
}

#[test]
fn a_token_that_discovery_refuses_twice_is_not_renewed_twice() {
    let (world, caller) = scene();
    world
        .listing
        .always(|_| service(401, "ExpiredAuthenticationToken"));
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::Unauthorized, Stage::Discovery, false));
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 row",
            "0 list with t1",
            "0 silent forced",
            "0 list with t2"
        ]
    );
}

#[test]
fn a_token_that_was_renewed_for_the_discovery_is_the_one_that_calls_the_flow() {
    let (world, caller) = scene();
    world
        .listing
        .then(service(401, "ExpiredAuthenticationToken"));
    world.trigger.always(|sent| {
        if sent.bearer == Some(jwt("t1")) {
            service(401, "ExpiredToken")
        } else {
            flow(200, json!({}))
        }
    });
    caller.succeeds(call());
    assert_eq!(
        world.count("silent forced"),
        1,
        "one forced refresh: {:?}",
        world.story()
    );
    assert_eq!(
        world.count("POST with t1"),
        0,
        "the refused token goes nowhere: {:?}",
        world.story()
    );
}

#[test]
fn the_callback_url_is_told_from_the_cache_unless_it_is_refreshed() {
    let (world, caller) = warm_scene();
    assert_eq!(caller.callback_url(false).unwrap(), TRIGGER);
    assert!(world.story().is_empty());
    world.listing.always(|_| listed(MOVED));
    assert_eq!(caller.callback_url(true).unwrap(), MOVED);
    assert_eq!(world.story(), ["0 silent", "0 row", "0 list with t1"]);
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST moved with t1"]);
}

#[test]
fn the_callback_url_of_a_cold_flow_is_discovered_and_kept() {
    let (world, caller) = scene();
    assert_eq!(caller.callback_url(false).unwrap(), TRIGGER);
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
    world.assert_at_rest();
}

#[test]
fn a_callback_url_that_can_not_be_had_fails_like_a_call() {
    let (world, caller) = scene();
    world
        .listing
        .then(service(403, "InsufficientCdsPermissions"));
    assert_eq!(
        told(&caller.callback_url(false).unwrap_err()),
        (Code::DiscoveryForbidden, Stage::Discovery, false)
    );
    world.row.then(row(RESOURCE).hangs());
    world.row.always(|_| row(RESOURCE).hangs());
    let error = caller.callback_url(false).unwrap_err();
    assert_eq!(
        (told(&error), world.now()),
        ((Code::Timeout, Stage::Workflow, false), 150_000.0)
    );
}
