//! Who wrote an answer: the flow, which ran, or the service, which proves that it refused to start it.

use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::policy::verdict::TRIGGER_CODES;
use serde_json::{Value, json};

use crate::world::*;

#[test]
fn a_flows_own_error_is_flow_failed_with_its_answer_and_is_never_replayed() {
    for status in [
        400, 401, 403, 404, 409, 410, 418, 429, 500, 502, 503, 504, 599,
    ] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| {
            flow(status, json!({"why": status}))
                .header("retry-after", "1")
                .header("x-own", "yes")
        });
        let error = caller.fails(call());
        assert_eq!(
            (told(&error), error.status),
            ((Code::FlowFailed, Stage::Invoke, true), Some(status))
        );
        assert_eq!(world.story(), ["0 silent", "0 POST with t1"], "{status}");
        let data = error
            .data
            .as_ref()
            .and_then(|data| data.downcast_ref::<Value>());
        assert_eq!(data, Some(&json!({"why": status})));
        assert!(
            error.headers.is_some(),
            "the caller may read the flow's headers"
        );
        assert!(error.service_code.is_none() && !error.code.retryable());
    }
}

#[test]
fn a_flows_error_tells_its_run_where_the_page_may_read_it() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(flow(500, json!({})).header("x-ms-workflow-run-id", "run-7"));
    assert_eq!(caller.fails(call()).run_id.as_deref(), Some("run-7"));
}

#[test]
fn every_code_of_the_trigger_table_is_read() {
    let rows = [
        (
            "MisMatchingOAuthClaims",
            &[401, 403][..],
            Code::ClaimsMismatch,
            false,
        ),
        (
            "DirectApiAuthorizationRequired",
            &[401],
            Code::Unauthorized,
            false,
        ),
        (
            "DirectApiRequestHasMoreThanOneAuthorization",
            &[401],
            Code::Unauthorized,
            false,
        ),
        (
            "DirectApiInvalidAuthorizationScheme",
            &[401],
            Code::Unauthorized,
            false,
        ),
        (
            "OAuthAccessPolicyNotFound",
            &[401],
            Code::Unauthorized,
            false,
        ),
        (
            "AuthorizationFailed",
            &[401, 403],
            Code::Unauthorized,
            false,
        ),
        (
            "TriggerInputSchemaMismatch",
            &[400],
            Code::InputRejected,
            false,
        ),
        ("InvalidRequestContent", &[400], Code::InputRejected, false),
        (
            "TriggerRequestMethodNotValid",
            &[400, 404, 405],
            Code::InputRejected,
            false,
        ),
        (
            "TriggerRelativePathNotValid",
            &[400, 404],
            Code::InputRejected,
            false,
        ),
        ("WorkflowTriggerIsNotEnabled", &[400], Code::FlowOff, false),
        ("WorkflowDisabled", &[400], Code::FlowOff, false),
        ("WorkflowNotFound", &[404], Code::FlowGone, false),
        ("FlowNotFound", &[404], Code::FlowGone, false),
        ("NoResponse", &[502, 504], Code::NoResponse, true),
    ];
    assert_eq!(
        rows.map(|row| row.0)[..],
        TRIGGER_CODES.iter().map(|row| row.0).collect::<Vec<_>>()
    );
    for (code, statuses, expected, may_have_run) in rows {
        for &status in statuses {
            let (world, caller) = warm_scene();
            world
                .trigger
                .always(move |_| service(status, code).header("x-ms-correlation-id", "corr-1"));
            let error = caller.fails(call());
            assert_eq!(
                told(&error),
                (expected, Stage::Invoke, may_have_run),
                "{status} {code}"
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
            assert!(
                error.message.contains(code) && error.hint.ends_with('.'),
                "{}",
                error.message
            );
            assert!(
                error.data.is_none() && error.headers.is_none(),
                "these are for the flow's own answer"
            );
        }
    }
}

#[test]
fn each_way_of_being_unauthorized_has_a_hint_of_its_own() {
    let mut hints: Vec<String> = vec![];
    for code in [
        "DirectApiAuthorizationRequired",
        "DirectApiRequestHasMoreThanOneAuthorization",
        "DirectApiInvalidAuthorizationScheme",
        "OAuthAccessPolicyNotFound",
        "AuthorizationFailed",
    ] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| service(401, code));
        hints.push(caller.fails(call()).hint.to_string());
    }
    // Two are of a signature, and a token was sent.
    assert_eq!(hints[2], hints[4]);
    assert!(
        hints[2].starts_with("No such credential was sent"),
        "{}",
        hints[2]
    );
    hints.truncate(4);
    hints.sort();
    hints.dedup();
    assert_eq!(hints.len(), 4);
}

