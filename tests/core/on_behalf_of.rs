//! The second token: where it goes, and where it does not.

use entra_flow::call::Call;
use entra_flow::model::{ErrorCode as Code, Stage};
use entra_flow::on_behalf_of::OnBehalfOf;
use entra_flow::port::{TokenAsk, Way};
use serde_json::json;

use crate::world::*;

const SCOPE: &str = "api://8f2c1d60/access_as_user";

fn wish(header: Option<&str>, property: Option<&str>) -> OnBehalfOf {
    OnBehalfOf {
        scopes: vec![SCOPE.to_owned()],
        header: header.map(str::to_owned),
        property: property.map(str::to_owned),
    }
}

/// A call with a JSON body and a second token, as the surface reads it.
fn sending(header: Option<&str>, property: Option<&str>) -> ACall {
    call().edit(|call| {
        call.headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        call.on_behalf_of = Some(wish(header, property));
    })
}

fn is_own(ask: &TokenAsk) -> bool {
    ask.scopes == [SCOPE]
}

/// Tokens of the caller's own API have a name of their own.
fn own_tokens(world: &World) {
    world
        .silent
        .always(|ask| token(if is_own(ask) { "mine" } else { "t1" }));
}

/// Nobody has consented to the caller's own API.
fn own_token_wants_the_user(world: &World) {
    world.silent.always(|ask| match is_own(ask) {
        true => wants_the_user(),
        false => token("t1"),
    });
    world.sso.always(|_| wants_the_user());
}

fn header<'a>(sent: &'a Sent, name: &str) -> Option<&'a str> {
    let mut found = sent.headers.iter().filter(|(own, _)| own == name);
    found.next().map(|(_, value)| value.as_str())
}

#[test]
fn the_token_goes_into_the_property_or_the_header_that_is_named() {
    let mine = jwt("mine");
    for (named_header, property) in [
        (None, Some("userToken")),
        (Some("x-user-token"), None),
        (Some("x-user-token"), Some("userToken")),
    ] {
        let (world, caller) = scene();
        own_tokens(&world);
        caller.succeeds(sending(named_header, property));
        let requests = world.log.requests();
        let sent = requests.last().unwrap();
        let body = match property {
            Some(_) => json!({"order": 42, "userToken": mine}),
            None => json!({"order": 42}),
        };
        assert_eq!(sent.body, Some(body));
        let in_header = named_header.map(|_| mine.as_str());
        assert_eq!(header(sent, "x-user-token"), in_header);
        assert_eq!(
            sent.bearer,
            Some(jwt("t1")),
            "the flow's own stays what it is"
        );
        for other in requests.iter().take(requests.len() - 1) {
            assert!(
                other.headers.is_empty() && other.body.is_none(),
                "{}",
                other.url
            );
        }
    }
}

#[test]
fn it_is_asked_for_beside_everything_else() {
    let (world, caller) = scene();
    own_tokens(&world);
    world.row.then(row(RESOURCE).after(300.0));
    caller.succeeds(sending(None, Some("userToken")));
    let asks: Vec<_> = world.log.all().iter().map(|asked| asked.at).collect();
    assert_eq!(asks, [0.0, 0.0, 0.0, 300.0, 300.0], "{:?}", world.story());
}

#[test]
fn a_call_without_it_asks_for_no_second_token() {
    let (world, caller) = scene();
    caller.succeeds(call());
    assert_eq!(world.count("silent"), 1);
}

#[test]
fn a_repeated_request_carries_it_once() {
    let (world, caller) = warm_scene();
    own_tokens(&world);
    world
        .trigger
        .then(service(401, "ExpiredToken"))
        .then(service(429, "TooManyRequests"));
    caller.succeeds(sending(Some("x-user-token"), Some("userToken")));
    for sent in world.log.requests() {
        assert_eq!(sent.headers.len(), 2);
        assert_eq!(
            sent.body,
            Some(json!({"order": 42, "userToken": jwt("mine")}))
        );
    }
    let own = world.log.tokens().iter().filter(|t| is_own(&t.ask)).count();
    assert_eq!(own, 1);
}

