//! Where a token comes from: silently first, with the user only where that is allowed, and for the right person.

use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::policy::msal::{self, Meaning};
use entra_flow::settings::Interaction;

use crate::world::*;

/// What platform.md 7 says that an `InteractionRequiredAuthError` may be.
const INTERACTION_REQUIRED: [&str; 10] = [
    "interaction_required",
    "consent_required",
    "login_required",
    "bad_token",
    "interrupted_user",
    "no_tokens_found",
    "refresh_token_expired",
    "native_account_unavailable",
    "ux_not_allowed",
    "ui_not_allowed",
];

fn nothing_silent(world: &World) {
    world.silent.always(|_| wants_the_user());
    world.sso.always(|_| wants_the_user());
}

#[test]
fn the_ways_are_tried_from_the_one_that_disturbs_least() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    nothing_silent(&world);
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(
        world.story(),
        ["0 silent", "0 sso", "0 popup", "0 POST with t1"]
    );
}

#[test]
fn the_session_of_another_tab_is_enough() {
    let (world, caller) = scene();
    world
        .silent
        .then(no_token("InteractionRequiredAuthError", "no_tokens_found"));
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(world.story(), ["0 silent", "0 sso", "0 POST with t1"]);
}

#[test]
fn auto_opens_a_window_only_where_the_browser_would_let_it() {
    for (would_open, windows) in [(true, 1), (false, 0)] {
        let (world, caller) = scene();
        nothing_silent(&world);
        world.popup_would_open.set(would_open);
        let outcome = caller.outcome(call());
        assert_eq!(
            (outcome.is_ok(), world.count("popup")),
            (would_open, windows)
        );
        if let Err(error) = outcome {
            assert_eq!(
                told(&error),
                (Code::InteractionRequired, Stage::Token, false)
            );
            assert!(error.hint.contains("signIn()"), "{}", error.hint);
        }
    }
}

#[test]
fn popup_always_opens_a_window_and_none_never_does() {
    for (interaction, windows) in [(Interaction::Popup, 1), (Interaction::None, 0)] {
        let (world, caller) = scene_with(|settings| settings.interaction = interaction);
        nothing_silent(&world);
        world.popup_would_open.set(interaction == Interaction::None);
        assert_eq!(caller.outcome(call()).is_ok(), windows == 1);
        assert_eq!(world.count("popup"), windows);
    }
}

#[test]
fn every_interaction_error_of_msal_leads_to_the_next_way() {
    for code in INTERACTION_REQUIRED {
        let (world, caller) = scene();
        world
            .silent
            .always(move |_| no_token("InteractionRequiredAuthError", code));
        world
            .sso
            .always(move |_| no_token("InteractionRequiredAuthError", code));
        let error = caller.fails(call().at_url(TRIGGER));
        assert_eq!(
            told(&error),
            (Code::InteractionRequired, Stage::Token, false),
            "{code}"
        );
        assert_eq!(world.story(), ["0 silent", "0 sso"], "{code}");
        assert_eq!(error.service_code.as_deref(), Some(code));
    }
}

#[test]
fn a_hidden_frame_that_fails_leads_to_the_user() {
    for code in [
        "silent_sso_error",
        "timed_out",
        "monitor_window_timeout",
        "no_account_error",
    ] {
        let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
        world.silent.always(|_| wants_the_user());
        world
            .sso
            .always(move |_| no_token("BrowserAuthError", code));
        caller.succeeds(call());
        assert_eq!(world.count("popup"), 1, "{code}");
    }
}

#[test]
fn each_end_of_a_sign_in_window_has_its_code() {
    for (name, code, expected) in [
        ("BrowserAuthError", "popup_window_error", Code::PopupBlocked),
        ("BrowserAuthError", "empty_window_error", Code::PopupBlocked),
        (
            "BrowserAuthError",
            "block_nested_popups",
            Code::PopupBlocked,
        ),
        ("BrowserAuthError", "user_cancelled", Code::SignInCancelled),
        (
            "BrowserAuthError",
            "interaction_in_progress",
            Code::InteractionRequired,
        ),
        ("BrowserAuthError", "timed_out", Code::InteractionRequired),
        (
            "BrowserAuthError",
            "monitor_window_timeout",
            Code::InteractionRequired,
        ),
        (
            "InteractionRequiredAuthError",
            "consent_required",
            Code::InteractionRequired,
        ),
        ("BrowserAuthError", "no_network_connectivity", Code::Network),
        ("ServerError", "invalid_client", Code::TokenFailed),
    ] {
        let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
        nothing_silent(&world);
        world.popup.always(move |_| no_token(name, code));
        let error = caller.fails(call());
        assert_eq!(told(&error), (expected, Stage::Token, false), "{code}");
        assert_eq!(
            world.count("popup"),
            1,
            "{code}: a window is never shown twice for one call"
        );
        assert_eq!(error.service_code.as_deref(), Some(code));
        assert_eq!(error.correlation_id.as_deref(), Some("c0ffee"));
        assert_eq!(error.cause.as_ref().map(text_of), Some("what MSAL threw"));
    }
}

