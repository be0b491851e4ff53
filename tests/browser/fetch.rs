//! A `fetch` that a page has replaced, and answers that are none: at discovery and at the flow itself.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{ANYTHING, each, met, met_by};

const GOOD: &str = r#"200 {"answer":42}"#;

/// The same trouble with the listing of trigger URLs and with the flow.
async fn at_both(answer: &str, values: &[&str], at_discovery: &str, at_invoke: &str) {
    each(&format!("{{ discovery: {answer} }}"), values, at_discovery).await;
    each(&format!("{{ invoke: {answer} }}"), values, at_invoke).await;
}

/// No answer at all.
async fn is_network(answer: &str, values: &[&str]) {
    let (at_discovery, at_invoke) = ("network at discovery", "network at invoke, may have run");
    at_both(answer, values, at_discovery, at_invoke).await;
}

#[test]
async fn whatever_fetch_throws_at_once_is_network() {
    is_network("() => { throw (IT) }", ANYTHING).await;
}

#[test]
async fn whatever_fetch_rejects_with_is_network() {
    is_network("() => Promise.reject(IT)", ANYTHING).await;
}

#[test]
async fn an_answer_that_is_no_response_is_network() {
    is_network("async () => (IT)", ANYTHING).await;
    let lookalikes = &[
        "{ status: 200, headers: new Headers(), text: async () => '{}' }",
        "fakeResponse({ status: undefined })",
        "fakeResponse({ status: '200' })",
        "fakeResponse({ get status() { throw 1 } })",
        "fakeResponse({ headers: null })",
        "fakeResponse({ headers: { get: 42 } })",
        "fakeResponse({ get headers() { throw 1 } })",
        "fakeResponse({ headers: nasty({}) })",
        "fakeResponse({ get [Symbol.toStringTag]() { throw 1 } })",
    ];
    is_network("async () => (IT)", lookalikes).await;
}

#[test]
async fn a_response_need_not_be_of_this_frame() {
    let answers = &[
        "elsewhere.eval(`Promise.resolve(Response.json({ response: { value: '${triggerUrl}' } }))`)",
        "new elsewhere.Response(JSON.stringify({ response: { value: triggerUrl } }))",
    ];
    each("{ discovery: () => (IT) }", answers, GOOD).await;
    let answers = &[
        "elsewhere.eval('Promise.resolve(Response.json({ answer: 42 }))')",
        "{ then(resolve) { resolve(elsewhere.Response.json({ answer: 42 })); throw 1 } }",
    ];
    each("{ invoke: () => (IT) }", answers, GOOD).await;
}

#[test]
async fn a_status_is_read_once() {
    met_by(
        "let reads = 0;
        const status = { get status() { if (reads++ > 0) throw new Error('read again'); return 200; } };
        const members = Object.getOwnPropertyDescriptors(status);
        return { invoke: async () => Object.defineProperties(fakeResponse({}), members) }",
    )
    .await
    .is(GOOD);
}

#[test]
async fn a_body_that_was_read_already_is_network() {
    let used = "async () => { const it = Response.json({ a: 1 }); await it.text(); return it; }";
    is_network(used, &[""]).await;
    let locked =
        "async () => { const it = Response.json({ a: 1 }); it.body.getReader(); return it; }";
    is_network(locked, &[""]).await;
}

#[test]
async fn a_body_that_breaks_off_is_network() {
    let json = "{ headers: { 'content-type': 'application/json' } }";
    let answer = format!("async () => new Response(breakingOff(IT), {json})");
    let reasons = &[
        "",
        "undefined",
        "null",
        "'word'",
        "nasty({})",
        "unreadable()",
    ];
    is_network(&answer, reasons).await;
    for how in ["json", "text", "blob", "arrayBuffer"] {
        met(&format!(
            "{{ invoke: async () => new Response(breakingOff()), options: {{ responseType: '{how}' }} }}"
        ))
        .await
        .is("network at invoke, may have run");
    }
}

#[test]
async fn an_error_answer_whose_body_breaks_off_keeps_its_status() {
    let answer = "async () => new Response(breakingOff(), { status: 404 })";
    met(&format!(
        "{{ invoke: {answer}, see: ({{ error }}) => error.status }}"
    ))
    .await
    .is("network at invoke, may have run")
    .and_saw("404");
    let answer = "async () => new Response(breakingOff(), { status: 403 })";
    met(&format!(
        "{{ discovery: {answer}, see: ({{ error }}) => error.status }}"
    ))
    .await
    .is("discovery_forbidden at discovery")
    .and_saw("403");
}

#[test]
async fn an_error_answer_whose_methods_throw_keeps_its_status() {
    let members = &[
        "clone: thrower('clone')",
        "clone: undefined",
        "clone: () => null",
        "clone: () => nasty({})",
        "clone: () => ({ text: thrower('text') })",
        "clone: () => ({ text: () => Promise.reject(null) })",
        "clone: () => ({ text: async () => nasty({}) })",
        "clone: () => ({ text: async () => 42 })",
        "headers: { get: thrower('get') }",
        "headers: { get: () => nasty({}) }",
        "headers: { get: () => 42 }",
    ];
    let trouble = "{
        invoke: async () => fakeResponse({ status: 500, text: async () => '', IT }),
        see: ({ error }) => error.status,
    }";
    for member in members {
        met(&trouble.replace("IT", member))
            .await
            .is("flow_failed at invoke, may have run")
            .and_saw("500");
    }
}

