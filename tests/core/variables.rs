//! A trigger URL out of an environment variable.

use std::rc::Rc;

use entra_flow::call::Target;
use entra_flow::model::{ErrorCode as Code, FlowError, SchemaName, Stage};

use crate::world::*;

const NAME: &str = "ef_EchoUrl";

fn variable(name: &str) -> Target {
    Target::Variable(SchemaName::parse(name).unwrap())
}

fn a_call() -> ACall {
    call().to(variable(NAME))
}

/// A world whose variable has that value, and a client that has asked for nothing yet.
fn scene_of(value: Option<&str>, default: Option<&str>) -> (Rc<World>, Caller) {
    let (world, caller) = scene();
    world.variable(NAME, value, default);
    (world, caller)
}

fn detail(error: &FlowError) -> &str {
    &error.message
}

const COLD: [&str; 3] = [
    "0 query environmentvariabledefinition",
    "0 silent",
    "0 POST with t1",
];

#[test]
fn a_cold_call_is_one_query_beside_the_token_and_the_call_itself() {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    caller.succeeds(a_call());
    assert_eq!(world.story(), COLD);
}

#[test]
fn the_token_is_asked_for_while_the_query_hangs() {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    world.tables.script.then(no_row(None, "").hangs());
    caller.succeeds(a_call());
    assert_eq!(world.story()[..2], COLD[..2]);
}

#[test]
fn a_warm_call_asks_for_nothing_but_the_token() {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    caller.succeeds(a_call());
    world.new_page();
    caller.succeeds(call().to(variable("EF_ECHOURL")));
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
}

#[test]
fn the_query_is_for_that_name_and_for_needed_columns_only() {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    caller.succeeds(a_call());
    let asked = &world.log.tables()[0];
    assert!(
        asked
            .options
            .ends_with("&$filter=schemaname%20eq%20'ef_EchoUrl'")
    );
}

#[test]
fn the_value_wins_over_the_default_and_the_default_over_an_empty_value() {
    for (value, default) in [
        (Some(TRIGGER), Some(MOVED)),
        (None, Some(TRIGGER)),
        (Some(""), Some(TRIGGER)),
        (Some("  \n"), Some(TRIGGER)),
        (Some(concat_blanks()), None),
    ] {
        let (world, caller) = scene_of(value, default);
        caller.succeeds(a_call());
        assert_eq!(world.story(), COLD, "{value:?}, {default:?}");
    }
}

fn concat_blanks() -> &'static str {
    Box::leak(format!(" {TRIGGER}\n").into_boxed_str())
}

#[test]
fn any_number_of_calls_at_once_read_the_variable_once() {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    let calls: Vec<_> = (0..20).map(|_| caller.start(a_call())).collect();
    for call in calls {
        call.wait_to_succeed();
    }
    assert_eq!((world.count("query"), world.count("POST")), (1, 20));
    world.assert_at_rest();
}

#[test]
fn clear_cache_forgets_what_the_variable_said() {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    caller.succeeds(a_call());
    caller.client.clear_cache();
    caller.succeeds(a_call());
    assert_eq!(world.count("query"), 2);
}

#[test]
fn a_variable_that_is_not_there_is_told_by_its_name_and_looked_for_again() {
    let (world, caller) = scene();
    let error = caller.fails(a_call());
    assert_eq!(
        told(&error),
        (Code::VariableNotFound, Stage::Discovery, false)
    );
    assert!(detail(&error).contains(NAME), "{error:?}");
    world.variable(NAME, Some(TRIGGER), None);
    caller.succeeds(a_call());
}

#[test]
fn a_variable_without_value_and_default_is_empty() {
    for (value, default) in [(None, None), (Some(""), None), (Some(" "), Some(" "))] {
        let (world, caller) = scene_of(value, default);
        let error = caller.fails(a_call());
        assert_eq!(told(&error), (Code::VariableEmpty, Stage::Discovery, false));
        assert!(detail(&error).contains(NAME), "{error:?}");
        assert!(world.log.requests().is_empty());
    }
}

#[test]
fn a_secret_is_told_as_one_and_what_it_holds_is_not_shown() {
    let (world, caller) = scene();
    world.tables.variables.borrow_mut().push(Variable {
        name: NAME,
        value: Some("/subscriptions/s/vaults/GEHEIM".to_owned()),
        secret: true,
        ..Variable::default()
    });
    let error = caller.fails(a_call());
    assert_eq!(told(&error), (Code::VariableEmpty, Stage::Discovery, false));
    assert!(detail(&error).contains("of type Secret"), "{error:?}");
    assert!(error.hint.contains("type Text"));
}

#[test]
fn what_is_no_trusted_trigger_url_gets_no_token() {
    for (value, shown) in [
        ("to be done, GEHEIM", "something that is no URL"),
        ("https://flows.example.net/x", "https://flows.example.net/x"),
        (
            "https://flows.example.net/x?sig=GEHEIM",
            "https://flows.example.net/x?sig=[redacted]",
        ),
        ("http://a.logic.azure.com/x", "http://a.logic.azure.com/x"),
        (
            "https://ada:GEHEIM@a.logic.azure.com/x",
            "a URL with user info",
        ),
    ] {
        let (world, caller) = scene_of(Some(value), None);
        let error = caller.fails(a_call());
        assert_eq!(told(&error), (Code::UntrustedUrl, Stage::Discovery, false));
        assert!(
            detail(&error).ends_with(&format!("{NAME} holds {shown}")),
            "{error:?}"
        );
        assert!(world.log.requests().is_empty());
    }
}

