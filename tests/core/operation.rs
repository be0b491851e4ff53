//! The record pattern: one row a run, looked at with growing patience until its work is done.

use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::operation::{OperationTable, TableOptions};
use serde_json::json;

use crate::world::*;

const CREATE: &str = r#"0 create {"ef_in":"go","ef_status":1.0}"#;

#[test]
fn a_run_creates_one_row_waits_half_a_second_and_answers_with_its_result() {
    let operator = operator();
    let ended = operator.run(patience());
    assert_eq!(result_of(&ended), Some(json!({"done": true})));
    let operated = ended.unwrap();
    assert_eq!((operated.id.as_str(), operated.elapsed_ms), (ROW, 625.0));
    assert_eq!(operator.world.story(), [CREATE, "625 look"]);
}

#[test]
fn the_looks_become_rarer_up_to_ten_seconds() {
    let operator = operator();
    operator.world.random.set(0.999_999);
    operator.world.operations.look.always(|_| in_state(RUNNING));
    let error = refused(operator.run(patience().timeout(60_000.0)));
    assert_eq!(told(&error), (Code::Timeout, Stage::Operation, true));
    let times: Vec<f64> = operator
        .world
        .story()
        .iter()
        .filter_map(|line| line.strip_suffix(" look")?.parse().ok())
        .collect();
    let gaps: Vec<f64> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).round())
        .collect();
    assert_eq!(times[0].round(), 750.0);
    assert_eq!(
        gaps,
        [
            1125.0, 1687.0, 2531.0, 3797.0, 5695.0, 8543.0, 10_000.0, 10_000.0, 10_000.0
        ]
    );
}

#[test]
fn chance_keeps_two_pages_from_looking_together() {
    let story = |random| {
        let operator = operator();
        operator.world.random.set(random);
        operator.run(patience()).unwrap().elapsed_ms
    };
    assert_eq!((story(0.0), story(0.5)), (500.0, 625.0));
}

#[test]
fn a_page_that_nobody_sees_looks_a_third_as_often_and_soon_after_it_is_seen_again() {
    let operator = operator();
    operator.world.random.set(0.0);
    operator.world.hidden.set(true);
    operator
        .world
        .operations
        .look
        .then(in_state(RUNNING))
        .then(in_state(RUNNING));
    let run = operator.begin_run("go", patience());
    operator.world.pass(3750.0);
    assert_eq!(operator.world.story(), [CREATE, "1500 look", "3750 look"]);
    operator.world.hidden.set(false);
    assert!(run.wait().is_ok());
    assert_eq!(operator.world.now(), 4875.0);
}

#[test]
fn a_start_answers_with_the_id_and_does_not_look() {
    let operator = operator();
    let operated = operator.start(Some("go")).unwrap();
    assert_eq!(operated.id.as_str(), ROW);
    assert_eq!(operator.world.story(), [CREATE]);
}

#[test]
fn a_start_without_input_writes_no_input() {
    let operator = operator_of(|table| table.pending = None);
    operator.start(None).unwrap();
    assert_eq!(operator.world.story(), ["0 create {}"]);
}

#[test]
fn the_ids_of_all_hosts_are_read() {
    for answer in [
        json!({"id": ROW}),
        json!({"id": {"guid": ROW}}),
        json!({"id": format!("{{{}}}", ROW.to_uppercase())}),
    ] {
        let operator = operator();
        operator
            .world
            .operations
            .create
            .then(Reply::new(Ok(answer)));
        assert_eq!(operator.start(None).unwrap().id.as_str(), ROW);
    }
}

#[test]
fn an_answer_without_an_id_says_that_the_row_is_there() {
    for answer in [
        json!({}),
        json!({"id": "row"}),
        json!(null),
        json!({"id": {"guid": 7}}),
    ] {
        let operator = operator();
        operator
            .world
            .operations
            .create
            .then(Reply::new(Ok(answer)));
        let error = refused(operator.run(patience()));
        assert_eq!(
            told(&error),
            (Code::OperationFailed, Stage::Operation, true)
        );
        assert_eq!(operator.world.count("create"), 1);
    }
}

#[test]
fn a_wait_looks_at_once_and_creates_nothing() {
    let operator = operator();
    let ended = operator.wait(patience());
    assert_eq!(result_of(&ended), Some(json!({"done": true})));
    assert_eq!(operator.world.story(), ["0 look"]);
}