#[test]
async fn reading_methods_that_throw_are_network() {
    let reads = &[
        "text: thrower('text')",
        "text: undefined",
        "text: nasty(() => {})",
        "text: () => Promise.reject(IT)",
        "text: () => ({ get then() { throw 1 } })",
    ];
    is_network("async () => fakeResponse({ IT })", reads).await;
    let errors = ANYTHING;
    is_network(
        "async () => fakeResponse({ text: () => Promise.reject(IT) })",
        errors,
    )
    .await;
}

#[test]
async fn headers_that_throw_are_like_headers_that_can_not_be_read() {
    // Without a content type an answer is text.
    let headers = &[
        "{ get: thrower('get') }",
        "{ get: () => nasty({}) }",
        "{ get: () => Symbol('s') }",
        "{ get: nasty(() => {}) }",
    ];
    each(
        "{ invoke: async () => fakeResponse({ headers: IT }) }",
        headers,
        r#"200 "{\"answer\":42}""#,
    )
    .await;
}

#[test]
async fn an_answer_of_discovery_without_a_url_is_discovery_failed() {
    let answers = &[
        "''",
        "'null'",
        "'42'",
        "'[]'",
        "'{}'",
        "'\"text\"'",
        "'not json'",
        "'{\"response\":null}'",
        "'{\"response\":{\"value\":42}}'",
        "'{\"response\":{\"value\":{}}}'",
        "'{\"response\":{\"value\":\"\"}}'",
        "'{\"__proto__\":{\"response\":{\"value\":\"https://x.logic.azure.com/\"}}}'",
        "'['.repeat(1e5) + ']'.repeat(1e5)",
        "'{\"response\":{\"value\":' + '{\"value\":'.repeat(5e4) + '1' + '}'.repeat(5e4) + '}}'",
    ];
    let trouble = "{ discovery: async () => new Response(IT) }";
    each(trouble, answers, "discovery_failed at discovery").await;
}

#[test]
async fn a_url_of_another_host_is_refused_before_a_token_is_sent() {
    let urls = &[
        "'https://evil.example/x'",
        "'http://a.logic.azure.com/x'",
        "'https://a.logic.azure.com@evil.example/x'",
        "'https://evil.example\\\\@a.logic.azure.com/x'",
        "'//a.logic.azure.com/x'",
        "'javascript:alert(1)'",
        "'\\u0000'",
    ];
    for url in urls {
        let trouble = "{
            discovery: async () => Response.json({ response: { value: IT } }),
            see: ({ requests }) => requests.length,
        }";
        met(&trouble.replace("IT", url))
            .await
            .is("untrusted_url at discovery")
            .and_saw("1");
    }
}

#[test]
async fn an_answer_that_is_not_the_json_it_claims_to_be_is_output_invalid_and_told() {
    for text in ["not json", "{\"a\":1", "<html>", "\u{feff}\u{feff}"] {
        met(&format!(
            "{{
                invoke: async () => new Response({text:?}, {{ headers: {{ 'content-type': 'application/json' }} }}),
                see: ({{ error }}) => [error.status, error.data.length > 0, error.headers instanceof Headers],
            }}"
        ))
        .await
        .is("output_invalid at invoke, may have run")
        .and_saw("[200,true,true]");
    }
}

#[test]
async fn an_answer_can_not_pollute_prototypes() {
    met(
        r#"{
            invoke: async () => Response.json(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')),
            see: () => ({}).polluted === undefined,
        }"#,
    )
    .await
    .is(r#"200 {"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}"#)
    .and_saw("true");
}

#[test]
async fn a_flow_that_never_answers_ends_in_a_timeout_and_its_request_is_given_up() {
    met("{
            invoke: forever,
            options: { timeoutMs: 300 },
            see: ({ requests }) => requests[1].signal.aborted,
        }")
    .await
    .is("timeout at invoke, may have run")
    .and_saw("true");
}

#[test]
async fn a_body_that_never_ends_ends_in_a_timeout() {
    let endless = "new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))";
    met(&format!(
        "{{ invoke: async () => {endless}, options: {{ timeoutMs: 300 }} }}"
    ))
    .await
    .is("timeout at invoke, may have run");
}

#[test]
async fn a_discovery_that_never_answers_ends_in_a_timeout_and_is_asked_again() {
    met("{
            discovery: forever,
            hurry: 200,
            settings: { maxAttempts: 2 },
            options: { timeoutMs: 20000 },
        }")
    .await
    .is("timeout at discovery");
}

#[test]
async fn an_org_that_can_not_be_asked_is_told_by_what_went_wrong() {
    let trouble = "{
        org: IT,
        settings: { environmentId: undefined },
        create: (Client, options) => Client.create(options),
    }";
    for org in [
        "thrower('sync')",
        "() => Promise.reject(nasty({}))",
        "async () => nasty({})",
    ] {
        met(&trouble.replace("IT", org))
            .await
            .is("network at options");
    }
    met(&trouble.replace("IT", "async () => new Response('', { status: 503 })"))
        .await
        .is("service_error at options");
    let slow = trouble.replace(
        "environmentId: undefined",
        "environmentId: undefined, timeoutMs: 200",
    );
    met(&slow.replace("IT", "() => new Promise(() => {})"))
        .await
        .is("timeout at options");
    for org in [
        "async () => ({ json: thrower('json') })",
        "async () => ({ json: async () => nasty({}) })",
        "async () => Response.json({ Detail: { EnvironmentId: 42 } })",
        "async () => Response.json({ Detail: { EnvironmentId: 'prod' } })",
        "async () => Response.json(null)",
        "async () => new Response(breakingOff())",
        "async () => new Response('<html>')",
    ] {
        met(&trouble.replace("IT", org))
            .await
            .is("environment_unknown at options");
    }
}
