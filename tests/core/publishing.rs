//! Trigger URLs into environment variables.

use entra_flow::model::{ErrorCode as Code, FlowError, FlowRef, Guid, SchemaName, Stage};
use entra_flow::publishing::{Publication, Published, publish};
use serde_json::json;

use crate::world::*;

const ONE: &str = "ef_One";
const TWO: &str = "ef_Two";
const OTHER: &str = "22222222-2222-4333-8444-555555555555";

type Outcomes = Vec<Result<Published, FlowError>>;

pub(crate) fn start(caller: &Caller, list: &[(&str, &str)]) -> Handle<Outcomes> {
    let client = caller.client.clone();
    let list: Vec<_> = list
        .iter()
        .map(|(id, name)| Publication {
            flow: FlowRef::manual(Guid::parse(id).unwrap()),
            variable: SchemaName::parse(name).unwrap(),
        })
        .collect();
    caller
        .world
        .start(async move { publish(&client, &list).await })
}

/// What became of each, as words; no secret is in what is said.
#[track_caller]
pub(crate) fn published(caller: &Caller, list: &[(&str, &str)]) -> Vec<String> {
    let outcomes = start(caller, list).wait();
    caller.world.assert_at_rest();
    outcomes.iter().map(word).collect()
}

#[track_caller]
fn word(outcome: &Result<Published, FlowError>) -> String {
    match outcome {
        Ok(published) => published.as_str().to_owned(),
        Err(error) => {
            assert_no_secret(&everything_said(error));
            assert!(!error.may_have_run);
            format!("{error:?}")
        }
    }
}

#[test]
fn a_variable_without_a_value_gets_one() {
    let (world, caller) = scene();
    world.variable(ONE, None, Some(MOVED));
    assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["created"]);
    assert_eq!(world.value_of(ONE).as_deref(), Some(TRIGGER));
    let asked = world.log.tables();
    assert_eq!(
        asked.last().unwrap().row,
        json!({
            "value": TRIGGER,
            "schemaname": ONE,
            "EnvironmentVariableDefinitionId@odata.bind": "/environmentvariabledefinitions(dddddddd-2222-4333-8444-555555555500)",
        })
    );
}

#[test]
fn a_trigger_of_another_name_is_published_by_its_name() {
    let (world, caller) = scene();
    world.variable(ONE, None, None);
    let client = caller.client.clone();
    let named = Publication {
        flow: FlowRef {
            workflow_id: Guid::parse(WORKFLOW).unwrap(),
            trigger: "When_called".to_owned(),
        },
        variable: SchemaName::parse(ONE).unwrap(),
    };
    let outcomes = caller
        .world
        .start(async move { publish(&client, &[named]).await })
        .wait();
    assert_eq!(word(&outcomes[0]), "created");
    let url = &world.log.requests()[0].url;
    assert!(
        url.contains("/triggers/When_called/listCallbackUrl?"),
        "{url}"
    );
}

#[test]
fn a_value_is_created_under_the_name_as_the_definition_writes_it() {
    let (world, caller) = scene();
    world.variable(ONE, None, None);
    assert_eq!(published(&caller, &[(WORKFLOW, "EF_ONE")]), ["created"]);
    assert_eq!(world.log.tables().last().unwrap().row["schemaname"], ONE);
}

#[test]
fn another_value_is_updated_and_nothing_but_the_value() {
    for value in [MOVED, "", "to be done"] {
        let (world, caller) = scene();
        world.variable(ONE, Some(value), None);
        assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["updated"]);
        assert_eq!(world.value_of(ONE).as_deref(), Some(TRIGGER));
        let asked = world.log.tables();
        assert_eq!(asked.last().unwrap().row, json!({"value": TRIGGER}));
    }
}

#[test]
fn what_is_right_already_is_not_written() {
    for (value, default) in [(Some(TRIGGER), None), (None, Some(TRIGGER))] {
        let (world, caller) = scene();
        world.variable(ONE, value, default);
        assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["unchanged"]);
        assert_eq!(world.count("query environmentvariabledefinition"), 1);
        assert_eq!((world.count("create"), world.count("update")), (0, 0));
    }
}

#[test]
fn the_url_is_asked_of_the_service_anew() {
    let (world, caller) = warm_scene();
    world.variable(ONE, Some(TRIGGER), None);
    world.listing.always(|_| listed(MOVED));
    assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["updated"]);
    assert_eq!(world.value_of(ONE).as_deref(), Some(MOVED));
}

