//! `diagnose()`: in a broken set-up of each kind, the report names the cause, and no flow has run.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entra_flow::call::Target;
use entra_flow::diagnosis::{Check, Diagnosis, Outcome};
use entra_flow::model::{Cloud, EnvironmentId, FlowRef, Guid, Secret};
use entra_flow::port::{Organization, Violation};
use entra_flow::settings::{Interaction, Settings};
use serde_json::{Value, json};

use crate::world::*;

mod roads;

/// A world whose tokens have claims, as `change` leaves them.
fn broken_by(
    change: impl FnOnce(&World, &mut Value),
    settings: impl FnOnce(&mut Settings),
) -> Caller {
    let (world, caller) = scene_with(settings);
    let mut said = claims(&world);
    change(&world, &mut said);
    for way in [&world.silent, &world.sso] {
        let token = with_claims(&said);
        way.always(move |_| Reply::new(Ok(Secret::new(token.clone()))));
    }
    caller
}

fn with_claims(claims: &Value) -> String {
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    format!("eyJhbGciOiJSUzI1NiJ9.{payload}.UNTERSCHRIFT")
}

/// A broken world, with the client's own defaults.
fn broken(change: impl FnOnce(&World, &mut Value)) -> Caller {
    broken_by(change, |_| {})
}

#[track_caller]
fn diagnose(caller: &Caller, target: Target) -> Rc<Diagnosis> {
    let client = caller.client.clone();
    let report = caller
        .world
        .start(async move { client.diagnose(&target).await })
        .wait();
    caller.world.assert_at_rest();
    let requests = caller.world.log.requests();
    assert!(
        requests.iter().all(|sent| !sent.is_to_the_flow()),
        "the flow was called: {:?}",
        caller.world.story()
    );
    assert_eq!(caller.world.count("popup"), 0);
    assert_no_secret(&format!("{report:?}"));
    report
}

/// The checks that did not hold, as `name outcome`.
fn trouble(report: &Diagnosis) -> Vec<String> {
    let bad = |check: &Check| matches!(check.outcome, Outcome::Warn | Outcome::Fail);
    let all = report.checks().into_iter().filter(bad);
    all.map(|check| {
        assert!(check.hint.is_some(), "{} has no hint", check.name);
        [check.name, " ", check.outcome.as_str()].concat()
    })
    .collect()
}

/// What the report names, and the detail of the first of it.
#[track_caller]
fn names(caller: &Caller, expected: &[&str]) -> String {
    names_of(caller, flow_target(WORKFLOW), expected)
}

#[track_caller]
fn names_of(caller: &Caller, target: Target, expected: &[&str]) -> String {
    let report = diagnose(caller, target);
    assert_eq!(trouble(&report), expected, "{report:#?}");
    assert_eq!(
        report.ok(),
        !expected.iter().any(|line| line.ends_with(" fail"))
    );
    let first = expected.first().and_then(|line| line.split(' ').next());
    let checks = report.checks().into_iter();
    checks
        .filter(|check| Some(check.name) == first)
        .map(|check| check.detail)
        .collect()
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "\"{text}\" does not say {word}");
    }
}

#[test]
fn where_all_is_well_every_check_is_in_the_report_and_passes() {
    let caller = broken(|_, _| {});
    let report = diagnose(&caller, flow_target(WORKFLOW));
    let found: Vec<_> = report
        .checks()
        .iter()
        .map(|check| [check.name, " ", check.outcome.as_str()].concat())
        .collect();
    assert_eq!(
        found,
        [
            "module pass",
            "host pass",
            "environment pass",
            "cloud pass",
            "account pass",
            "token pass",
            "token.audience pass",
            "token.tenant pass",
            "token.expiry pass",
            "token.scope pass",
            "workflow.read pass",
            "workflow.on pass",
            "trigger.kind pass",
            "trigger.auth pass",
            "trigger.allowedUser skip",
            "callbackUrl pass",
            "callbackUrl.trusted pass",
            "callbackUrl.host pass",
            "callbackUrl.sas pass",
            "reach pass",
            "csp pass",
        ],
        "{report:#?}"
    );
    assert!(report.ok());
    // At the port that the trigger URL names.
    let host = "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com:443";
    assert_eq!(*caller.world.rows.knocks.borrow(), [host]);
}

#[test]
fn a_page_that_is_no_orgs_is_named() {
    let caller = broken(|world, _| {
        world
            .rows
            .origin
            .replace("http://localhost:8181".to_owned());
        world.rows.organization.replace(None);
    });
    let said = names(&caller, &["host warn", "environment warn", "cloud warn"]);
    says(&said, &["http://localhost:8181"]);
}