#[test]
fn a_failure_that_no_user_can_mend_ends_the_ladder() {
    for (code, word) in [
        ("uninitialized_public_client_application", "initialize()"),
        ("invalid_client", "app registration"),
    ] {
        let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
        world
            .silent
            .always(move |_| no_token("BrowserAuthError", code));
        let error = caller.fails(call().at_url(TRIGGER));
        assert_eq!(
            told(&error),
            (Code::TokenFailed, Stage::Token, false),
            "{code}"
        );
        assert!(error.hint.contains(word), "{}", error.hint);
        assert_eq!(world.story(), ["0 silent"], "{code}");
    }
}

#[test]
fn every_msal_error_of_the_platforms_list_is_known() {
    for code in [
        "interaction_in_progress",
        "popup_window_error",
        "empty_window_error",
        "user_cancelled",
        "no_account_error",
        "uninitialized_public_client_application",
        "no_network_connectivity",
        "block_nested_popups",
        "silent_sso_error",
        "timed_out",
        "monitor_window_timeout",
    ] {
        let known = msal::meaning("BrowserAuthError", code);
        assert_ne!(
            known,
            Meaning::Final(Code::TokenFailed, None),
            "{code} falls through"
        );
    }
}

#[test]
fn a_lost_connection_is_tried_again_with_growing_delays() {
    let (world, caller) = scene();
    for _ in 0..3 {
        world
            .silent
            .then(no_token("BrowserAuthError", "no_network_connectivity"));
    }
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "250 silent",
            "750 silent",
            "1750 silent",
            "1750 POST with t1"
        ]
    );
}

#[test]
fn a_connection_that_stays_lost_is_a_network_error() {
    let (world, caller) = scene();
    world
        .silent
        .always(|_| no_token("BrowserAuthError", "no_network_connectivity"));
    let error = caller.fails(call().at_url(TRIGGER));
    assert_eq!(told(&error), (Code::Network, Stage::Token, false));
    assert_eq!(world.count("silent"), 4);
}

#[test]
fn entra_is_asked_again_where_it_has_no_time_now() {
    let (world, caller) = scene();
    world
        .silent
        .then(no_token("ServerError", "temporarily_unavailable"));
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(world.count("silent"), 2);
}

#[test]
fn a_silent_request_that_never_answers_is_given_up_and_made_again() {
    let (world, caller) = scene();
    world.silent.then(token("t1").hangs());
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(
        world.story(),
        ["0 silent", "40250 silent", "40250 POST with t1"]
    );
}

#[test]
fn the_callers_account_comes_first() {
    let (world, caller) = scene_with(|settings| {
        settings.account = Some(account(BOB));
        settings.login_hint = Some(ADA.to_owned());
    });
    caller.succeeds(call());
    assert_eq!(world.log.tokens()[0].account.as_deref(), Some(BOB));
}

#[test]
fn then_comes_the_account_that_the_login_hint_names() {
    let (world, caller) =
        scene_with(|settings| settings.login_hint = Some("BOB@contoso.example".to_owned()));
    world.accounts.replace(vec![(ADA, TENANT), (BOB, TENANT)]);
    caller.succeeds(call());
    assert_eq!(world.log.tokens()[0].account.as_deref(), Some(BOB));
}

#[test]
fn then_comes_the_only_account_of_the_tenant() {
    let (world, caller) = scene_with(|settings| settings.tenant_id = Some(TENANT.to_owned()));
    world
        .accounts
        .replace(vec![(BOB, "another-tenant"), (ADA, TENANT)]);
    caller.succeeds(call());
    assert_eq!(world.log.tokens()[0].account.as_deref(), Some(ADA));
}