#[test]
fn a_result_is_the_value_of_its_json_else_the_column_itself() {
    for (column, data) in [
        (json!(r#"{"a":[1]}"#), Some(json!({"a": [1]}))),
        (json!("42"), Some(json!(42))),
        (
            json!("done, but not JSON"),
            Some(json!("done, but not JSON")),
        ),
        (json!(""), Some(json!(""))),
        (json!(7), Some(json!(7))),
        (json!(null), None),
    ] {
        let operator = operator();
        let row = json!({"ef_status": COMPLETED, "ef_out": column});
        operator.world.operations.look.then(Reply::new(Ok(row)));
        assert_eq!(result_of(&operator.wait(patience())), data);
    }
}

#[test]
fn only_what_is_needed_is_read() {
    for (change, expected) in [
        (
            (|_| {}) as fn(&mut TableOptions),
            "?$select=ef_status,ef_out,ef_error",
        ),
        (|table| table.error = None, "?$select=ef_status,ef_out"),
        (
            |table| table.error = Some("ef_out".to_owned()),
            "?$select=ef_status,ef_out",
        ),
    ] {
        let operator = operator_of(change);
        operator.world.operations.look.always(move |options| {
            assert_eq!(options, expected);
            completed("")
        });
        operator.wait(patience()).unwrap();
    }
}

#[test]
fn a_row_that_failed_says_why() {
    let operator = operator();
    operator.world.operations.look.then(failed("No stock"));
    let error = refused(operator.run(patience()));
    assert_eq!(
        told(&error),
        (Code::OperationFailed, Stage::Operation, true)
    );
    assert_eq!(error.message, "The operation failed: No stock");
    assert_eq!(error.service_message.as_deref(), Some("No stock"));
}

#[test]
fn a_failure_tells_no_secret() {
    let operator = operator();
    let said = format!("refused {} at https://x/?sig=GEHEIM_sig", jwt("t1"));
    operator.world.operations.look.then(failed(&said));
    let error = refused(operator.run(patience()));
    assert_eq!(
        error.message,
        "The operation failed: refused [redacted] at https://x/?sig=[redacted]"
    );
}

#[test]
fn a_failure_without_words_is_a_failure() {
    for change in [(|_| {}) as fn(&mut TableOptions), |table| {
        table.error = None
    }] {
        let operator = operator_of(change);
        operator.world.operations.look.then(failed(""));
        let error = refused(operator.run(patience()));
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::OperationFailed, "The operation failed.")
        );
    }
}

#[test]
fn a_row_that_was_deleted_ends_the_wait() {
    let operator = operator();
    let gone = rejects(f64::from(0x8004_0217_u32), "Does Not Exist", json!({}));
    operator
        .world
        .operations
        .look
        .then(in_state(RUNNING))
        .then(gone);
    let error = refused(operator.run(patience()));
    assert_eq!(
        told(&error),
        (Code::OperationFailed, Stage::Operation, true)
    );
    assert!(error.hint.contains("deleted"), "{}", error.hint);
    assert_eq!(error.service_code.as_deref(), Some("0x80040217"));
}

#[test]
fn a_row_without_a_state_or_with_one_of_the_flows_own_is_still_worked_on() {
    let operator = operator();
    operator
        .world
        .operations
        .look
        .then(Reply::new(Ok(json!({"ef_status": null}))))
        .then(Reply::new(Ok(json!({"ef_status": "3"}))))
        .then(Reply::new(Ok(json!({}))))
        .then(in_state(99.0));
    operator.wait(patience()).unwrap();
    assert_eq!(operator.world.count("look"), 5);
}

#[test]
fn a_row_that_never_ends_is_a_timeout() {
    let operator = operator();
    operator.world.operations.look.always(|_| in_state(RUNNING));
    let error = refused(operator.run(patience().timeout(30_000.0)));
    assert_eq!(told(&error), (Code::Timeout, Stage::Operation, true));
    assert_eq!(operator.world.now(), 30_000.0);
}

#[test]
fn a_row_may_take_longer_than_a_call() {
    let operator = operator();
    for _ in 0..100 {
        operator.world.operations.look.then(in_state(RUNNING));
    }
    let operated = operator.run(patience().timeout(3_600_000.0)).unwrap();
    assert!(operated.elapsed_ms > 700_000.0, "{}", operated.elapsed_ms);
}

#[test]
fn progress_is_told_with_the_id_first_and_after_every_look() {
    let operator = operator();
    let heard = Heard::default();
    operator
        .world
        .operations
        .look
        .then(in_state(PENDING))
        .then(in_state(RUNNING));
    operator.run(patience().hearing(&heard)).unwrap();
    let states: Vec<f64> = heard.borrow().iter().map(|(status, _)| *status).collect();
    assert_eq!(states, [PENDING, PENDING, RUNNING, COMPLETED]);
    assert_eq!(heard.borrow()[0].1, 0.0);
    assert_eq!(heard.borrow()[1].1, 625.0);
}

#[test]
fn a_row_whose_state_is_not_known_is_no_progress() {
    let operator = operator_of(|table| table.pending = None);
    let heard = Heard::default();
    operator
        .world
        .operations
        .look
        .then(Reply::new(Ok(json!({}))));
    operator.run(patience().hearing(&heard)).unwrap();
    assert_eq!(heard.borrow().len(), 1);
}

