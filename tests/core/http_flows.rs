//! `httpFlows()`: every flow with an HTTP trigger, and how its maker set it.

use std::path::{Path, PathBuf};

use entra_flow::listing::HttpFlow;
use entra_flow::model::{ErrorCode as Code, FlowError, Stage};
use entra_flow::port::DataverseFailure;
use entra_flow::workflow::{Who, triggers};
use serde_json::{Value, json};

use crate::world::*;

fn page(rows: Vec<Value>, next: Option<&str>) -> RowReply {
    let mut page = json!({"entities": rows});
    if let Some(next) = next {
        page["nextLink"] = json!(next);
    }
    Reply::new(Ok(page))
}

fn a_row(name: &str, clientdata: Value) -> Value {
    json!({"workflowid": WORKFLOW, "name": name, "statecode": 1, "clientdata": clientdata})
}

#[track_caller]
fn list(caller: &Caller) -> Result<Vec<HttpFlow>, FlowError> {
    let client = caller.client.clone();
    let listed = caller
        .world
        .start(async move { client.http_flows().await })
        .wait();
    caller.world.assert_at_rest();
    match &listed {
        Ok(flows) => assert_no_secret(&format!("{flows:?}")),
        Err(error) => assert_no_secret(&everything_said(error)),
    }
    listed
}

/// The flows of one page with these rows.
#[track_caller]
fn of_rows(rows: Vec<Value>) -> Vec<HttpFlow> {
    let (world, caller) = scene();
    world.rows.pages.borrow_mut().push(page(rows, None));
    list(&caller).unwrap()
}

/// The one flow whose HTTP trigger has these inputs.
#[track_caller]
fn of_inputs(inputs: Value) -> HttpFlow {
    let mut flows = of_rows(vec![a_row("One", json!(http_definition(inputs)))]);
    assert_eq!(flows.len(), 1);
    flows.remove(0)
}

#[test]
fn a_flow_is_listed_with_its_trigger() {
    let flow = of_inputs(json!({
        "triggerAuthenticationType": "Tenant", "method": "GET", "relativePath": "orders/{id}",
    }));
    assert_eq!((flow.name.as_str(), flow.on), ("One", true));
    assert_eq!(flow.workflow_id, WORKFLOW);
    let trigger = flow.trigger;
    assert_eq!(
        (trigger.name.as_str(), trigger.method.as_str()),
        ("manual", "GET")
    );
    assert_eq!(trigger.relative_path.as_deref(), Some("orders/{id}"));
    assert_eq!((trigger.who, trigger.allowed_users.len()), (Who::Tenant, 0));
}

#[test]
fn a_trigger_without_a_word_on_who_is_for_anyone_and_takes_a_post() {
    for inputs in [
        json!({}),
        json!({"triggerAuthenticationType": ""}),
        json!({"triggerAuthenticationType": null, "method": null}),
        json!({"triggerAuthenticationType": "All", "method": "post"}),
        json!({"triggerAuthenticationType": 7, "method": {"a": 1}}),
        json!(null),
        json!("a text"),
    ] {
        let trigger = of_inputs(inputs.clone()).trigger;
        assert_eq!(
            (trigger.who, trigger.method.as_str()),
            (Who::Anyone, "POST"),
            "{inputs}"
        );
        assert_eq!(trigger.relative_path, None);
    }
}

#[test]
fn a_list_of_users_is_read_whatever_separates_them() {
    for list in [
        json!("a@x.example,b-2"),
        json!("a@x.example;b-2"),
        json!(" a@x.example , b-2 "),
        json!("a@x.example\r\nb-2"),
        json!("[\"a@x.example\",\"b-2\"]"),
        json!(["a@x.example", "b-2"]),
    ] {
        let inputs = json!({"triggerAuthenticationType": "User", "triggerAllowedUsers": list});
        let trigger = of_inputs(inputs).trigger;
        assert_eq!(trigger.who, Who::Users);
        assert_eq!(trigger.allowed_users, ["a@x.example", "b-2"], "{list}");
    }
}