#[test]
fn a_wish_that_can_not_be_met_is_refused_before_anything_is_asked() {
    let set = |change: fn(&mut Call)| sending(None, Some("userToken")).edit(change);
    let scopes = |scopes: &[&str]| {
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        sending(Some("x-a"), None)
            .edit(move |call| call.on_behalf_of.as_mut().unwrap().scopes = scopes)
    };
    for (field, bad) in [
        ("onBehalfOf: ", sending(None, None)),
        ("onBehalfOf.scopes", scopes(&[])),
        ("onBehalfOf.scopes", scopes(&[""])),
        ("onBehalfOf.scopes", scopes(&["api://a/b api://c/d"])),
        ("onBehalfOf.header", sending(Some(""), None)),
        ("onBehalfOf.header", sending(Some("x a"), None)),
        ("onBehalfOf.header", sending(Some("x\r\ny"), None)),
        ("onBehalfOf.header", sending(Some("Authorization"), None)),
        ("onBehalfOf.header", sending(Some("Content-Type"), None)),
        ("onBehalfOf.header", sending(Some("Cookie"), None)),
        ("onBehalfOf.header", sending(Some("Sec-Token"), None)),
        ("onBehalfOf.property", sending(None, Some(""))),
        ("onBehalfOf.property", sending(None, Some("order"))),
        ("onBehalfOf.property", set(|call| call.body = None)),
        (
            "onBehalfOf.property",
            set(|call| call.body = Some(json_value(json!([1])))),
        ),
        (
            "onBehalfOf.property",
            set(|call| call.body = Some(json_value(json!("text")))),
        ),
        (
            "onBehalfOf.property",
            set(|call| call.body = Some(json_value(json!(7)))),
        ),
        ("onBehalfOf.property", set(|call| call.headers.clear())),
        (
            "onBehalfOf.property",
            set(|call| call.body = Some(foreign("a form"))),
        ),
    ] {
        let (world, caller) = scene();
        let error = caller.fails(bad);
        assert_eq!(
            told(&error),
            (Code::InvalidArgument, Stage::Options, false),
            "{field}"
        );
        assert!(
            error.message.starts_with(field),
            "{} / {field}",
            error.message
        );
        assert!(world.story().is_empty(), "{:?}", world.story());
    }
}

#[test]
fn a_header_serves_any_body() {
    for body in [None, Some(json_value(json!("text")))] {
        let (world, caller) = warm_scene();
        own_tokens(&world);
        caller.succeeds(sending(Some("x-user-token"), None).edit(|call| call.body = body));
        let requests = world.log.requests();
        assert_eq!(
            header(&requests[0], "x-user-token"),
            Some(jwt("mine").as_str())
        );
    }
}

#[test]
fn it_goes_to_no_host_but_the_flow_services() {
    let (world, caller) = scene();
    own_tokens(&world);
    let to = "https://evil.example/paths/invoke";
    let error = caller.fails(sending(Some("x-user-token"), Some("userToken")).at_url(to));
    assert_eq!(error.code, Code::UntrustedUrl);
    assert!(world.log.requests().is_empty());
}

#[test]
fn it_does_not_follow_a_202() {
    let run = "https://prod-01.westeurope.logic.azure.com:443/workflows/1/runs/1/operations/2?sig=GEHEIM_run";
    let (world, caller) = warm_scene();
    own_tokens(&world);
    world
        .trigger
        .then(flow_says(202, "").header("location", run));
    world.at(run).always(|_| flow(200, json!({})));
    caller.succeeds(sending(Some("x-user-token"), Some("userToken")));
    let requests = world.log.requests();
    let poll = requests.last().unwrap();
    assert_eq!(poll.url, run);
    assert!(poll.headers.is_empty() && poll.body.is_none());
}

#[test]
fn a_flow_that_sends_it_back_in_an_error_does_not_get_it_shown() {
    let (world, caller) = warm_scene();
    own_tokens(&world);
    let said = format!("no use for {}", jwt("mine"));
    world
        .trigger
        .then(service(400, "InvalidRequestContent").saying(&said));
    let error = caller.fails(sending(None, Some("userToken")));
    assert_eq!(error.code, Code::InputRejected);
    assert!(error.message.contains("[redacted]"), "{}", error.message);
}

#[test]
fn no_second_token_no_call() {
    let (world, caller) = scene();
    world.silent.always(|ask| {
        if is_own(ask) {
            no_token("ServerError", "invalid_resource")
        } else {
            token("t1")
        }
    });
    let error = caller.fails(sending(None, Some("userToken")));
    assert_eq!(told(&error), (Code::TokenFailed, Stage::Token, false));
    assert_eq!(world.count("POST"), 0);
}