#[test]
fn a_call_by_the_variable_afterwards_sees_the_new_url() {
    let (world, caller) = scene();
    world.variable(ONE, Some(MOVED), None);
    let by_variable = || {
        call().to(entra_flow::call::Target::Variable(
            SchemaName::parse(ONE).unwrap(),
        ))
    };
    caller.succeeds(by_variable());
    assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["updated"]);
    world.new_page();
    caller.succeeds(by_variable());
    assert_eq!(
        (world.count("POST with"), world.count("POST moved")),
        (1, 0)
    );
}

#[test]
fn one_failure_does_not_stop_the_others() {
    let (world, caller) = scene();
    world.variable(ONE, None, None);
    world.variable(TWO, None, None);
    let off = json!({"workflowid": OTHER, "resourceid": RESOURCE, "statecode": 0, "category": 5});
    let on = json!({"workflowid": WORKFLOW, "resourceid": RESOURCE, "statecode": 1, "category": 5});
    world
        .tables
        .script
        .then(Reply::new(Ok(json!({"entities": [off, on]}))));
    let words = published(
        &caller,
        &[(OTHER, ONE), (WORKFLOW, "ef_Missing"), (WORKFLOW, TWO)],
    );
    assert!(
        words[0].starts_with("workflow_off at workflow"),
        "{words:?}"
    );
    assert!(
        words[1].starts_with("variable_not_found at discovery"),
        "{words:?}"
    );
    assert_eq!(words[2], "created");
    assert_eq!(world.value_of(ONE), None);
    assert_eq!(world.count("query workflow"), 1);
}

#[test]
fn a_sas_url_is_refused_unless_it_is_allowed_and_is_in_no_result() {
    let (world, caller) = scene();
    world.variable(ONE, None, None);
    world.listing.always(|_| listed(SAS));
    let words = published(&caller, &[(WORKFLOW, ONE)]);
    assert!(
        words[0].starts_with("sas_refused at discovery"),
        "{words:?}"
    );
    assert_eq!(world.value_of(ONE), None);

    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.variable(ONE, None, None);
    world.listing.always(|_| listed(SAS));
    assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["created"]);
    assert_eq!(world.value_of(ONE).as_deref(), Some(SAS));
    assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["unchanged"]);
}

#[test]
fn a_refusal_that_repeats_a_sas_url_is_redacted_and_what_was_thrown_is_left_out() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.variable(ONE, None, None);
    world.listing.always(|_| listed(SAS));
    fail_writes(&world, |_| {
        no_row(Some(1.0), &format!("can't take '{SAS}'"))
    });
    let outcomes = start(&caller, &[(WORKFLOW, ONE)]).wait();
    let error = outcomes[0].as_ref().unwrap_err();
    assert!(word(&outcomes[0]).contains("sig=[redacted]"));
    assert_eq!(told(error), (Code::ServiceError, Stage::Discovery, false));
    assert!(error.cause.is_none());
}

/// Reads go well, and each write is answered by `reply`, told how many came before it; nothing is written.
fn fail_writes(world: &World, reply: impl Fn(usize) -> RowReply + 'static) {
    let writes = std::cell::Cell::new(0);
    let tables = Tables::default();
    tables
        .variables
        .replace(world.tables.variables.borrow().clone());
    world.tables.script.always(move |asking| {
        if asking.verb == "query" {
            return tables.script.next(asking);
        }
        writes.set(writes.get() + 1);
        reply(writes.get() - 1)
    });
}

#[test]
fn who_may_not_write_is_told_which_rights_are_missing() {
    let (world, caller) = scene();
    world.variable(ONE, None, None);
    fail_writes(&world, |_| {
        no_row(Some(-2_147_220_960.0), "missing prvCreate")
    });
    let outcomes = start(&caller, &[(WORKFLOW, ONE)]).wait();
    let error = outcomes[0].as_ref().unwrap_err();
    assert_eq!(told(error), (Code::Unauthorized, Stage::Discovery, false));
    assert!(error.message.contains("prvCreate"), "{error:?}");
    assert!(error.hint.contains("Create and Write"), "{}", error.hint);
    assert_eq!(world.count("create"), 1);
}