#[test]
fn who_may_trigger_it_is_told_in_the_words_of_the_types() {
    for (inputs, word) in [
        (json!({}), "anyone"),
        (json!({"triggerAuthenticationType": "Tenant"}), "tenant"),
        (
            json!({"triggerAuthenticationType": "User", "triggerAllowedUsers": "a"}),
            "users",
        ),
    ] {
        assert_eq!(of_inputs(inputs).trigger.who.as_str(), word);
    }
}

#[test]
fn an_expression_for_the_users_stays_whole() {
    let list = "@parameters('Allowed users (ef_Users)')";
    let inputs = json!({"triggerAuthenticationType": "User", "triggerAllowedUsers": list});
    assert_eq!(of_inputs(inputs).trigger.allowed_users, [list]);
}

#[test]
fn a_blank_list_means_the_tenant_and_a_list_of_another_setting_is_not_told() {
    for blank in [json!(null), json!(""), json!(" , "), json!([])] {
        let inputs = json!({"triggerAuthenticationType": "User", "triggerAllowedUsers": blank});
        assert_eq!(of_inputs(inputs).trigger.who, Who::Tenant, "{blank}");
    }
    let inputs = json!({"triggerAuthenticationType": "Tenant", "triggerAllowedUsers": "a"});
    assert!(of_inputs(inputs).trigger.allowed_users.is_empty());
}

#[test]
fn other_triggers_and_broken_definitions_are_left_out_and_break_nothing() {
    let good = || a_row("Good", json!(http_definition(json!({}))));
    let flows = of_rows(vec![
        good(),
        a_row("Null", json!(null)),
        a_row("Empty", json!("")),
        a_row("Half", json!("{\"properties\":{\"definition\":{\"trig")),
        a_row("Number", json!("7")),
        a_row("Not a text", json!({"properties": {}})),
        a_row(
            "No definition",
            json!("{\"properties\":{\"definition\":null}}"),
        ),
        a_row("No triggers", json!(definition(json!({})))),
        a_row(
            "Triggers that are none",
            json!(definition(json!({"a": 1, "b": null, "c": []}))),
        ),
        a_row("List", json!(definition(json!([1, 2])))),
        a_row(
            "Button",
            json!(definition(
                json!({"manual": {"type": "Request", "kind": "Button"}})
            )),
        ),
        a_row(
            "Recurrence",
            json!(definition(json!({"Recurrence": {"type": "Recurrence"}}))),
        ),
        json!({"name": "No id", "clientdata": http_definition(json!({}))}),
        json!(null),
        json!("a row"),
        good(),
    ]);
    let names: Vec<_> = flows.iter().map(|flow| flow.name.as_str()).collect();
    assert_eq!(names, ["Good", "Good"]);
}

#[test]
fn a_flow_that_is_off_or_suspended_is_listed_as_off() {
    for state in [json!(0), json!(2), json!(null)] {
        let mut row = a_row("Off", json!(http_definition(json!({}))));
        row["statecode"] = state;
        assert!(!of_rows(vec![row])[0].on);
    }
}

#[test]
fn every_page_is_read_by_the_query_of_its_link() {
    let (world, caller) = scene();
    let row = |name: &str| a_row(name, json!(http_definition(json!({}))));
    let next = "https://contoso.crm4.dynamics.com/api/data/v9.2/workflows?$select=name&$skiptoken=%3Ccookie%20page=%222%22%3E";
    world.rows.pages.replace(vec![
        page(vec![row("A")], Some(next)),
        page(vec![], Some("https://x/workflows?$skiptoken=3")),
        page(vec![row("B")], None),
    ]);
    let names: Vec<_> = list(&caller)
        .unwrap()
        .into_iter()
        .map(|flow| flow.name)
        .collect();
    assert_eq!(names, ["A", "B"]);
    let asked = world.rows.listed.borrow();
    assert!(asked[0].contains("$filter=category eq 5 and type eq 1"));
    assert_eq!(
        asked[1..],
        [
            "?$select=name&$skiptoken=%3Ccookie%20page=%222%22%3E",
            "?$skiptoken=3"
        ]
    );
}

