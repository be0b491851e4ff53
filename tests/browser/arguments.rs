//! Arguments that can't be used are refused by name, before anything is sent.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{each, met, refused};

const GOOD: &str = r#"200 {"answer":42}"#;

/// Of no type that an option has, whichever it is.
const NO_OPTION: &[&str] = &["10n", "Symbol('s')", "nasty({})", "unreadable()"];

/// A member of the options of a call.
async fn refuses(name: &str, values: &[&str]) {
    let trouble =
        format!("{{ options: {{ {name}: IT }}, see: ({{ requests }}) => requests.length }}");
    for value in values.iter().chain(NO_OPTION) {
        let told = met(&trouble.replace("IT", value)).await;
        told.refuses(name);
        told.and_saw("0");
    }
    met(&format!(
        "{{ options: {{ get {name}() {{ throw nasty({{}}) }} }} }}"
    ))
    .await
    .refuses(name);
}

/// An entry of the headers or the query of a call.
async fn entry_refused(name: &str, values: &[&str]) {
    refused(&format!("{{ options: {{ {name}: IT }} }}"), name, values).await;
}

/// A member of the options of a client.
async fn client_refuses(name: &str, values: &[&str]) {
    let trouble = format!(
        "{{ settings: {{ {name}: IT }}, create: (Client, options) => Client.create(options) }}"
    );
    refused(&trouble, name, values).await;
    refused(&trouble, name, NO_OPTION).await;
    let getter = format!(
        "{{ create: (Client, options) => Client.create(Object.defineProperty(options, '{name}', {{ get: thrower('a getter') }})) }}"
    );
    met(&getter).await.refuses(name);
}

#[test]
async fn an_option_of_a_call_that_can_not_be_used_is_refused_by_name() {
    refuses(
        "method",
        &[
            "''",
            "'get'",
            "'TRACE'",
            "1",
            "{}",
            "['POST']",
            "new String('POST')",
            "() => {}",
        ],
    )
    .await;
    refuses(
        "responseType",
        &["''", "'xml'", "'JSON'", "0", "true", "{}"],
    )
    .await;
    refuses(
        "timeoutMs",
        &[
            "0",
            "-1",
            "NaN",
            "Infinity",
            "-Infinity",
            "2 ** 31",
            "1e308",
            "'5000'",
            "true",
            "{}",
            "new Number(5)",
        ],
    )
    .await;
    refuses(
        "idempotent",
        &["0", "1", "'true'", "{}", "new Boolean(true)"],
    )
    .await;
    refuses(
        "acceptStatus",
        &["0", "true", "200", "[200]", "'2xx'", "{}"],
    )
    .await;
    refuses(
        "path",
        &[
            "'orders'",
            "7",
            "{}",
            "[1]",
            "[null]",
            "[undefined]",
            "[,]",
            "[Symbol('s')]",
            "[10n]",
            "[['a']]",
            "['']",
            "['.']",
            "['a', '..']",
            "new Set(['a'])",
            "[nasty({})]",
            "nasty([])",
        ],
    )
    .await;
    refuses(
        "signal",
        &[
            "1",
            "true",
            "'aborted'",
            "{}",
            "() => {}",
            "{ aborted: false }",
            "new EventTarget()",
            "{ get addEventListener() { throw 1 } }",
        ],
    )
    .await;
}

#[test]
async fn headers_and_query_are_refused_by_the_entry_that_can_not_be_used() {
    entry_refused(
        "headers",
        &[
            "{ a: 1 }",
            "{ a: null }",
            "{ a: {} }",
            "{ a: 10n }",
            "{ a: Symbol('s') }",
            "{ a: nasty({}) }",
            "{ get a() { throw 1 } }",
            "[['a', 'b']]",
        ],
    )
    .await;
    entry_refused(
        "headers",
        &[
            "{ '': 'x' }",
            "{ 'a b': 'x' }",
            "{ 'a\\n': 'x' }",
            "{ a: '1\\r\\nb: 2' }",
            "{ a: '\\0' }",
            "{ a: '\\u20ac' }",
            "{ Authorization: 'Bearer x' }",
            "{ AUTHORIZATION: 'x' }",
        ],
    )
    .await;
    entry_refused(
        "query",
        &[
            "{ a: NaN }",
            "{ a: Infinity }",
            "{ a: null }",
            "{ a: {} }",
            "{ a: [1] }",
            "{ a: 10n }",
            "{ a: Symbol('s') }",
            "{ a: nasty({}) }",
            "{ get a() { throw 1 } }",
        ],
    )
    .await;
    met("{ options: { query: { fine: 1, broken: {} } } }")
        .await
        .refuses("query.broken");
    met("{ options: { headers: { fine: 'x', broken: {} } } }")
        .await
        .refuses("headers.broken");
}