#[test]
fn a_known_code_decides_whatever_the_status() {
    for status in [400, 401, 403, 404, 429, 500, 502, 503] {
        let (world, caller) = warm_scene();
        world
            .trigger
            .always(move |_| service(status, "TriggerInputSchemaMismatch").without_a_run());
        assert_eq!(
            told(&caller.fails(call())),
            (Code::InputRejected, Stage::Invoke, false),
            "{status}"
        );
        assert_eq!(world.count("POST"), 1, "{status}");
        world.trigger.always(move |_| service(status, "NoResponse"));
        assert_eq!(
            told(&caller.fails(call())),
            (Code::NoResponse, Stage::Invoke, true),
            "{status}"
        );
        assert_eq!(world.count("POST"), 2, "{status}");
    }
}

#[test]
fn an_unknown_code_in_the_services_shape_goes_by_its_status() {
    for (status, expected, may_have_run, attempts) in [
        (400, Code::InputRejected, false, 1),
        (401, Code::Unauthorized, false, 2),
        (403, Code::Unauthorized, false, 1),
        (404, Code::FlowGone, false, 1),
        (413, Code::InputRejected, false, 1),
        (429, Code::Throttled, false, 4),
        (500, Code::ServiceError, true, 1),
        (503, Code::ServiceError, true, 1),
        (504, Code::ServiceError, true, 1),
    ] {
        let (world, caller) = warm_scene();
        world
            .trigger
            .always(move |_| service(status, "SomethingNew"));
        assert_eq!(
            told(&caller.fails(call())),
            (expected, Stage::Invoke, may_have_run),
            "{status}"
        );
        assert_eq!(world.count("POST"), attempts, "{status}");
    }
}

#[test]
fn a_readable_challenge_proves_that_the_service_refused() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .always(|_| challenge("Bearer error=\"invalid_token\""));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::Unauthorized, Stage::Invoke, false)
    );
    assert_eq!(world.count("POST"), 2);
}

#[test]
fn a_readable_challenge_proves_it_with_a_403_too() {
    let (world, caller) = warm_scene();
    let refusal = || {
        service(403, "")
            .header("www-authenticate", "Bearer error=\"insufficient_scope\"")
            .without_a_body()
    };
    world.trigger.always(move |_| refusal());
    assert_eq!(
        told(&caller.fails(call())),
        (Code::Unauthorized, Stage::Invoke, false)
    );
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn a_401_whose_proof_cors_hides_counts_as_the_flows() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .always(|_| flow_says(401, "").header("x-ms-request-id", "r"));
    assert_eq!(
        told(&caller.fails(call())),
        (Code::FlowFailed, Stage::Invoke, true)
    );
    assert_eq!(
        world.story(),
        ["0 silent", "0 POST with t1"],
        "neither refreshed nor repeated"
    );
}

#[test]
fn a_body_that_only_looks_like_the_services_is_the_flows() {
    for body in [
        json!({"error": "no"}),
        json!({"error": {"message": "no"}}),
        json!({"code": "WorkflowNotFound"}),
        json!([1]),
        Value::Null,
    ] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| flow(404, body.clone()));
        assert_eq!(
            told(&caller.fails(call())),
            (Code::FlowFailed, Stage::Invoke, true)
        );
        assert_eq!(world.count("list"), 0);
    }
}

#[test]
fn an_error_whose_body_breaks_off_proves_nothing() {
    for status in [302, 401, 404, 429, 500] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| breaks_off(status));
        let error = caller.fails(call());
        assert_eq!(
            (told(&error), error.status),
            ((Code::Network, Stage::Invoke, true), Some(status))
        );
        assert_eq!(world.count("POST"), 1, "{status}");
    }
}

#[test]
fn a_success_in_the_shape_of_an_error_is_an_answer() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow(
        200,
        json!({"error": {"code": "WorkflowNotFound", "message": "no such order"}}),
    ));
    assert_eq!(caller.succeeds(call()).status, 200);
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn a_2xx_that_the_caller_does_not_accept_is_the_flows_whatever_its_body_says() {
    for code in [
        "WorkflowNotFound",
        "TriggerInputSchemaMismatch",
        "SomethingNew",
    ] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| {
            flow(
                200,
                json!({"error": {"code": code, "message": "of the flow's own"}}),
            )
        });
        let error = caller.fails(call().accepting(|status| status == 201));
        assert_eq!(
            told(&error),
            (Code::FlowFailed, Stage::Invoke, true),
            "{code}: the service refuses nothing with a 200"
        );
        assert_eq!(
            world.count("POST"),
            1,
            "{code}: it ran, so it is not replayed"
        );
    }
}