#[test]
fn a_sas_url_is_refused_unless_it_is_allowed() {
    let (world, caller) = scene_of(Some(SAS), None);
    let error = caller.fails(a_call());
    assert_eq!(told(&error), (Code::SasRefused, Stage::Discovery, false));
    assert!(world.log.requests().is_empty());

    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.variable(NAME, Some(SAS), None);
    world.at(SAS);
    caller.succeeds(a_call());
    assert_eq!(
        world.story(),
        [
            "0 query environmentvariabledefinition",
            "0 POST sas without token"
        ]
    );
}

#[test]
fn a_client_that_allows_sas_still_sends_a_token_where_there_is_no_signature() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.variable(NAME, Some(TRIGGER), None);
    caller.succeeds(a_call());
    assert_eq!(world.count("POST with t1"), 1);
}

#[test]
fn every_dataverse_error_has_its_code() {
    for (error_code, message, expected, asked) in [
        (
            Some(-2_147_220_960.0),
            "missing prvReadEnvironmentVariableDefinition",
            Code::DiscoveryForbidden,
            1,
        ),
        (Some(f64::from(0x8007_2322_u32)), "Busy", Code::Throttled, 4),
        (None, "Failed to fetch", Code::Network, 4),
        (None, "Method not implemented.", Code::HostNotFound, 1),
        (Some(1.0), "Something else", Code::ServiceError, 1),
    ] {
        let (world, caller) = scene();
        world
            .tables
            .script
            .always(move |_| no_row(error_code, message));
        let error = caller.fails(a_call());
        assert_eq!(told(&error), (expected, Stage::Discovery, false));
        assert_eq!(world.count("query"), asked, "{message}");
        assert!(detail(&error).contains(message), "{error:?}");
    }
}

#[test]
fn who_may_not_read_variables_is_told_which_rights_are_missing() {
    let (world, caller) = scene();
    world
        .tables
        .script
        .then(no_row(Some(-2_147_220_960.0), "missing prv"));
    let error = caller.fails(a_call());
    assert!(error.hint.contains("Environment Variable Definition"));
    assert_eq!(error.service_code.as_deref(), Some("0x80040220"));
}

#[test]
fn an_answer_that_is_garbage_is_as_good_as_none() {
    for garbage in [
        serde_json::json!({}),
        serde_json::json!({"entities": {}}),
        serde_json::json!({"entities": [null]}),
        serde_json::json!({"entities": [{"defaultvalue": 7, "environmentvariabledefinition_environmentvariablevalue": "x"}]}),
    ] {
        let (world, caller) = scene();
        let reply = garbage.clone();
        world
            .tables
            .script
            .always(move |_| Reply::new(Ok(reply.clone())));
        let error = caller.fails(a_call());
        assert!(
            matches!(error.code, Code::VariableNotFound | Code::VariableEmpty),
            "{garbage}: {error:?}"
        );
    }
}

/// The flow was re-created: the known URL leads nowhere.
fn warm() -> (Rc<World>, Caller) {
    let (world, caller) = scene_of(Some(TRIGGER), None);
    caller.succeeds(a_call());
    world.new_page();
    world.trigger.always(|_| gone());
    (world, caller)
}

#[test]
fn a_gone_flow_is_looked_for_in_the_variable_once_more() {
    let (world, caller) = warm();
    world.tables.variables.borrow_mut()[0].value = Some(MOVED.to_owned());
    caller.succeeds(a_call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 POST with t1",
            "0 query environmentvariabledefinition",
            "0 POST moved with t1"
        ]
    );
}

#[test]
fn a_variable_that_still_says_the_old_url_ends_the_call_with_what_to_do() {
    let (world, caller) = warm();
    let error = caller.fails(a_call());
    assert_eq!(told(&error), (Code::FlowGone, Stage::Invoke, false));
    assert!(error.hint.contains("publish"), "{}", error.hint);
    assert_eq!((world.count("query"), world.count("POST")), (1, 1));
    // And it is not remembered.
    world.tables.variables.borrow_mut()[0].value = Some(MOVED.to_owned());
    caller.succeeds(a_call());
}

#[test]
fn a_variable_whose_new_url_is_gone_too_is_read_once_only() {
    let (world, caller) = warm();
    world.tables.variables.borrow_mut()[0].value = Some(MOVED.to_owned());
    world.at(MOVED).always(|_| gone());
    let error = caller.fails(a_call());
    assert_eq!(told(&error), (Code::FlowGone, Stage::Invoke, false));
    assert_eq!((world.count("query"), world.count("POST")), (1, 2));
}

#[test]
fn the_callback_url_of_a_variable_is_told_without_its_signature() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.variable(NAME, Some(SAS), None);
    let client = caller.client.clone();
    let url = world
        .start(async move { client.callback_url(&variable(NAME), false).await })
        .wait()
        .unwrap();
    assert_no_secret(&url);
    assert!(url.contains("sig=[redacted]"), "{url}");
    assert_eq!(world.story(), ["0 query environmentvariabledefinition"]);
}

#[test]
fn a_query_that_never_answers_ends_with_the_calls_own_time() {
    let (world, caller) = scene();
    world
        .tables
        .script
        .always(|_| Reply::new(Ok(serde_json::json!({}))).hangs());
    let error = caller.fails(a_call().timeout(2000.0));
    assert_eq!(told(&error), (Code::Timeout, Stage::Discovery, false));
    assert_eq!(world.now(), 2000.0);
}