#[test]
fn several_accounts_that_fit_are_never_guessed_between() {
    let (world, caller) = scene();
    world.accounts.replace(vec![(ADA, TENANT), (BOB, TENANT)]);
    let error = caller.fails(call().at_url(TRIGGER));
    assert_eq!(
        told(&error),
        (Code::InteractionRequired, Stage::Token, false)
    );
    assert!(error.hint.contains("loginHint"), "{}", error.hint);
    assert!(
        world.log.tokens().is_empty(),
        "nothing was asked for anyone"
    );
}

#[test]
fn the_user_chooses_between_accounts_in_the_window() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    world.accounts.replace(vec![(ADA, TENANT), (BOB, TENANT)]);
    caller.succeeds(call().at_url(TRIGGER));
    let asked = &world.log.tokens()[0];
    assert_eq!(world.story(), ["0 popup", "0 POST with t1"]);
    assert!(asked.account.is_none() && asked.ambiguous);
}

#[test]
fn a_login_hint_without_an_account_is_tried_in_a_hidden_frame_first() {
    let (world, caller) = scene_with(|settings| settings.login_hint = Some(BOB.to_owned()));
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(world.story(), ["0 sso", "0 POST with t1"]);
    let asked = &world.log.tokens()[0];
    assert_eq!(
        (asked.account.as_deref(), asked.login_hint.as_deref()),
        (None, Some(BOB))
    );
}

#[test]
fn nobody_known_and_nobody_named_needs_the_user() {
    let (world, caller) = scene();
    world.accounts.replace(vec![]);
    let error = caller.fails(call().at_url(TRIGGER));
    assert_eq!(
        told(&error),
        (Code::InteractionRequired, Stage::Token, false)
    );
    assert_eq!(
        error.hint,
        Code::InteractionRequired.hint(),
        "not of several accounts"
    );
    assert!(world.log.tokens().is_empty());
}

#[test]
fn an_account_of_another_tenant_is_not_used() {
    let (world, caller) = scene_with(|settings| settings.tenant_id = Some(TENANT.to_owned()));
    world.accounts.replace(vec![(ADA, "another-tenant")]);
    assert_eq!(caller.fails(call()).code, Code::InteractionRequired);
    assert!(world.log.tokens().is_empty());
}

#[test]
fn an_msal_instance_that_throws_is_an_error_and_the_next_call_asks_it_again() {
    let (world, caller) = scene();
    world.accounts_throw.set(true);
    assert_eq!(
        told(&caller.fails(call())),
        (Code::TokenFailed, Stage::Token, false)
    );
    world.accounts_throw.set(false);
    caller.succeeds(call());
}

#[test]
fn a_function_chooses_the_account_by_itself_and_is_never_asked_for_a_hidden_frame() {
    let (world, caller) = scene();
    world.function.set(true);
    world.accounts_throw.set(true);
    world.silent.then(wants_the_user());
    world.popup_would_open.set(true);
    caller.succeeds(call().at_url(TRIGGER));
    assert_eq!(world.story(), ["0 silent", "0 popup", "0 POST with t1"]);
    assert!(
        world
            .log
            .tokens()
            .iter()
            .all(|asked| asked.account.is_none())
    );
}

#[test]
fn a_function_that_fails_in_its_own_way_is_token_failed() {
    let (world, caller) = scene();
    world.function.set(true);
    world.silent.then(no_token("Error", ""));
    world.popup_would_open.set(true);
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::TokenFailed, Stage::Token, false));
    assert_eq!(
        (world.count("popup"), error.service_code.as_deref()),
        (0, None)
    );
}

#[test]
fn a_function_gets_the_forced_refresh_and_its_claims_too() {
    let (world, caller) = warm_scene();
    world.function.set(true);
    world
        .trigger
        .then(challenge("Bearer claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ==\""));
    caller.succeeds(call());
    assert_eq!(
        world.story(),
        [
            "0 silent",
            "0 POST with t1",
            "0 silent forced with claims",
            "0 POST with t2"
        ]
    );
}

#[test]
fn sign_in_spends_no_click_on_a_hidden_frame() {
    let (world, caller) = scene();
    nothing_silent(&world);
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent", "0 popup"]);
}

#[test]
fn sign_in_shows_no_window_to_who_is_signed_in() {
    let (world, caller) = scene();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent"]);
}

#[test]
fn sign_in_may_ask_the_user_even_where_calls_may_not() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::None);
    nothing_silent(&world);
    caller.sign_in().unwrap();
    assert_eq!(world.count("popup"), 1);
}

