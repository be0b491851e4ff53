//! Answers that are held to the caller's schema.

use entra_flow::model::{ErrorCode as Code, Foreign, Stage};
use entra_flow::schema::{Misfit, Schema};
use futures::FutureExt;
use serde_json::{Value, json};

use crate::world::*;

fn saying(says: impl Fn(&Value) -> Result<Value, &'static str> + 'static) -> Schema {
    Box::new(move |data: Option<&Foreign>| {
        let value = data.map_or(&Value::Null, |data| data.downcast_ref().unwrap());
        let outcome = says(value);
        let issues = |message: &str| Misfit::Issues {
            message: Some(message.to_owned()),
            issues: json_value(json!([{"message": message}])),
        };
        async move { outcome.map(json_value).map_err(issues) }.boxed_local()
    })
}

fn schema(
    says: impl Fn(&Value) -> Result<Value, &'static str> + 'static,
) -> impl FnOnce(&mut entra_flow::call::Call) {
    let schema = saying(says);
    move |call| call.schema = Some(schema)
}

fn refuses(message: &'static str) -> impl FnOnce(&mut entra_flow::call::Call) {
    schema(move |_| Err(message))
}

#[test]
fn the_caller_gets_what_the_schema_makes_of_the_answer() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow(200, json!({"id": "7"})));
    let to_number = schema(|data| Ok(json!({"id": data["id"].as_str().unwrap().len()})));
    let answer = caller.succeeds(call().edit(to_number));
    assert_eq!(data_of(&answer), json!({"id": 1}));
}

#[test]
fn a_misfit_is_output_invalid_with_the_issues_and_the_answer() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(flow(200, json!({"id": true})).header("x-order", "42"));
    let error = caller.fails(call().idempotent().edit(refuses("id: not a number")));
    assert_eq!(told(&error), (Code::OutputInvalid, Stage::Invoke, true));
    assert!(
        error.message.ends_with("id: not a number"),
        "{}",
        error.message
    );
    assert_eq!(error.status, Some(200));
    assert!(error.headers.is_some());
    let of = |value: &Option<Foreign>| {
        let value = value.as_ref().unwrap();
        value.downcast_ref::<Value>().unwrap().clone()
    };
    assert_eq!(of(&error.issues), json!([{"message": "id: not a number"}]));
    assert_eq!(of(&error.data), json!({"id": true}));
    assert_eq!(
        world.count("POST"),
        1,
        "the flow ran: another run would not help"
    );
}

#[test]
fn an_issue_that_quotes_a_secret_is_redacted_in_the_message() {
    let (_, caller) = warm_scene();
    let error = caller.fails(call().edit(refuses("not eyJ0eXAi.eyJhdWQi.UNTERSCHRIFT")));
    assert!(error.message.contains("[redacted]"), "{}", error.message);
}

#[test]
fn an_accepted_answer_that_does_not_fit_says_that_the_flow_goes_on() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow_says(202, ""));
    let error = caller.fails(call().edit(refuses("nothing there")));
    assert_eq!((error.code, error.status), (Code::OutputInvalid, Some(202)));
    assert!(error.hint.contains("still running"), "{}", error.hint);
}

#[test]
fn a_schema_that_throws_is_an_argument_that_can_not_be_used_and_the_flow_ran() {
    let (_, caller) = warm_scene();
    let threw: Schema = Box::new(|_| async { Err(Misfit::Threw(foreign("why"))) }.boxed_local());
    let error = caller.fails(call().edit(|call| call.schema = Some(threw)));
    assert_eq!(told(&error), (Code::InvalidArgument, Stage::Invoke, true));
    assert_eq!(text_of(error.cause.as_ref().unwrap()), "why");
}

#[test]
fn a_schema_that_never_answers_ends_with_the_calls_time() {
    let (world, caller) = warm_scene();
    let never: Schema = Box::new(|_| std::future::pending().boxed_local());
    let error = caller.fails(
        call()
            .timeout(5_000.0)
            .edit(|call| call.schema = Some(never)),
    );
    assert_eq!(told(&error), (Code::Timeout, Stage::Invoke, true));
    world.assert_at_rest();
}

#[test]
fn an_error_of_the_flows_is_not_held_to_it() {
    let (world, caller) = warm_scene();
    world.trigger.then(flow(400, json!({"reason": "stock"})));
    let error = caller.fails(call().edit(refuses("never asked")));
    assert_eq!(error.code, Code::FlowFailed);
}

#[test]
fn the_result_of_an_operation_is_held_to_it_and_a_misfit_keeps_the_row() {
    let operator = operator_of(|table| table.delete_when_done = true);
    let error = refused(operator.run(patience().schema(saying(|_| Err("no number")))));
    assert_eq!(told(&error), (Code::OutputInvalid, Stage::Operation, true));
    assert!(error.message.contains("no number"), "{error:?}");
    assert!(!operator.world.story().join(" ").contains("delete"));
    let ended = operator.run(patience().schema(saying(|data| Ok(json!([data])))));
    assert_eq!(result_of(&ended), Some(json!([{"done": true}])));
}

#[test]
fn an_operation_without_a_result_is_held_to_it_too() {
    let operator = operator();
    let empty = json!({"ef_status": COMPLETED, "ef_out": null});
    operator.world.operations.look.then(Reply::new(Ok(empty)));
    let ended = operator.run(patience().schema(saying(|data| {
        assert_eq!(data, &Value::Null);
        Ok(json!("nothing"))
    })));
    assert_eq!(result_of(&ended), Some(json!("nothing")));
}