#[test]
async fn a_query_can_not_change_the_trigger_urls_own_parameters() {
    for name in ["'api-version'", "'API-VERSION'", "sig", "SP", "sv", "se"] {
        met(&format!("{{ options: {{ query: {{ {name}: '1' }} }} }}"))
            .await
            .refuses("query.");
    }
    met("{ options: { query: { long: 'x'.repeat(20000) } } }")
        .await
        .refuses("path, query");
}

#[test]
async fn headers_and_query_that_are_no_plain_object_are_refused_and_not_dropped() {
    refuses(
        "headers",
        &[
            "5",
            "true",
            "'x-a: 1'",
            "() => {}",
            "new Headers({ 'x-a': '1' })",
            "new Map([['x-a', '1']])",
        ],
    )
    .await;
    refuses(
        "query",
        &[
            "5",
            "true",
            "'a=1'",
            "() => {}",
            "new URLSearchParams('a=1')",
            "new Map([['a', '1']])",
        ],
    )
    .await;
}

#[test]
async fn options_that_are_no_object_are_refused() {
    let options = &[
        "1",
        "0",
        "true",
        "false",
        "'POST'",
        "''",
        "10n",
        "Symbol('s')",
        "NaN",
        "() => {}",
    ];
    refused("{ options: IT }", "options", options).await;
    refused("{ options: IT }", "", &["nasty({})", "unreadable()"]).await;
    each(
        "{ options: IT }",
        &[
            "undefined",
            "null",
            "{}",
            "Object.create(null)",
            "Object.freeze({})",
        ],
        GOOD,
    )
    .await;
}

#[test]
async fn cyclic_options_are_refused_by_the_entry_that_can_not_be_used() {
    for (name, field) in [
        ("headers", "headers.headers"),
        ("query", "query.query"),
        ("path", "path"),
    ] {
        let options = format!("(() => {{ const it = {{}}; it.{name} = it; return it }})()");
        met(&format!("{{ options: {options} }}"))
            .await
            .refuses(field);
    }
    met("{ options: { path: (() => { const it = []; it.push(it); return it })() } }")
        .await
        .refuses("path");
}