#[test]
fn another_environment_is_named() {
    let other = "11111111-4e5f-4a6b-9c7d-0e1f2a3b4c5d";
    let caller = broken_by(
        |_, _| {},
        |settings| settings.environment = EnvironmentId::parse(other).unwrap(),
    );
    says(
        &names(&caller, &["environment fail"]),
        &[other, ENVIRONMENT],
    );
}

#[test]
fn another_cloud_is_named() {
    let caller = broken(|world, _| {
        let gcc = "https://contoso.crm9.dynamics.com".to_owned();
        world.rows.origin.replace(gcc);
    });
    says(&names(&caller, &["cloud fail"]), &["public", "gcc"]);
}

#[test]
fn endpoints_of_the_callers_own_are_worth_a_word() {
    let caller = broken_by(
        |world, _| world.also_trusted.borrow_mut().push("x".to_owned()),
        |settings| {
            settings.cloud = Cloud::custom(
                "https://service.flow.microsoft.com/".to_owned(),
                API,
                vec!["*.environment.api.powerplatform.com".to_owned()],
            );
        },
    );
    names(&caller, &["cloud warn"]);
}

#[test]
fn nobody_signed_in_is_named_and_no_window_opens() {
    let caller = broken_by(
        |world, _| {
            world.accounts.borrow_mut().clear();
            world.popup_would_open.set(true);
        },
        |settings| settings.interaction = Interaction::Popup,
    );
    let report = diagnose(&caller, flow_target(WORKFLOW));
    assert_eq!(trouble(&report), ["account warn", "token fail"]);
    assert!(
        report
            .checks()
            .iter()
            .any(|check| check.name == "callbackUrl" && check.outcome == Outcome::Skip)
    );
}

#[test]
fn several_accounts_are_named() {
    let caller = broken(|world, _| {
        world.accounts.replace(vec![(ADA, TENANT), (BOB, TENANT)]);
    });
    names(&caller, &["account fail", "token fail"]);
}

#[test]
fn accounts_that_do_not_fit_the_sign_in_name_are_named() {
    let caller = broken_by(
        |_, _| {},
        |settings| settings.login_hint = Some(BOB.to_owned()),
    );
    names(&caller, &["account warn"]);
}

#[test]
fn an_msal_that_throws_is_named() {
    let caller = broken(|world, _| world.accounts_throw.set(true));
    names(&caller, &["account fail", "token fail"]);
}

#[test]
fn a_token_that_is_refused_is_named_with_what_msal_said() {
    let caller = broken(|_, _| {});
    let world = &caller.world;
    world.silent.always(|_| wants_the_user());
    world.sso.always(|_| wants_the_user());
    says(&names(&caller, &["token fail"]), &["interaction_required"]);
}

#[test]
fn a_token_that_is_no_jwt_is_used_but_not_read() {
    let caller = broken(|_, _| {});
    for odd in ["opaque", "a.b.c", "eyJh.W10.x", "eyJh.bnVsbA.x"] {
        caller
            .world
            .silent
            .always(move |_| Reply::new(Ok(Secret::new(odd.to_owned()))));
        names(&caller, &["token warn"]);
    }
}

#[test]
fn an_audience_without_its_slash_is_named() {
    let caller = broken(|_, claims| claims["aud"] = json!("https://service.flow.microsoft.com"));
    let said = names(&caller, &["token.audience fail"]);
    says(&said, &["with the slash"]);
}

#[test]
fn the_audience_of_another_service_is_named() {
    let caller = broken(|_, claims| claims["aud"] = json!("https://graph.microsoft.com/"));
    let said = names(&caller, &["token.audience fail"]);
    says(
        &said,
        &["graph.microsoft.com", "https://service.flow.microsoft.com/"],
    );
}

#[test]
fn a_claim_that_holds_a_secret_is_not_told() {
    let caller = broken(|_, claims| claims["aud"] = json!(jwt("inner")));
    names(&caller, &["token.audience fail"]);
}

#[test]
fn a_token_of_another_tenant_is_named() {
    let other = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    let caller = broken(|_, claims| claims["tid"] = json!(other));
    says(&names(&caller, &["token.tenant fail"]), &[other, TENANT]);
}

#[test]
fn the_tenant_of_the_options_counts_where_the_org_says_none() {
    let caller = broken_by(
        |world, claims| {
            claims["tid"] = json!("bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee");
            world.rows.organization.replace(Some(Organization {
                environment_id: Some(ENVIRONMENT.to_owned()),
                tenant_id: None,
            }));
        },
        |settings| settings.tenant_id = Some(TENANT.to_owned()),
    );
    names(&caller, &["token.tenant fail"]);
}

