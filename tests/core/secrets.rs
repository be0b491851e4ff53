//! No token and no signature is in anything that leaves the module. The world looks at every error of every test;
//! these put secrets where they could get into one.

use entra_flow::model::{Cloud, ErrorCode as Code, Secret};
use entra_flow::policy::trust::TrustedUrl;
use entra_flow::port::TokenFailure;

use crate::world::*;

/// Texts with a secret, as services and hosts write them.
fn leaks() -> Vec<String> {
    vec![
        format!("The token {} is not valid", jwt("t1")),
        format!("authorization: Bearer {}", jwt("t1")),
        format!("{{\"accessToken\":\"{}\"}}", jwt("t1")),
        format!("Call to {SAS} failed"),
        "sig=GEHEIM".to_owned(),
        "SIG = GEHEIM".to_owned(),
        "'sig': 'GEHEIM'".to_owned(),
        SAS.replace("sig=", "s%69g="),
        SAS.replace('&', "&amp;"),
    ]
}

/// The same signature, wrapped once more.
fn wrapped() -> [String; 3] {
    let escapes = [
        ("%", "%25"),
        (":", "%3A"),
        ("/", "%2F"),
        ("?", "%3F"),
        ("=", "%3D"),
        ("&", "%26"),
    ];
    let encoded = escapes
        .into_iter()
        .fold(SAS.to_owned(), |text, (plain, escaped)| {
            text.replace(plain, escaped)
        });
    [
        // As a mail system's link checker wraps a URL that someone copied out of a mail.
        format!("https://eur01.safelinks.protection.outlook.com/?url={encoded}"),
        // As .NET writes an ampersand in JSON.
        SAS.replace('&', "\\u0026"),
        // As JSON stands in a text of JSON.
        r#"{\"queries\":{\"sig\":\"GEHEIM\"}}"#.to_owned(),
    ]
}

#[test]
fn a_signature_in_a_url_in_a_url_is_redacted() {
    assert_redacted(&wrapped()[0]);
}

#[test]
fn a_signature_after_an_escaped_ampersand_is_redacted() {
    assert_redacted(&wrapped()[1]);
}

#[test]
fn a_signature_in_escaped_json_is_redacted() {
    assert_redacted(&wrapped()[2]);
}

#[track_caller]
fn assert_redacted(leak: &str) {
    let (world, caller) = warm_scene();
    let reply = service(400, "SomethingNew").saying(leak);
    world.trigger.always(move |_| reply.clone());
    assert_eq!(caller.fails(call()).code, Code::InputRejected);
}

#[test]
fn what_the_trigger_echoes_is_redacted() {
    for leak in leaks() {
        let (world, caller) = warm_scene();
        let reply = service(400, &leak)
            .saying(&leak)
            .header("x-ms-correlation-id", &leak)
            .header("x-ms-workflow-run-id", &leak);
        world.trigger.always(move |_| reply.clone());
        let error = caller.fails(call());
        assert_eq!(error.code, Code::InputRejected);
        assert!(error.message.contains("[redacted]"), "{}", error.message);
    }
}

#[test]
fn what_the_power_automate_api_echoes_is_redacted() {
    for leak in leaks() {
        let (world, caller) = scene();
        let reply = service(400, &leak)
            .saying(&leak)
            .header("x-ms-request-id", &leak);
        world.listing.always(move |_| reply.clone());
        assert_eq!(caller.fails(call()).code, Code::DiscoveryFailed);
    }
}

#[test]
fn what_dataverse_says_is_redacted() {
    for leak in leaks() {
        let (world, caller) = scene();
        world.row.then(no_row(Some(1.0), &leak));
        assert_eq!(caller.fails(call()).code, Code::ServiceError);
    }
}

#[test]
fn what_a_token_source_says_is_redacted() {
    for leak in leaks() {
        let (world, caller) = scene();
        let failure = TokenFailure {
            name: leak.clone(),
            code: leak.clone(),
            message: Some(leak.clone()),
            correlation_id: None,
            cause: None,
        };
        world.silent.then(Reply::new(Err(failure)));
        assert_eq!(caller.fails(call()).code, Code::TokenFailed);
    }
}

#[test]
fn even_the_correlation_id_of_a_token_source_is_redacted() {
    let (world, caller) = scene();
    let failure = TokenFailure {
        correlation_id: Some(jwt("t1")),
        ..TokenFailure::default()
    };
    world.silent.then(Reply::new(Err(failure)));
    assert_eq!(caller.fails(call()).code, Code::TokenFailed);
}

#[test]
fn an_untrusted_url_is_told_without_its_signature() {
    for leak in leaks() {
        let (world, caller) = scene();
        let url = format!("https://evil.example/?{leak}");
        assert_eq!(caller.fails(call().at_url(&url)).code, Code::UntrustedUrl);
        world.listing.then(listed(&url));
        assert_eq!(caller.fails(call()).code, Code::UntrustedUrl);
    }
}

#[test]
fn a_callback_url_is_told_without_its_signature() {
    let (world, caller) = scene_with(|settings| settings.sas_allowed = true);
    world.listing.then(listed(SAS));
    let url = caller.callback_url(false).unwrap();
    assert!(url.ends_with("&sig=[redacted]"), "{url}");
    let client = caller.client.clone();
    let target = entra_flow::call::Target::Url(SAS.to_owned());
    let url = world
        .start(async move { client.callback_url(&target, false).await })
        .wait()
        .unwrap();
    assert!(url.ends_with("&sig=[redacted]"), "{url}");
}

#[test]
fn a_refused_argument_is_named_without_its_value() {
    let (_, caller) = warm_scene();
    let secret = jwt("t1");
    caller.fails(call().edit(|call| {
        call.headers = vec![("Authorization".to_owned(), format!("Bearer {secret}"))]
    }));
    caller
        .fails(call().edit(|call| call.headers = vec![("x-a".to_owned(), format!("{secret}\n"))]));
    caller.fails(call().edit(|call| call.query = vec![("sig".to_owned(), "GEHEIM".to_owned())]));
}

#[test]
fn debug_output_shows_neither_tokens_nor_signatures() {
    let url = TrustedUrl::trigger(SAS, &Cloud::named("public").unwrap()).unwrap();
    let secret = Secret::new(jwt("t1"));
    assert_no_secret(&format!("{url:?} {secret:?} {:#?}", Some((&url, &secret))));
    let failed: Result<Secret, ()> = Ok(secret);
    assert_no_secret(&format!("{failed:?}"));
}

#[test]
fn a_resource_id_with_a_secret_in_it_stays_in_the_request() {
    let (world, caller) = scene();
    world.row.then(row(&jwt("t1")));
    world.listing.then(service(404, "FlowNotFound"));
    assert_eq!(caller.fails(call()).code, Code::DiscoveryFailed);
}
