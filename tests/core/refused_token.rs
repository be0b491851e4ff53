//! A token that the service refuses although MSAL takes it for good: who asks for another one, when, and how often.

use entra_flow::call::Target;
use entra_flow::model::{ErrorCode as Code, SchemaName, Stage};
use entra_flow::on_behalf_of::OnBehalfOf;
use entra_flow::settings::Settings;

use serde_json::json;

use crate::world::*;

const CLAIMS: &str = "Bearer claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ==\"";

fn expired() -> HttpReply {
    service(401, "ExpiredToken")
}

fn one_attempt(settings: &mut Settings) {
    settings.max_attempts = 1;
}

/// A client with one attempt whose last call was refused.
fn refused_scene(refusal: HttpReply) -> (std::rc::Rc<World>, Caller) {
    let (world, caller) = warm_scene_with(one_attempt);
    world.trigger.then(refusal);
    let error = caller.fails(call());
    assert_eq!(
        told(&error),
        (Code::Unauthorized, Stage::Invoke, false),
        "{:?}",
        world.story()
    );
    assert_eq!(world.story(), ["0 silent", "0 POST with t1"]);
    world.new_page();
    (world, caller)
}

#[test]
fn the_call_after_a_refusal_that_was_the_last_attempt_has_another_token_and_only_that_one() {
    let (world, caller) = refused_scene(expired());
    caller.succeeds(call());
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent forced",
            "0 POST with t2",
            "0 silent",
            "0 POST with t2"
        ]
    );
}

#[test]
fn the_last_of_several_attempts_leaves_its_renewal_to_the_next_call_too() {
    let (world, caller) = warm_scene_with(|settings| settings.max_attempts = 2);
    let throttled = service(429, "TooManyRequests").header("retry-after", "1");
    world.trigger.then(throttled).then(expired());
    assert_eq!(caller.fails(call()).code, Code::Unauthorized);
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 silent forced", "0 POST with t2"]);
}

#[test]
fn the_claims_of_the_last_refusal_are_asked_for() {
    let (world, caller) = refused_scene(challenge(CLAIMS));
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent forced with claims", "0 POST with t2"]
    );
    let claims = world.log.tokens()[0].ask.claims.clone();
    assert_eq!(claims.as_deref(), Some(r#"{"access_token":{}}"#));
}

#[test]
fn calls_at_once_after_a_refusal_share_one_renewal() {
    let (world, caller) = refused_scene(expired());
    world.silent.then(token("t2").after(50.0));
    let calls: Vec<_> = (0..5).map(|_| caller.start(call())).collect();
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!((world.count("silent"), world.count("POST with t2")), (1, 5));
}

#[test]
fn refusals_of_the_old_token_that_come_after_the_renewal_ask_for_no_other() {
    for refusal in [expired, || challenge(CLAIMS)] {
        let (world, caller) = warm_scene();
        for ms in [0.0, 30.0, 60.0] {
            world.trigger.then(refusal().after(ms));
        }
        world.silent.then(token("t1")).then(token("t2").after(10.0));
        world.silent.then(token("t2")).then(token("t2"));
        let calls: Vec<_> = (0..3).map(|_| caller.start(call())).collect();
        calls.iter().for_each(|call| drop(call.wait_to_succeed()));
        assert_eq!(world.count("silent forced"), 1, "{:?}", world.story());
        assert_eq!(world.count("POST with t2"), 3);
    }
}

#[test]
fn a_renewal_for_claims_meets_a_refusal_that_names_none_while_it_is_under_way() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(challenge(CLAIMS))
        .then(expired().after(30.0));
    world.silent.then(token("t1")).then(token("t2").after(50.0));
    world.silent.then(token("t2"));
    let calls = [caller.start(call()), caller.start(call())];
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!(world.count("silent forced"), 1, "{:?}", world.story());
}