#[test]
fn a_row_is_deleted_when_it_is_done_and_nobody_waits_for_that() {
    let operator = operator_of(|table| table.delete_when_done = true);
    let gate = Gate::default();
    operator
        .world
        .operations
        .delete
        .then(Reply::new(Ok(json!(null))).held_by(&gate));
    let run = operator.begin_run("go", patience());
    assert!(run.wait().is_ok());
    operator.world.pass(0.0);
    assert_eq!(operator.world.story(), [CREATE, "625 look", "625 delete"]);
    gate.open();
    operator.world.pass_all();
    operator.world.assert_at_rest();
}

#[test]
fn a_row_that_is_not_done_is_kept() {
    for reply in [failed("No stock"), in_state(RUNNING)] {
        let operator = operator_of(|table| table.delete_when_done = true);
        operator
            .world
            .operations
            .look
            .always(move |_| reply.clone());
        refused(operator.run(patience()));
        assert_eq!(operator.world.count("delete"), 0);
    }
}

#[test]
fn a_row_that_cannot_be_deleted_has_its_result() {
    let operator = operator_of(|table| table.delete_when_done = true);
    let forbidden = rejects(f64::from(0x8004_0220_u32), "no", json!({}));
    operator
        .world
        .operations
        .delete
        .then(throttled(json!({})))
        .then(forbidden);
    operator.run(patience()).unwrap();
    assert_eq!(operator.world.count("delete"), 2);
}

#[test]
fn a_token_is_not_written_into_a_row() {
    for input in [
        jwt("t1"),
        format!("Bearer {}", jwt("t1")),
        json!({"order": 1, "nested": [{"token": jwt("t1")}]}).to_string(),
    ] {
        let operator = operator();
        for ended in [
            operator.start(Some(&input)),
            operator.begin_run(&input, patience()).wait(),
        ] {
            let error = refused(ended);
            assert_eq!(told(&error), (Code::InvalidArgument, Stage::Options, false));
            assert!(error.message.starts_with("input: "), "{}", error.message);
            assert_no_secret(&everything_said(&error));
        }
        assert_eq!(operator.world.story(), Vec::<String>::new());
    }
}

#[test]
fn a_name_that_is_no_logical_name_is_refused_by_its_field() {
    type Spoil = fn(&mut TableOptions, String);
    let fields: [(&str, Spoil); 5] = [
        ("table", |table, name| table.table = name),
        ("input", |table, name| table.input = name),
        ("result", |table, name| table.result = name),
        ("status", |table, name| table.status = name),
        ("error", |table, name| table.error = Some(name)),
    ];
    for (field, spoil) in fields {
        for name in [
            "",
            "ef_a,ef_b",
            "ef_a&$expand=owner",
            "EF_A",
            "ef_a)/x",
            "__proto__",
        ] {
            let mut options = table_options();
            spoil(&mut options, name.to_owned());
            let error = OperationTable::new(Box::new(options)).unwrap_err();
            assert_eq!(told(&error), (Code::InvalidArgument, Stage::Options, false));
            assert!(
                error.message.starts_with(&format!("{field}: ")),
                "{}",
                error.message
            );
        }
    }
}

#[test]
fn states_that_cannot_be_told_apart_are_refused() {
    for (change, field) in [
        (
            (|table| table.failed = COMPLETED) as fn(&mut TableOptions),
            "states.failed",
        ),
        (|table| table.pending = Some(COMPLETED), "states.pending"),
        (|table| table.running = Some(FAILED), "states.running"),
    ] {
        let mut options = table_options();
        change(&mut options);
        let error = OperationTable::new(Box::new(options)).unwrap_err();
        assert_eq!(error.code, Code::InvalidArgument);
        assert!(error.message.starts_with(field), "{}", error.message);
    }
}

#[test]
fn two_who_wait_for_one_row_both_get_its_result() {
    let operator = operator();
    operator
        .world
        .operations
        .look
        .then(in_state(RUNNING))
        .then(in_state(RUNNING));
    let waits = [
        operator.begin_wait(patience()),
        operator.begin_wait(patience()),
    ];
    for wait in waits {
        assert_eq!(result_of(&wait.wait()), Some(json!({"done": true})));
    }
}

#[test]
fn a_row_without_a_state_is_told_as_pending() {
    let operator = operator();
    let heard = Heard::default();
    operator
        .world
        .operations
        .look
        .then(Reply::new(Ok(json!({}))));
    operator.wait(patience().hearing(&heard)).unwrap();
    let states: Vec<f64> = heard.borrow().iter().map(|(status, _)| *status).collect();
    assert_eq!(states, [PENDING, COMPLETED]);
}