#[test]
fn a_secret_is_not_written() {
    let (world, caller) = scene();
    world.tables.variables.borrow_mut().push(Variable {
        name: ONE,
        secret: true,
        ..Variable::default()
    });
    let words = published(&caller, &[(WORKFLOW, ONE)]);
    assert!(words[0].contains("of type Secret"), "{words:?}");
    assert_eq!(world.value_of(ONE), None);
}

#[test]
fn a_write_that_is_throttled_is_tried_again() {
    let (world, caller) = scene();
    world.variable(ONE, None, None);
    fail_writes(&world, |_| no_row(Some(f64::from(0x8007_2322_u32)), "Busy"));
    let words = published(&caller, &[(WORKFLOW, ONE)]);
    assert!(words[0].starts_with("throttled at discovery"), "{words:?}");
    assert_eq!(
        (world.count("query environment"), world.count("create")),
        (4, 4)
    );
}

/// Found by the simulation: it took 150 s for each variable, and 40 more, whatever the client's time was.
#[test]
fn a_variable_that_never_answers_takes_no_longer_than_the_clients_time() {
    let (world, caller) = scene_with(|settings| settings.timeout_ms = 20_000.0);
    world.variable(ONE, None, None);
    world.variable(TWO, None, None);
    world.tables.script.always(|asking| {
        if asking.line() == "query workflow" {
            Reply::new(Ok(json!({"entities": [
                {"workflowid": WORKFLOW, "resourceid": RESOURCE, "statecode": 1, "category": 5}
            ]})))
        } else {
            Reply::new(Ok(json!(null))).hangs()
        }
    });
    let words = published(&caller, &[(WORKFLOW, ONE), (WORKFLOW, TWO)]);
    let late = |word: &String| word.starts_with("timeout at discovery");
    assert!(words.iter().all(late), "{words:?}");
    assert_eq!(world.now(), 40_000.0, "20 s for each variable");
}

/// Every query sees what the world has by then; the first write is answered as given, after `meanwhile`.
fn first_write(
    world: &std::rc::Rc<World>,
    reply: impl Fn() -> RowReply + 'static,
    meanwhile: impl Fn(&mut Variable) + 'static,
) {
    let writes = std::cell::Cell::new(0);
    let tables = Tables::default();
    tables
        .variables
        .replace(world.tables.variables.borrow().clone());
    world.tables.script.always(move |asking| {
        if asking.verb == "query" {
            return tables.script.next(asking);
        }
        writes.set(writes.get() + 1);
        if writes.get() > 1 {
            return tables.script.next(asking);
        }
        meanwhile(&mut tables.variables.borrow_mut()[0]);
        reply()
    });
}

#[test]
fn a_write_whose_answer_was_lost_is_found_done_and_not_done_twice() {
    for (value, outcome) in [(None, "created"), (Some(MOVED), "updated")] {
        let (world, caller) = scene();
        world.variable(ONE, value, None);
        first_write(
            &world,
            || no_row(None, "Failed to fetch"),
            |variable| variable.value = Some(TRIGGER.to_owned()),
        );
        assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), [outcome]);
        assert_eq!(world.count("create") + world.count("update"), 1);
    }
}

#[test]
fn a_value_that_somebody_else_created_meanwhile_is_updated_or_left() {
    for (theirs, outcome) in [(MOVED, "updated"), (TRIGGER, "unchanged")] {
        let (world, caller) = scene();
        world.variable(ONE, None, None);
        first_write(
            &world,
            || no_row(Some(-2_147_220_937.0), "Duplicate key"),
            |variable| variable.value = Some(theirs.to_owned()),
        );
        assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), [outcome]);
    }
}

#[test]
fn a_variable_whose_flow_is_gone_can_be_called_by_again_once_it_is_published() {
    let (world, caller) = scene();
    world.variable(ONE, Some(TRIGGER), None);
    let name = || SchemaName::parse(ONE).unwrap();
    let by_variable = || call().to(entra_flow::call::Target::Variable(name()));
    caller.succeeds(by_variable());
    moves(&world);
    let error = caller.fails(by_variable());
    assert_eq!(told(&error), (Code::FlowGone, Stage::Invoke, false));
    assert_eq!(published(&caller, &[(WORKFLOW, ONE)]), ["updated"]);
    caller.succeeds(by_variable());
    assert_eq!(world.count("POST moved"), 1);
}