#[test]
fn an_expired_token_is_named() {
    let caller = broken(|_, claims| {
        claims["exp"] = json!(claims["exp"].as_f64().unwrap() - 7200.0);
    });
    names(&caller, &["token.expiry fail"]);
    let caller = broken(|_, claims| {
        claims["exp"] = json!(claims["exp"].as_f64().unwrap() - 3540.0);
    });
    names(&caller, &["token.expiry warn"]);
}

#[test]
fn a_clock_that_is_slow_is_named() {
    let caller = broken(|world, _| world.date_skew_ms.set(-3_600_000.0));
    says(&names(&caller, &["token.expiry warn"]), &["clock"]);
}

#[test]
fn a_token_of_the_app_itself_is_named() {
    let caller = broken(|_, claims| {
        claims.as_object_mut().unwrap().remove("scp");
    });
    names(&caller, &["token.scope fail"]);
    let caller = broken(|_, claims| claims["scp"] = json!("Flows.Read.All"));
    names(&caller, &["token.scope warn"]);
}

#[test]
fn a_row_that_is_missing_or_forbidden_is_named() {
    for (code, word) in [
        (2_147_746_327.0, "no such flow"),
        (2_147_746_336.0, "may not read"),
    ] {
        let caller = broken(|world, _| {
            world.row.always(move |_| no_row(Some(code), "no"));
        });
        says(&names(&caller, &["workflow.read fail"]), &[word]);
        // The flow service itself is knocked at where the trigger is not known.
        assert_eq!(
            *caller.world.rows.knocks.borrow(),
            ["api.flow.microsoft.com"]
        );
    }
}

#[test]
fn a_flow_that_is_off_or_suspended_is_named() {
    for (state, word) in [(0, "off"), (2, "suspended")] {
        let caller = broken(|world, _| {
            world.row.always(move |_| {
                Reply::new(Ok(
                    json!({"resourceid": RESOURCE, "statecode": state, "category": 5}),
                ))
            });
        });
        says(&names(&caller, &["workflow.on fail"]), &[word]);
    }
}

#[test]
fn a_trigger_that_is_not_http_is_named_with_its_kind() {
    let caller = broken(|world, _| {
        let button = json!({"manual": {"type": "Request", "kind": "Button", "inputs": {}}});
        world.rows.clientdata.replace(json!(definition(button)));
    });
    says(&names(&caller, &["trigger.kind fail"]), &["Request/Button"]);
}

#[test]
fn a_flow_without_a_trigger_and_a_classic_process_are_named() {
    let caller = broken(|world, _| {
        world.rows.clientdata.replace(json!(definition(json!({}))));
    });
    says(&names(&caller, &["trigger.kind fail"]), &["none"]);
    let caller = broken(|world, _| {
        world
            .row
            .always(|_| Reply::new(Ok(json!({"statecode": 1, "category": 0}))));
    });
    says(&names(&caller, &["trigger.kind fail"]), &["classic"]);
}

#[test]
fn a_trigger_of_another_name_is_named_with_the_right_one() {
    let caller = broken(|_, _| {});
    let target = Target::Flow(FlowRef {
        workflow_id: Guid::parse(WORKFLOW).unwrap(),
        trigger: "When_a_HTTP_request_is_received".to_owned(),
    });
    let said = names_of(&caller, target, &["trigger.kind fail"]);
    says(
        &said,
        &["\"manual\"", "\"When_a_HTTP_request_is_received\""],
    );
}

#[test]
fn a_definition_that_cant_be_read_is_no_end_of_the_walk() {
    for broken_data in [json!(null), json!("{"), json!("GEHEIM")] {
        let caller = broken(|world, _| drop(world.rows.clientdata.replace(broken_data)));
        names(&caller, &["trigger.kind warn"]);
        assert_eq!(caller.world.count("list"), 1);
    }
}

#[test]
fn a_flow_for_anyone_is_named_with_the_signature_of_its_url() {
    let anyone = |settings: fn(&mut Settings)| {
        broken_by(
            |world, _| {
                let all = json!({"triggerAuthenticationType": "All"});
                world.rows.clientdata.replace(json!(http_definition(all)));
                world.listing.always(|_| listed(SAS));
            },
            settings,
        )
    };
    names(
        &anyone(|_| {}),
        &[
            "trigger.auth fail",
            "callbackUrl.host warn",
            "callbackUrl.sas fail",
        ],
    );
    names(
        &anyone(|settings| settings.sas_allowed = true),
        &[
            "trigger.auth warn",
            "callbackUrl.host warn",
            "callbackUrl.sas warn",
        ],
    );
}

