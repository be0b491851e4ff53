//! The record pattern in trouble: what Dataverse, the connection, the clock and the caller can do to it.

use entra_flow::model::{ErrorCode as Code, Stage};
use serde_json::json;

use crate::world::*;

const CREATE: &str = r#"0 create {"ef_in":"go","ef_status":1.0}"#;

#[test]
fn a_create_that_may_have_worked_is_not_repeated() {
    for (reply, code) in [
        (offline(), Code::Network),
        (
            rejects(503.0, "Service Unavailable", json!({})),
            Code::ServiceError,
        ),
        (rejects(0.0, "", json!({})), Code::ServiceError),
        (
            rejects(
                f64::from(0x8004_4151_u32),
                "Sql timeout expired.",
                json!({}),
            ),
            Code::OperationFailed,
        ),
    ] {
        let operator = operator();
        operator.world.operations.create.then(reply);
        let error = refused(operator.run(patience()));
        assert_eq!(told(&error), (code, Stage::Operation, true));
        assert_eq!(operator.world.story(), [CREATE]);
    }
}

#[test]
fn a_create_that_was_refused_created_nothing() {
    for (code, expected) in [
        (0x8004_0220_u32, Code::OperationFailed),
        (0x8006_0888, Code::OperationFailed),
        (0x8004_0203, Code::OperationFailed),
    ] {
        let operator = operator();
        operator
            .world
            .operations
            .create
            .then(rejects(f64::from(code), "no", json!({})));
        let error = refused(operator.run(patience()));
        assert_eq!(told(&error), (expected, Stage::Operation, false));
        assert_eq!(operator.world.count("create"), 1);
    }
}

#[test]
fn a_throttled_create_is_repeated_when_dataverse_says() {
    for thrown in [
        json!({"retryAfter": 7}),
        json!({"headers": {"Retry-After": "7"}}),
        json!({"headers": {"retry-after": "Tue, 24 Nov 2026 08:00:07 GMT"}}),
    ] {
        let operator = operator();
        operator.world.operations.create.then(throttled(thrown));
        operator.run(patience()).unwrap();
        let again = CREATE.replacen('0', "7000", 1);
        assert_eq!(
            operator.world.story(),
            [CREATE, again.as_str(), "7625 look"]
        );
    }
}

#[test]
fn a_create_that_stays_throttled_ran_nothing() {
    let operator = operator();
    operator
        .world
        .operations
        .create
        .always(|_| throttled(json!({})));
    let error = refused(operator.run(patience()));
    assert_eq!(told(&error), (Code::Throttled, Stage::Operation, false));
    assert_eq!(operator.world.count("create"), 4);
}

#[test]
fn throttled_looks_wait_as_long_as_dataverse_says_and_ten_seconds_where_it_says_nothing() {
    let operator = operator();
    operator.world.random.set(0.0);
    operator
        .world
        .operations
        .look
        .then(throttled(json!({"retryAfter": 42})))
        .then(throttled(json!({})));
    operator.wait(patience()).unwrap();
    let story = operator.world.story();
    assert_eq!(story[..2], ["0 look", "42000 look"]);
    assert_eq!(operator.world.now().round(), 42_000.0 + 6667.0);
}

#[test]
fn a_lost_connection_is_outlived() {
    let operator = operator();
    for _ in 0..10 {
        operator.world.operations.look.then(offline());
    }
    operator.wait(patience()).unwrap();
    assert_eq!(operator.world.count("look"), 11);
}

#[test]
fn a_look_that_hangs_is_given_up_and_made_again() {
    let operator = operator();
    operator
        .world
        .operations
        .look
        .then(in_state(RUNNING).hangs());
    operator.wait(patience()).unwrap();
    assert_eq!(operator.world.count("look"), 2);
}

#[test]
fn trouble_that_lasts_to_the_end_says_more_than_a_timeout() {
    type Trouble = fn() -> RowAnswer;
    for (trouble, code) in [
        (offline as Trouble, Code::Network),
        (|| throttled(json!({})), Code::Throttled),
    ] {
        let operator = operator();
        operator.world.operations.look.always(move |_| trouble());
        let error = refused(operator.wait(patience().timeout(60_000.0)));
        assert_eq!(told(&error), (code, Stage::Operation, true));
        assert!(operator.world.now() <= 60_000.0);
    }
}

#[test]
fn a_failure_that_nobody_knows_ends_the_wait_after_some_looks() {
    let operator = operator();
    operator
        .world
        .operations
        .look
        .always(|_| rejects(500.0, "Internal", json!({})));
    let error = refused(operator.wait(patience()));
    assert_eq!(told(&error), (Code::ServiceError, Stage::Operation, true));
    assert_eq!(operator.world.count("look"), 4);
}

