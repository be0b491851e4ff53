//! The walk by the other roads: an environment variable, the environment's own API; and what is told of it meanwhile.

use entra_flow::model::SchemaName;
use entra_flow::settings::DiscoveryApi;

use super::*;

const NAME: &str = "ef_EchoUrl";
const OLD: &str = "https://prod-01.westeurope.logic.azure.com:443/workflows/3/triggers/manual/paths/invoke?api-version=2016-06-01";

fn variable() -> Target {
    Target::Variable(SchemaName::parse(NAME).unwrap())
}

/// A world whose variable has that value.
fn holding(value: Option<&str>) -> Caller {
    broken(|world, _| world.variable(NAME, value, None))
}

#[test]
fn a_variable_is_looked_at_without_a_row_and_its_url_like_any_other() {
    let caller = holding(Some(TRIGGER));
    names_of(&caller, variable(), &[]);
    assert_eq!(
        (caller.world.count("row"), caller.world.count("list")),
        (0, 0)
    );
    names_of(&holding(Some(OLD)), variable(), &["callbackUrl.host fail"]);
    names_of(
        &holding(Some(SAS)),
        variable(),
        &["callbackUrl.host fail", "callbackUrl.sas fail"],
    );
}

#[test]
fn a_variable_that_is_missing_empty_secret_or_holds_something_else_is_named() {
    let missing = broken(|_, _| {});
    says(
        &names_of(&missing, variable(), &["callbackUrl fail"]),
        &[NAME],
    );
    says(
        &names_of(&holding(None), variable(), &["callbackUrl fail"]),
        &["neither a value nor a default"],
    );
    let secret = holding(Some(TRIGGER));
    secret.world.tables.variables.borrow_mut()[0].secret = true;
    says(
        &names_of(&secret, variable(), &["callbackUrl fail"]),
        &["Secret"],
    );
    let elsewhere = holding(Some("https://flows.example.net/x?sig=GEHEIM"));
    says(
        &names_of(&elsewhere, variable(), &["callbackUrl.trusted fail"]),
        &[NAME, "flows.example.net"],
    );
}

/// A world in which the environment's own host is asked, and answers that.
fn own_api(answer: fn() -> HttpReply) -> Caller {
    let caller = broken_by(
        |_, _| {},
        |settings| settings.discovery = DiscoveryApi::EnvironmentApi,
    );
    let listing =
        format!("https://{HOST}/powerautomate/flows/{RESOURCE}/triggers/manual/listCallbackUrl");
    caller.world.at(&listing).always(move |_| answer());
    caller
}

const HOST: &str = "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com";

#[test]
fn the_environments_own_api_is_the_one_that_is_asked() {
    let caller = own_api(|| listed(TRIGGER));
    names(&caller, &[]);
    let asked = caller.world.log.requests();
    assert!(
        asked.len() == 1 && asked[0].url.contains(HOST),
        "{:?}",
        caller.world.story()
    );
}

#[test]
fn where_the_environments_own_host_gives_no_url_it_is_knocked_at_and_no_other() {
    let caller = own_api(drops);
    caller.world.rows.answers.set(false);
    let report = diagnose(&caller, flow_target(WORKFLOW));
    assert_eq!(trouble(&report), ["callbackUrl fail", "reach fail"]);
    let hint =
        |check: &Check| check.name == "callbackUrl" && check.hint.unwrap().contains("flowApi");
    assert!(report.checks().iter().any(hint), "{report:#?}");
    assert_eq!(*caller.world.rows.knocks.borrow(), [HOST]);
}

#[test]
fn an_org_that_never_answers_is_worth_a_word_and_no_end_of_the_walk() {
    let caller = broken(|world, _| world.rows.organization_hangs.set(true));
    names(&caller, &["environment warn"]);
    assert!(caller.world.now() < 15_000.0, "{}", caller.world.now());
    assert_eq!(caller.world.count("list"), 1);
}

#[test]
fn the_walk_is_told_of_as_its_steps_and_takes_nothing_from_a_cache() {
    let caller = broken(|_, _| {});
    for _ in 0..2 {
        diagnose(&caller, flow_target(WORKFLOW));
        let lines = caller.world.events.lines.take().into_iter();
        let told: Vec<_> = lines
            .filter_map(|line| Some(line.split_once(' ')?.1.replace(WORKFLOW, "ID")))
            .collect();
        assert_eq!(
            told,
            [
                "token way=silent forced=false",
                "workflow workflowId=ID",
                "callbackUrl workflowId=ID trigger=manual cache=miss status=200",
            ]
        );
    }
}