#[test]
async fn options_are_read_when_the_call_is_made() {
    met("{
            call(client, { target, body }) {
                const options = { query: { a: 'before' }, timeoutMs: 3000 };
                const work = client.invoke(target, body, options);
                options.query.a = 'after';
                options.timeoutMs = -1;
                return work;
            },
            see: ({ requests }) => new URL(requests[1].url).searchParams.get('a'),
        }")
    .await
    .is(GOOD)
    .and_saw(r#""before""#);
}

#[test]
async fn a_body_that_can_not_be_sent_is_refused() {
    let bodies = &[
        "(() => { const a = {}; a.a = a; return a })()",
        "{ n: 10n }",
        "10n",
        "Symbol('s')",
        "() => {}",
        "class {}",
        "{ toJSON() { throw nasty({}) } }",
        "{ get a() { throw 1 } }",
        "{ toJSON: () => undefined }",
        "nasty({})",
        "nasty([])",
        "unreadable()",
        "new ReadableStream()",
        "new elsewhere.ReadableStream()",
    ];
    refused("{ body: IT }", "body", bodies).await;
    met("{ options: { method: 'GET' } }").await.refuses("body");
    met("{ options: { method: 'HEAD' }, body: '' }")
        .await
        .refuses("body");
}

#[test]
async fn a_body_that_the_browser_refuses_is_an_invalid_argument_and_not_sent() {
    let told = met("{
            body: { [Symbol.toStringTag]: 'Blob', toString: thrower('toString') },
            see: ({ requests }) => requests.length,
        }")
    .await;
    told.refuses("The browser refused to make the request");
    told.and_saw("1");
}

#[test]
async fn a_target_that_can_not_be_used_is_refused_by_name() {
    refused(
        "{ target: IT }",
        "flow",
        &[
            "undefined",
            "null",
            "1",
            "true",
            "{}",
            "[]",
            "() => {}",
            "10n",
            "Symbol('s')",
            "{ workflowId: flowId, url: 'https://a.logic.azure.com/x' }",
            "{ workflowId: flowId, environmentVariable: 'ef_A' }",
        ],
    )
    .await;
    refused(
        "{ target: IT }",
        "workflowId",
        &[
            "''",
            "'a guid'",
            "`${flowId}/../x`",
            "`{${flowId}`",
            "{ workflowId: 1 }",
            "{ workflowId: {} }",
            "{ workflowId: Symbol('s') }",
            "{ workflowId: nasty({}) }",
            "{ get workflowId() { throw 1 } }",
            "nasty({})",
            "unreadable()",
        ],
    )
    .await;
    refused(
        "{ target: { workflowId: flowId, trigger: IT } }",
        "trigger",
        &[
            "''",
            "'.'",
            "'..'",
            "1",
            "{}",
            "10n",
            "Symbol('s')",
            "nasty({})",
        ],
    )
    .await;
    refused(
        "{ target: { url: IT } }",
        "url",
        &[
            "1",
            "{}",
            "10n",
            "Symbol('s')",
            "new URL(triggerUrl)",
            "nasty({})",
        ],
    )
    .await;
}

#[test]
async fn a_url_of_the_callers_is_checked_like_any_other() {
    let urls = &[
        "''",
        "'x'",
        "'https://evil.example/'",
        "triggerUrl.replace('https', 'http')",
        "`https://user@${new URL(triggerUrl).host}/`",
    ];
    each("{ target: { url: IT } }", urls, "untrusted_url at options").await;
    each("{ target: { url: IT }, call: (client, { target }) => client.callbackUrl(target, undefined) }", urls, "untrusted_url at options").await;
    met("{ target: { url: `${triggerUrl}&sp=%2Ftriggers&sv=1.0&sig=secret` } }")
        .await
        .is("sas_refused at options");
}

#[test]
async fn callback_url_refuses_by_name_too() {
    let trouble = "{ call: (client, { target }) => client.callbackUrl(target, { refresh: IT }) }";
    refused(
        trouble,
        "refresh",
        &["1", "'yes'", "{}", "10n", "Symbol('s')", "nasty({})"],
    )
    .await;
    let trouble = "{ call: (client) => client.callbackUrl(IT, undefined) }";
    refused(
        trouble,
        "flow",
        &["undefined", "null", "1", "{}", "Symbol('s')"],
    )
    .await;
}

#[test]
async fn an_option_of_a_client_that_can_not_be_used_is_refused_by_name() {
    client_refuses(
        "auth",
        &[
            "undefined",
            "null",
            "1",
            "'token'",
            "() => 'token'",
            "{}",
            "{ getToken: 'token' }",
            "{ acquireTokenSilent() {} }",
            "{ ...msal, getAllAccounts: undefined }",
        ],
    )
    .await;
    client_refuses(
        "webApi",
        &[
            "undefined",
            "null",
            "1",
            "'api'",
            "{}",
            "{ retrieveRecord: 1 }",
            "() => {}",
        ],
    )
    .await;
    client_refuses(
        "environmentId",
        &["''", "1", "{}", "'prod'", "'Default-'", "'Default-prod'"],
    )
    .await;
    client_refuses(
        "cloud",
        &[
            "''",
            "'Public'",
            "'mars'",
            "1",
            "{}",
            "[]",
            "{ audience: 'a' }",
            "{ audience: 'https://a/', flowApi: 'http://a', triggerHosts: [] }",
            "{ audience: '', flowApi: 'https://a', triggerHosts: [] }",
            "{ audience: 'https://a/', flowApi: 'https://a', triggerHosts: 'all' }",
            "{ audience: 'https://a/', flowApi: 'https://a', triggerHosts: [1] }",
            "{ audience: 'https://a/', flowApi: 'https://a', triggerHosts: [10n] }",
            "{ audience: 'https://a/', get flowApi() { throw 1 }, triggerHosts: [] }",
        ],
    )
    .await;
    client_refuses("tenantId", &["''", "1", "'contoso'", "{}"]).await;
    client_refuses(
        "account",
        &[
            "1",
            "'ada'",
            "{}",
            "{ homeAccountId: 1 }",
            "{ get homeAccountId() { throw 1 } }",
        ],
    )
    .await;
    client_refuses("loginHint", &["1", "{}", "true"]).await;
    client_refuses("cache", &["''", "'forever'", "1", "true", "{}"]).await;
    client_refuses("onEvent", &["'log'", "1", "true", "{}"]).await;
    client_refuses("userTiming", &["'yes'", "1", "{}", "() => {}"]).await;
    client_refuses("interaction", &["''", "'always'", "1", "true", "{}"]).await;
    client_refuses(
        "timeoutMs",
        &["0", "-1", "NaN", "Infinity", "2 ** 31", "'1'", "{}"],
    )
    .await;
    client_refuses(
        "maxAttempts",
        &[
            "0", "-1", "1.5", "101", "NaN", "Infinity", "2 ** 53", "'4'", "{}",
        ],
    )
    .await;
    client_refuses("sas", &["''", "'Allow'", "true", "1", "{}"]).await;
}

#[test]
async fn what_is_no_options_object_makes_no_client() {
    let trouble = "{ create: (Client) => Client.create(IT) }";
    refused(
        trouble,
        "auth",
        &["undefined", "null", "[]", "nasty({})", "unreadable()"],
    )
    .await;
    let no_objects = ["1", "'x'", "10n", "Symbol('s')", "() => {}"];
    refused(trouble, "options", &no_objects).await;
}