#[test]
fn pages_that_go_round_in_a_circle_end() {
    let (world, caller) = scene();
    let next = Some("https://x/workflows?$skiptoken=2");
    world
        .rows
        .pages
        .replace(vec![page(vec![], next), page(vec![], next)]);
    let error = list(&caller).unwrap_err();
    assert_eq!(told(&error), (Code::ServiceError, Stage::Workflow, false));
}

#[test]
fn an_answer_that_is_no_list_is_an_error_and_no_empty_list() {
    let (world, caller) = scene();
    world.rows.pages.replace(vec![Reply::new(Ok(json!({})))]);
    assert_eq!(list(&caller).unwrap_err().code, Code::ServiceError);
}

#[test]
fn a_refused_list_is_workflow_forbidden_and_a_throttled_one_is_asked_again() {
    let (world, caller) = scene();
    let refused = |code| {
        Reply::new(Err(DataverseFailure {
            error_code: Some(code),
            message: "no".to_owned(),
            cause: None,
        }))
    };
    world.rows.pages.replace(vec![refused(2_147_746_336.0)]);
    let error = list(&caller).unwrap_err();
    assert_eq!(
        told(&error),
        (Code::WorkflowForbidden, Stage::Workflow, false)
    );
    world
        .rows
        .pages
        .replace(vec![refused(2_147_951_394.0), page(vec![], None)]);
    assert!(list(&caller).unwrap().is_empty());
}

#[test]
fn a_list_that_never_comes_ends_with_the_clients_time() {
    let (world, caller) = scene_with(|settings| settings.timeout_ms = 7_000.0);
    world.rows.pages.replace(vec![page(vec![], None).hangs()]);
    assert_eq!(
        told(&list(&caller).unwrap_err()),
        (Code::Timeout, Stage::Workflow, false)
    );
    assert!((world.now() - 7_000.0).abs() < 1.0);
}

/// Where the real definitions are: outside of the project, since they are other people's.
fn real_definitions() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/flows");
    std::env::var_os("FLOW_DEFINITIONS").map_or_else(beside, PathBuf::from)
}

#[test]
fn every_real_definition_is_read_right() {
    let folder = real_definitions();
    if !folder.is_dir() {
        eprintln!("SKIPPED: no real definitions in {}", folder.display());
        return;
    }
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Said once more in the plainest way there is.
        let json: Value = serde_json::from_str(&text).unwrap();
        let expected: Vec<_> = json["properties"]["definition"]["triggers"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, trigger)| trigger["type"] == "Request" && trigger["kind"] == "Http")
            .map(|(name, trigger)| {
                let inputs = &trigger["inputs"];
                let listed = !inputs["triggerAllowedUsers"]
                    .as_str()
                    .unwrap_or("")
                    .trim()
                    .is_empty();
                let who = match inputs["triggerAuthenticationType"].as_str() {
                    Some("Tenant") => Who::Tenant,
                    Some("User") if listed => Who::Users,
                    Some("User") => Who::Tenant,
                    _ => Who::Anyone,
                };
                let method = inputs["method"].as_str().unwrap_or("POST").to_owned();
                let path = inputs["relativePath"].as_str().map(str::to_owned);
                (name.clone(), method, path, who)
            })
            .collect();
        let flows = of_rows(vec![a_row("Real", json!(text))]);
        let found: Vec<_> = flows
            .into_iter()
            .map(|flow| flow.trigger)
            .map(|trigger| {
                (
                    trigger.name,
                    trigger.method,
                    trigger.relative_path,
                    trigger.who,
                )
            })
            .collect();
        assert_eq!(found, expected, "{}", path.display());
        let world = World::new();
        let row = json_value(json!({"clientdata": text}));
        assert!(triggers(&*world, &row).is_some(), "{}", path.display());
        read += 1;
    }
    assert!(read > 0, "the folder is there, and nothing in it was read");
}