#[test]
fn sign_in_tells_how_it_ended() {
    for (code, expected) in [
        ("popup_window_error", Code::PopupBlocked),
        ("user_cancelled", Code::SignInCancelled),
        ("interaction_in_progress", Code::InteractionRequired),
    ] {
        let (world, caller) = scene();
        nothing_silent(&world);
        world.popup.then(no_token("BrowserAuthError", code));
        let error = caller.sign_in().unwrap_err();
        assert_eq!(told(&error), (expected, Stage::Token, false));
        world.assert_at_rest();
        caller.sign_in().unwrap();
    }
}

#[test]
fn a_person_has_five_minutes_to_sign_in_or_the_clients_time_if_that_is_longer() {
    for (client_ms, expected) in [(1_000.0, 300_000.0), (400_000.0, 400_000.0)] {
        let (world, caller) = scene_with(|settings| settings.timeout_ms = client_ms);
        nothing_silent(&world);
        world.popup.then(token("t1").hangs());
        let error = caller.sign_in().unwrap_err();
        assert_eq!(
            (told(&error), world.now()),
            ((Code::Timeout, Stage::Token, false), expected)
        );
        assert!(error.hint.contains("sign-in window"), "{}", error.hint);
        world.assert_at_rest();
    }
}

#[test]
fn a_call_beside_a_sign_in_waits_for_it_and_opens_no_second_window() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    nothing_silent(&world);
    world.popup.then(token("t1").after(5000.0));
    let signing_in = caller.start_sign_in();
    let calling = caller.start(call());
    signing_in.wait().unwrap();
    calling.wait_to_succeed();
    assert_eq!(world.count("popup"), 1);
    world.assert_at_rest();
}

#[test]
fn a_call_beside_a_sign_in_that_is_given_up_fails_with_it_and_opens_no_window_of_its_own() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::Popup);
    nothing_silent(&world);
    let given_up = no_token("BrowserAuthError", "user_cancelled");
    world.popup.then(given_up.after(5000.0));
    let signing_in = caller.start_sign_in();
    let calling = caller.start(call());
    assert_eq!(signing_in.wait().unwrap_err().code, Code::SignInCancelled);
    assert_eq!(calling.wait_to_fail().code, Code::SignInCancelled);
    assert_eq!(world.count("popup"), 1);
    world.assert_at_rest();
}

#[test]
fn a_sign_in_beside_a_call_takes_the_calls_token_or_asks_once_it_has_failed() {
    let (world, caller) = scene();
    world.silent.then(token("t1").after(100.0));
    let calling = caller.start(call());
    caller.start_sign_in().wait().unwrap();
    calling.wait_to_succeed();
    assert_eq!((world.count("silent"), world.count("popup")), (1, 0));

    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::None);
    nothing_silent(&world);
    let calling = caller.start(call());
    let signing_in = caller.start_sign_in();
    assert_eq!(calling.wait_to_fail().code, Code::InteractionRequired);
    signing_in.wait().unwrap();
    assert_eq!(world.count("popup"), 1);
}

#[test]
fn a_click_that_was_forgotten_behind_a_calls_request_is_told_to_be_made_again() {
    let (world, caller) = scene_with(|settings| settings.interaction = Interaction::None);
    nothing_silent(&world);
    let blocked = || no_token("BrowserAuthError", "popup_window_error");
    world.popup.then(blocked()).then(blocked());
    let calling = caller.start(call());
    let behind = caller.start_sign_in();
    assert_eq!(calling.wait_to_fail().code, Code::InteractionRequired);
    let error = behind.wait().unwrap_err();
    assert_eq!(error.code, Code::PopupBlocked);
    assert!(error.hint.ends_with("click again."), "{}", error.hint);
    // One that waited for nobody was no click.
    let error = caller.sign_in().unwrap_err();
    assert_eq!(error.hint, Code::PopupBlocked.hint());
}

#[test]
fn two_clicks_on_sign_in_open_one_window() {
    let (world, caller) = scene();
    nothing_silent(&world);
    world.popup.then(token("t1").after(3000.0));
    let (first, second) = (caller.start_sign_in(), caller.start_sign_in());
    assert!(first.wait().is_ok() && second.wait().is_ok());
    assert_eq!(world.count("popup"), 1);
}

#[test]
fn after_sign_in_calls_are_silent() {
    let (world, caller) = scene();
    world.silent.then(wants_the_user());
    caller.sign_in().unwrap();
    world.new_page();
    caller.succeeds(call());
    assert_eq!((world.count("silent"), world.count("popup")), (1, 0));
}