#[test]
fn a_source_that_keeps_no_token_for_claims_is_asked_with_them_once_the_old_one_is_refused_again() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(challenge(CLAIMS))
        .then(challenge(CLAIMS).after(30.0))
        .then(flow(200, json!({})))
        .then(challenge(CLAIMS));
    let silent = &world.silent;
    silent.then(token("t1")).then(token("t2")).then(token("t1"));
    let calls = [caller.start(call()), caller.start(call())];
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!(
        world.count("silent forced with claims"),
        2,
        "{:?}",
        world.story()
    );
}

#[test]
fn a_refusal_of_a_token_that_was_got_before_the_renewal_and_sent_after_it_asks_for_no_other() {
    let (world, caller) = warm_scene();
    let throttled = service(429, "TooManyRequests").header("retry-after", "1");
    world.trigger.then(throttled).then(expired());
    world.silent.then(token("t1")).then(token("t1"));
    world.silent.then(token("t2")).then(token("t2"));
    let first = caller.start(call());
    world.pass(10.0);
    let second = caller.start(call());
    world.pass(10.0);
    world.trigger.then(expired());
    second.wait_to_succeed();
    first.wait_to_succeed();
    assert_eq!(world.count("silent forced"), 1, "{:?}", world.story());
}

#[test]
fn claims_that_the_renewal_was_not_for_are_asked_for_although_they_come_late() {
    let (world, caller) = warm_scene();
    world
        .trigger
        .then(expired())
        .then(challenge(CLAIMS).after(30.0));
    let calls = [caller.start(call()), caller.start(call())];
    calls.iter().for_each(|call| drop(call.wait_to_succeed()));
    assert_eq!(world.count("silent forced with claims"), 1);
}

#[test]
fn a_renewal_that_fails_is_not_forced_again_by_the_next_call() {
    let (world, caller) = refused_scene(expired());
    world.silent.then(no_token("ServerError", "server_error"));
    let error = caller.fails(call());
    assert_eq!(error.stage, Stage::Token);
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent forced", "0 silent", "0 POST with t1"]
    );
}

#[test]
fn a_renewed_token_that_is_refused_costs_the_next_call_no_renewal_before_its_own() {
    for (with_claims, renewal) in [
        (false, "0 silent forced"),
        (true, "0 silent forced with claims"),
    ] {
        let (world, caller) = warm_scene();
        world.trigger.always(move |_| {
            if with_claims {
                challenge(CLAIMS)
            } else {
                expired()
            }
        });
        for generation in [1, 2] {
            world.new_page();
            assert_eq!(caller.fails(call()).code, Code::Unauthorized);
            let (before, after) = (generation, generation + 1);
            assert_eq!(
                world.story(),
                [
                    "0 silent".to_owned(),
                    format!("0 POST with t{before}"),
                    renewal.to_owned(),
                    format!("0 POST with t{after}")
                ]
            );
        }
    }
}

#[test]
fn claims_that_nobody_has_asked_with_outlive_the_refusal_of_a_renewed_token() {
    let (world, caller) = warm_scene_with(|settings| settings.max_attempts = 2);
    let throttled = service(429, "TooManyRequests").header("retry-after", "1");
    world.trigger.then(expired()).then(expired().after(5000.0));
    let renewed = caller.start(call());
    world.pass(10.0);
    world.trigger.then(throttled).then(challenge(CLAIMS));
    assert_eq!(caller.fails(call()).code, Code::Unauthorized);
    assert_eq!(renewed.wait_to_fail().code, Code::Unauthorized);
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.count("silent forced with claims"), 1);
}