fn for_users(list: &str) -> Caller {
    let inputs = json!({"triggerAuthenticationType": "User", "triggerAllowedUsers": list});
    broken(|world, _| {
        world
            .rows
            .clientdata
            .replace(json!(http_definition(inputs)));
    })
}

#[test]
fn a_user_who_is_not_on_the_list_is_named() {
    let caller = for_users("99999999-5b7c-4e89-9f01-a2b3c4d5e601");
    says(&names(&caller, &["trigger.allowedUser fail"]), &[OID]);
}

#[test]
fn a_user_is_found_on_the_list_by_id_or_name_in_any_case() {
    for list in [
        OID.to_owned(),
        format!("x,{}", OID.to_uppercase()),
        format!("x;{ADA}"),
        String::new(),
        "@parameters('Users')".to_owned(),
    ] {
        names(&for_users(&list), &[]);
    }
}

#[test]
fn a_refused_callback_url_is_named_with_what_the_service_said() {
    let caller = broken(|world, _| {
        world
            .listing
            .always(|_| service(403, "InsufficientCdsPermissions"));
    });
    says(
        &names(&caller, &["callbackUrl fail"]),
        &["InsufficientCdsPermissions"],
    );
}

#[test]
fn a_url_that_is_not_the_flow_services_is_named() {
    let caller = broken(|world, _| {
        world
            .listing
            .always(|_| listed("https://flows.example.net/x?sig=GEHEIM"));
    });
    names(&caller, &["callbackUrl.trusted fail"]);
    let given = Target::Url("https://flows.example.net/x?sig=GEHEIM".to_owned());
    let said = names_of(&broken(|_, _| {}), given, &["callbackUrl.trusted fail"]);
    says(&said, &["flows.example.net"]);
}

#[test]
fn a_url_of_the_host_that_stopped_is_named() {
    let old = "https://prod-01.westeurope.logic.azure.com:443/workflows/3/triggers/manual/paths/invoke?api-version=2016-06-01";
    let caller = broken(|world, _| {
        world.listing.always(move |_| listed(old));
    });
    says(&names(&caller, &["callbackUrl.host warn"]), &["2025-11-30"]);
    let given = Target::Url(old.to_owned());
    names_of(&broken(|_, _| {}), given, &["callbackUrl.host fail"]);
}

#[test]
fn a_given_url_is_looked_at_without_a_row() {
    let caller = broken(|_, _| {});
    names_of(&caller, Target::Url(TRIGGER.to_owned()), &[]);
    assert_eq!(caller.world.count("row"), 0);
    let signed = Target::Url(SAS.to_owned());
    names_of(
        &caller,
        signed,
        &["callbackUrl.host fail", "callbackUrl.sas fail"],
    );
}

#[test]
fn what_the_pages_policy_blocks_is_named_with_its_directive_and_without_its_query() {
    let blocked = |only_reported| Violation {
        blocked: SAS.to_owned(),
        directive: "connect-src".to_owned(),
        only_reported,
    };
    let caller = broken(|world, _| {
        world
            .rows
            .blocks
            .replace(vec![blocked(false), blocked(false)]);
        world.rows.answers.set(false);
    });
    let report = diagnose(&caller, flow_target(WORKFLOW));
    assert_eq!(trouble(&report), ["reach fail", "csp fail"]);
    let csp = report.checks().pop().unwrap();
    assert_eq!(
        csp.detail,
        "The page's content security policy: connect-src blocks https://prod-01.westeurope.logic.azure.com:443."
    );
    let caller = broken(|world, _| drop(world.rows.blocks.replace(vec![blocked(true)])));
    says(&names(&caller, &["csp warn"]), &["connect-src reports"]);
}

#[test]
fn a_host_that_does_not_answer_is_named() {
    let caller = broken(|world, _| world.rows.answers.set(false));
    names(&caller, &["reach fail"]);
}

#[test]
fn time_that_runs_out_is_named_where_it_did_and_what_was_found_stays() {
    let caller = broken_by(
        |world, _| {
            world.row.always(|_| row(RESOURCE).hangs());
        },
        |settings| settings.timeout_ms = 3_000.0,
    );
    says(&names(&caller, &["workflow.read fail"]), &["timeoutMs"]);
    let report = diagnose(&caller, flow_target(WORKFLOW));
    assert_eq!(report.checks().last().unwrap().name, "csp");
}

#[test]
fn a_function_for_tokens_chooses_its_account_by_itself() {
    let caller = broken(|world, _| world.function.set(true));
    let report = diagnose(&caller, flow_target(WORKFLOW));
    assert!(report.ok(), "{report:#?}");
    assert!(
        report
            .checks()
            .iter()
            .any(|check| check.name == "account" && check.outcome == Outcome::Skip)
    );
}