#[test]
fn dataverses_own_refusal_ends_the_wait_at_once() {
    for code in [0x8004_0220_u32, 0x8006_0888] {
        let operator = operator();
        operator
            .world
            .operations
            .look
            .always(move |_| rejects(f64::from(code), "no", json!({})));
        let error = refused(operator.wait(patience()));
        assert_eq!(
            told(&error),
            (Code::OperationFailed, Stage::Operation, true)
        );
        assert_eq!(operator.world.count("look"), 1);
    }
}

#[test]
fn a_canvas_app_has_no_rows() {
    let operator = operator();
    operator
        .world
        .operations
        .create
        .then(rejects(0.0, "Method not implemented.", json!({})));
    let error = refused(operator.run(patience()));
    assert_eq!(told(&error), (Code::HostNotFound, Stage::Operation, false));
}

#[test]
fn an_abort_before_the_call_creates_nothing() {
    let operator = operator();
    let signal = Signal::default();
    signal.abort();
    let error = refused(operator.run(patience().abort(signal.listener())));
    assert_eq!(told(&error), (Code::Aborted, Stage::Operation, false));
    assert_eq!(operator.world.count("create"), 0);
    assert_eq!(signal.listeners(), 0);
}

#[test]
fn an_abort_tells_whether_the_row_may_be_there() {
    type Setup = fn(&Operator);
    for (setup, may_have_run) in [
        (
            (|operator| {
                operator.world.operations.create.then(created(ROW).hangs());
            }) as Setup,
            true,
        ),
        (
            |operator| {
                operator
                    .world
                    .operations
                    .create
                    .then(throttled(json!({"retryAfter": 60})));
            },
            false,
        ),
        (
            |operator| {
                operator.world.operations.look.always(|_| in_state(RUNNING));
            },
            true,
        ),
        (
            |operator| {
                operator
                    .world
                    .operations
                    .look
                    .then(in_state(RUNNING).hangs());
            },
            true,
        ),
    ] {
        let operator = operator();
        setup(&operator);
        let signal = Signal::default();
        let run = operator.begin_run("go", patience().abort(signal.listener()));
        operator.world.pass(2000.0);
        signal.abort();
        let error = refused(run.wait());
        assert_eq!(
            told(&error),
            (Code::Aborted, Stage::Operation, may_have_run)
        );
        assert_eq!(operator.world.now(), 2000.0);
        operator.world.pass_all();
        operator.world.assert_at_rest();
        assert_eq!(signal.listeners(), 0);
    }
}

#[test]
fn a_wait_that_runs_out_says_that_the_row_may_be_worked_on() {
    let operator = operator();
    operator
        .world
        .operations
        .look
        .then(in_state(RUNNING).hangs());
    let error = refused(operator.wait(patience().timeout(1000.0)));
    assert_eq!(told(&error), (Code::Timeout, Stage::Operation, true));
}

#[test]
fn a_good_look_makes_up_for_the_failures_before_it() {
    let operator = operator();
    for _ in 0..3 {
        for _ in 0..3 {
            let unknown = rejects(500.0, "Internal", json!({}));
            operator.world.operations.look.then(unknown);
        }
        operator.world.operations.look.then(in_state(RUNNING));
    }
    operator.wait(patience()).unwrap();
    assert_eq!(operator.world.count("look"), 13);
}

#[test]
fn a_throttled_create_is_not_waited_for_beyond_the_end() {
    let operator = operator();
    operator
        .world
        .operations
        .create
        .then(throttled(json!({"retryAfter": 300})));
    let error = refused(operator.run(patience()));
    assert_eq!(told(&error), (Code::Throttled, Stage::Operation, false));
    assert_eq!(operator.world.now(), 0.0);
}

#[test]
fn what_dataverse_says_is_told_without_secrets() {
    let operator = operator();
    let message = format!("refused {} ?sig=GEHEIM", jwt("t1"));
    operator
        .world
        .operations
        .create
        .then(rejects(f64::from(0x8004_0220_u32), &message, json!({})));
    let error = refused(operator.run(patience()));
    let said = "refused [redacted] ?sig=[redacted]";
    assert_eq!(error.service_message.as_deref(), Some(said));
}

#[test]
fn a_canvas_app_ends_the_wait_at_once() {
    let operator = operator();
    let canvas = || rejects(0.0, "Method not implemented.", json!({}));
    operator.world.operations.look.always(move |_| canvas());
    let error = refused(operator.wait(patience()));
    assert_eq!(told(&error), (Code::HostNotFound, Stage::Operation, true));
    assert_eq!(operator.world.count("look"), 1);
}

#[test]
fn a_last_look_that_hangs_says_that_the_row_may_be_worked_on() {
    let operator = operator();
    operator
        .world
        .operations
        .look
        .always(|_| in_state(RUNNING).hangs());
    let error = refused(operator.wait(patience().timeout(40_300.0)));
    assert_eq!(told(&error), (Code::Timeout, Stage::Operation, true));
    assert_eq!(operator.world.now(), 40_000.0);
}