#[test]
fn a_call_beside_a_renewal_takes_its_token_or_asks_once_it_has_failed() {
    for fails in [false, true] {
        let (world, caller) = warm_scene();
        world.trigger.then(expired());
        let renewal = if fails {
            no_token("ServerError", "server_error")
        } else {
            token("t2")
        };
        world.silent.then(token("t1")).then(renewal.after(50.0));
        let first = caller.start(call());
        world.pass(10.0);
        let second = caller.start(call());
        if fails {
            assert_eq!(first.wait_to_fail().stage, Stage::Token);
        } else {
            first.wait_to_succeed();
        }
        second.wait_to_succeed();
        let (asked, sent) = if fails { (3, "t1") } else { (2, "t2") };
        assert_eq!(world.count("silent"), asked, "{:?}", world.story());
        assert_eq!(
            world.story().last().unwrap(),
            &format!("50 POST with {sent}")
        );
        world.assert_at_rest();
    }
}

#[test]
fn who_goes_away_before_the_renewal_began_leaves_it_to_the_next_call() {
    let (world, caller) = warm_scene_with(one_attempt);
    world.trigger.then(expired().after(50.0));
    let refused = caller.start(call());
    world.pass(10.0);
    world.silent.then(token("t1").after(90.0));
    let beside = caller.start(call());
    world.pass(50.0);
    assert_eq!(refused.wait_to_fail().code, Code::Unauthorized);
    // It waits for the token that was asked for before the refusal.
    let vanishing = caller.start(call());
    world.pass(10.0);
    vanishing.vanish();
    beside.wait_to_succeed();
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 silent forced", "0 POST with t2"]);
}

#[test]
fn a_renewal_whose_caller_went_away_serves_the_next_call() {
    let (world, caller) = refused_scene(expired());
    world.silent.then(token("t2").after(50.0));
    let vanishing = caller.start(call());
    world.pass(10.0);
    vanishing.vanish();
    world.pass_all();
    world.new_page();
    world.silent.then(token("t2"));
    caller.succeeds(call());
    assert_eq!(world.story(), ["0 silent", "0 POST with t2"]);
}

#[test]
fn claims_that_are_wanted_while_a_renewal_is_under_way_are_asked_for_after_it() {
    let (world, caller) = warm_scene_with(one_attempt);
    world
        .trigger
        .then(expired())
        .then(challenge(CLAIMS).after(30.0));
    let (first, second) = (caller.start(call()), caller.start(call()));
    assert_eq!(first.wait_to_fail().code, Code::Unauthorized);
    world.silent.then(token("t2").after(100.0));
    let third = caller.start(call());
    assert_eq!(second.wait_to_fail().code, Code::Unauthorized);
    third.wait_to_succeed();
    world.new_page();
    caller.succeeds(call());
    assert_eq!(world.count("silent forced with claims"), 1);
}

#[test]
fn the_refusal_of_a_signature_is_no_reason_for_another_token() {
    let (world, caller) = warm_scene_with(|settings| {
        settings.max_attempts = 1;
        settings.sas_allowed = true;
    });
    world.at(SAS).then(expired());
    assert_eq!(caller.fails(call().at_url(SAS)).code, Code::Unauthorized);
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 POST sas without token", "0 silent", "0 POST with t1"]
    );
}

#[test]
fn tokens_of_the_callers_own_api_are_not_renewed_for_it() {
    let (world, caller) = refused_scene(expired());
    let sending = call().edit(|call| {
        call.on_behalf_of = Some(OnBehalfOf {
            scopes: vec!["api://8f2c1d60/access_as_user".to_owned()],
            header: Some("x-user-token".to_owned()),
            property: None,
        });
    });
    caller.succeeds(sending);
    let asked = world.log.tokens();
    let forced = asked.iter().filter(|asked| asked.ask.force_refresh);
    let scopes: Vec<_> = forced.map(|asked| asked.ask.scopes[0].clone()).collect();
    assert_eq!(scopes, ["https://service.flow.microsoft.com//.default"]);
}

#[test]
fn a_refusal_at_discovery_that_a_renewal_did_not_mend_is_renewed_by_the_next_call_as_ever() {
    let (world, caller) = scene_with(one_attempt);
    world.listing.then(expired()).then(expired());
    assert_eq!(
        told(&caller.fails(call())),
        (Code::Unauthorized, Stage::Discovery, false)
    );
    world.new_page();
    world.listing.then(expired());
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 row",
            "0 list with t2",
            "0 silent forced",
            "0 list with t3",
            "0 POST with t3"
        ]
    );
}