#[test]
fn the_user_is_asked_for_both_tokens_one_after_the_other() {
    let (world, caller) = scene();
    world.popup_would_open.set(true);
    world.silent.always(|_| wants_the_user());
    world.sso.always(|_| wants_the_user());
    world
        .popup
        .then(token("t1").after(500.0))
        .then(token("mine").after(500.0));
    caller.succeeds(sending(None, Some("userToken")));
    let popups: Vec<_> = world
        .log
        .all()
        .iter()
        .filter(|asked| matches!(&asked.what, What::Token(token) if token.way == Way::Popup))
        .map(|asked| asked.at)
        .collect();
    assert_eq!(popups, [0.0, 500.0], "{:?}", world.story());
}

#[test]
fn the_next_sign_in_asks_for_the_scopes_that_a_call_waited_for() {
    let (world, caller) = scene();
    let signed_in = std::rc::Rc::new(std::cell::Cell::new(false));
    let known = signed_in.clone();
    world.silent.always(move |ask| match is_own(ask) {
        true if !known.get() => wants_the_user(),
        own => token(if own { "mine" } else { "t1" }),
    });
    world.sso.always(|_| wants_the_user());
    world.popup.always(move |_| {
        signed_in.set(true);
        token("mine")
    });
    let error = caller.fails(sending(None, Some("userToken")));
    assert_eq!(
        told(&error),
        (Code::InteractionRequired, Stage::Token, false)
    );
    caller.sign_in().unwrap();
    let asked = world.log.tokens();
    let popup = asked.iter().find(|token| token.way == Way::Popup).unwrap();
    assert!(is_own(&popup.ask));
    caller.succeeds(sending(None, Some("userToken")));
    world.new_page();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent"], "nothing waits any more");
}

/// A call whose second token is of another API.
fn sending_to(scope: &str) -> ACall {
    let scopes = vec![scope.to_owned()];
    sending(None, Some("userToken")).edit(move |call| {
        if let Some(wish) = &mut call.on_behalf_of {
            wish.scopes = scopes;
        }
    })
}

#[test]
fn each_api_that_a_call_waited_for_has_its_turn_in_a_sign_in() {
    const OTHER: &str = "api://other/access_as_user";
    let (world, caller) = scene();
    world.silent.always(|ask| match ask.scopes.first() {
        Some(scope) if scope.starts_with("api://") => wants_the_user(),
        _ => token("t1"),
    });
    world.sso.always(|_| wants_the_user());
    for scope in [SCOPE, OTHER, SCOPE] {
        caller.fails(sending_to(scope));
    }
    let popups_of = |answers: Vec<TokenReply>| {
        world.new_page();
        for answer in answers {
            world.popup.then(answer);
        }
        let outcome = caller.sign_in();
        let asked = world.log.tokens();
        let popups = asked.into_iter().filter(|token| token.way == Way::Popup);
        let scopes: Vec<_> = popups.flat_map(|token| token.ask.scopes).collect();
        (scopes, outcome.map_err(|error| error.code))
    };
    let cancelled = || no_token("BrowserAuthError", "user_cancelled");
    assert_eq!(
        popups_of(vec![cancelled()]),
        (vec![OTHER.to_owned()], Err(Code::SignInCancelled)),
        "the one that was asked for last is last"
    );
    assert_eq!(
        popups_of(vec![token("mine"), token("other")]),
        (vec![SCOPE.to_owned(), OTHER.to_owned()], Ok(())),
        "the one that failed is last"
    );
    assert_eq!(popups_of(Vec::new()), (Vec::new(), Ok(())));
}

#[test]
fn an_api_that_a_later_call_had_a_token_of_waits_no_more() {
    let (world, caller) = scene();
    own_token_wants_the_user(&world);
    caller.fails(sending(None, Some("userToken")));
    own_tokens(&world);
    caller.succeeds(sending(None, Some("userToken")));
    own_token_wants_the_user(&world);
    world.new_page();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent"]);
}

#[test]
fn an_api_that_no_user_can_mend_is_not_asked_for_in_every_sign_in() {
    let (world, caller) = scene();
    own_token_wants_the_user(&world);
    world
        .popup
        .always(|_| no_token("ServerError", "invalid_resource"));
    caller.fails(sending(None, Some("userToken")));
    assert_eq!(caller.sign_in().unwrap_err().code, Code::TokenFailed);
    world.new_page();
    caller.sign_in().unwrap();
    assert_eq!(world.story(), ["0 silent"]);
}