#[test]
fn who_signs_in_after_a_refusal_gets_another_token() {
    // The renewal wanted the user; MSAL would go on handing out the token that is refused.
    let (world, caller) = warm_scene();
    world.trigger.then(expired());
    world.silent.then(token("t1")).then(wants_the_user());
    world.sso.then(wants_the_user());
    assert_eq!(caller.fails(call()).code, Code::InteractionRequired);
    world.new_page();
    world.silent.then(wants_the_user());
    caller.sign_in().unwrap();
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent forced",
            "0 popup forced",
            "0 silent",
            "0 POST with t2"
        ]
    );
}

#[test]
fn who_signs_in_beside_a_renewal_takes_its_token() {
    let (world, caller) = refused_scene(expired());
    world.silent.then(token("t2").after(50.0));
    let renewing = caller.start(call());
    world.pass(10.0);
    caller.sign_in().unwrap();
    renewing.wait_to_succeed();
    assert_eq!(world.story(), ["0 silent forced", "50 POST with t2"]);
}

#[test]
fn who_signs_in_after_two_refusals_is_asked_for_the_claims_of_the_last() {
    let (world, caller) = warm_scene();
    world.trigger.then(expired()).then(challenge(CLAIMS));
    assert_eq!(caller.fails(call()).code, Code::Unauthorized);
    world.new_page();
    caller.sign_in().unwrap();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent forced with claims", "0 silent"]);

    let (world, caller) = scene();
    world.listing.then(expired()).then(challenge(CLAIMS));
    assert_eq!(caller.fails(call()).code, Code::Unauthorized);
    world.new_page();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent forced with claims"]);
}

#[test]
fn a_refusal_is_over_once_a_token_is_taken() {
    let (world, caller) = refused_scene(challenge(CLAIMS));
    world.silent.then(no_token("ServerError", "server_error"));
    caller.fails(call());
    // By itself MSAL has another one by now.
    caller.succeeds(call());
    world.new_page();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent"]);
}

#[test]
fn claims_that_nobody_has_asked_with_outlive_a_refusal_that_names_none() {
    let (world, caller) = warm_scene_with(one_attempt);
    world.trigger.then(challenge(CLAIMS)).then(expired());
    let (one, other) = (caller.start(call()), caller.start(call()));
    for refused in [one, other] {
        assert_eq!(refused.wait_to_fail().code, Code::Unauthorized);
    }
    world.new_page();
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        ["0 silent forced with claims", "0 POST with t2"]
    );
}

#[test]
fn a_url_that_is_gone_at_the_last_attempt_is_asked_for_anew_by_the_next_call() {
    for status in [404, 410] {
        let (world, caller) = warm_scene_with(one_attempt);
        moves(&world);
        world
            .trigger
            .always(move |_| service(status, "SomethingNew"));
        assert_eq!(caller.fails(call()).code, Code::FlowGone);
        assert_eq!((world.count("POST"), world.count("list")), (1, 0));
        caller.succeeds(call());
        assert_eq!((world.count("POST moved"), world.count("list")), (1, 1));
    }
}

#[test]
fn a_variables_url_that_is_gone_at_the_last_attempt_is_read_again_by_the_next_call() {
    let (world, caller) = scene_with(one_attempt);
    let name = SchemaName::parse("contoso_Url").unwrap();
    let by_variable = || call().to(Target::Variable(name.clone()));
    world.variable("contoso_Url", Some(TRIGGER), None);
    world.trigger.always(|_| gone());
    assert_eq!(caller.fails(by_variable()).code, Code::FlowGone);
    world.tables.variables.borrow_mut().clear();
    world.variable("contoso_Url", Some(MOVED), None);
    caller.succeeds(by_variable());
    assert_eq!(world.count("POST moved"), 1);
}
