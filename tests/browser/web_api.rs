//! Hostile web APIs: `Xrm.WebApi` and PCF's `context.webAPI` as they may behave at worst.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{ANYTHING, each, met, met_by};

const GOOD: &str = r#"200 {"answer":42}"#;

#[test]
async fn whatever_a_web_api_throws_at_once_is_service_error() {
    let trouble = "{ webApi: { retrieveRecord() { throw (IT) } } }";
    each(trouble, ANYTHING, "service_error at workflow").await;
}

#[test]
async fn whatever_a_web_api_rejects_with_is_service_error() {
    let trouble = "{ webApi: { retrieveRecord: () => Promise.reject(IT) } }";
    each(trouble, ANYTHING, "service_error at workflow").await;
}

#[test]
async fn dataverses_own_errors_are_known_by_their_code_in_any_object() {
    for (errors, expected) in [
        (
            &[
                "{ errorCode: 0x80040220, message: 'no privilege' }",
                "{ errorCode: 0x80040220 - 2 ** 32, message: Symbol('s') }",
                "{ errorCode: '0x80040220' }",
                "{ code: 0x80040220, get errorCode() { throw 1 }, get message() { throw 1 } }",
                "Object.freeze(Object.assign(Object.create(null), { errorCode: 0x80040220 }))",
                "elsewhere.eval('({ errorCode: 0x80040220 })')",
            ][..],
            "workflow_forbidden at workflow",
        ),
        (
            &["{ errorCode: 0x80040217 }", "{ errorCode: '0x80040217' }"],
            "workflow_not_found at workflow",
        ),
        (
            &["{ errorCode: 0x80072322, message: 'too many' }"],
            "throttled at workflow",
        ),
        (
            &["new TypeError('Failed to fetch')", "'offline'"],
            "network at workflow",
        ),
        (
            &[
                "{ errorCode: NaN, message: 'm' }",
                "{ errorCode: Infinity }",
                "{ errorCode: 1e300 }",
                "{ errorCode: '0xnothing' }",
            ],
            "service_error at workflow",
        ),
    ] {
        let trouble = "{ webApi: { retrieveRecord: () => Promise.reject(IT) } }";
        each(trouble, errors, expected).await;
    }
}

#[test]
async fn a_canvas_apps_web_api_is_told_apart() {
    met("{ webApi: { retrieveRecord() { throw new Error('Method not implemented.') } } }")
        .await
        .is("host_not_found at workflow");
}

#[test]
async fn what_is_no_row_is_service_error() {
    let answers = &[
        "undefined",
        "null",
        "'row'",
        "42",
        "10n",
        "Symbol('s')",
        "() => row",
    ];
    let trouble = "{ webApi: { retrieveRecord: async () => (IT) } }";
    each(trouble, answers, "service_error at workflow").await;
}

#[test]
async fn a_row_without_readable_columns_is_like_one_with_empty_columns() {
    let rows = &[
        "{}",
        "[]",
        "unreadable()",
        "Object.create(null)",
        "{ resourceid: null, statecode: null, category: null }",
        "{ resourceid: {}, statecode: '1', category: [] }",
        "{ resourceid: '', statecode: Symbol('s'), category: 5n }",
        "{ get resourceid() { throw 1 }, get statecode() { throw nasty({}) }, category: 5 }",
    ];
    let trouble = "{ webApi: { retrieveRecord: async () => (IT) } }";
    each(trouble, rows, GOOD).await;
}

#[test]
async fn a_state_that_is_not_activated_is_off_however_odd_the_number() {
    let states = &["0", "2", "-1", "NaN", "1e300", "-Infinity"];
    let trouble = "{ webApi: { retrieveRecord: async () => ({ ...row, statecode: IT }) } }";
    each(trouble, states, "workflow_off at workflow").await;
}

#[test]
async fn a_flow_id_of_the_row_can_not_lead_elsewhere() {
    met("{
            webApi: { retrieveRecord: async () => ({ ...row, resourceid: '../../x?y=1#' }) },
            see: ({ requests }) => new URL(requests[0].url).pathname.split('/flows/')[1],
        }")
    .await
    .is(GOOD)
    .and_saw(r#""..%2F..%2Fx%3Fy%3D1%23/triggers/manual/listCallbackUrl""#);
}

#[test]
async fn a_row_need_not_come_in_a_promise_of_this_page() {
    let answers = &[
        "row",
        "{ then(resolve) { resolve(row) } }",
        "{ then(resolve) { resolve(row); throw 1 } }",
        "{ then(resolve) { setTimeout(() => resolve(row)); return nasty({}) } }",
        "elsewhere.eval('Promise.resolve({ statecode: 1, category: 5 })')",
        "elsewhere.eval('(async () => new Proxy({ statecode: 1, category: 5 }, {}))()')",
    ];
    each("{ webApi: { retrieveRecord: () => (IT) } }", answers, GOOD).await;
}

#[test]
async fn a_thenable_that_throws_or_rejects_is_service_error() {
    let thenables = &[
        "nasty({})",
        "{ get then() { throw 1 } }",
        "{ then() { throw nasty({}) } }",
        "{ then(_, reject) { reject(undefined) } }",
    ];
    let trouble = "{ webApi: { retrieveRecord: () => (IT) } }";
    each(trouble, thenables, "service_error at workflow").await;
}

#[test]
async fn a_web_api_that_turns_hostile_later_is_service_error() {
    let web_apis = &[
        "nasty({})",
        "unreadable()",
        "{}",
        "{ retrieveRecord: 42 }",
        "{ retrieveRecord: nasty(() => {}) }",
        "{ retrieveRecord: class {} }",
    ];
    each("{ webApi: IT }", web_apis, "service_error at workflow").await;
}

#[test]
async fn a_web_api_that_never_answers_ends_in_a_timeout_and_is_asked_again() {
    for answer in ["forever", "() => ({ then() {} })"] {
        met(&format!(
            "{{ webApi: {{ retrieveRecord: {answer} }}, hurry: 200, settings: {{ maxAttempts: 2 }}, options: {{ timeoutMs: 20000 }} }}"
        ))
        .await
        .is("timeout at workflow");
    }
}

#[test]
async fn a_cause_that_json_can_not_write_is_searched_for_a_token_all_the_same() {
    for members in [
        "request: { headers: { authorization: 'Bearer ' + token } }",
        "token, count: 10n",
        "inner: new Error('with ' + token)",
    ] {
        met_by(&format!(
            "const token = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJmbG93cyJ9.c2lnbmF0dXJlLW9mLWl0';
            const thrown = {{ message: 'lost', {members} }};
            thrown.self = thrown;
            return {{
                webApi: {{ retrieveRecord: () => Promise.reject(thrown) }},
                see: ({{ error }}) => [error.cause === thrown, error.cause.message],
            }}"
        ))
        .await
        .and_saw(r#"[false,"lost"]"#);
    }
}

#[test]
async fn what_a_web_api_threw_is_the_errors_cause_itself() {
    met_by(
        "const thrown = nasty({});
        return {
            webApi: { retrieveRecord: () => Promise.reject(thrown) },
            see: ({ error }) => error.cause === thrown,
        }",
    )
    .await
    .is("service_error at workflow")
    .and_saw("true");
}

#[test]
async fn a_web_api_may_call_back_into_the_client() {
    met_by(
        "let client;
        return {
            webApi: {
                async retrieveRecord() {
                    client.clearCache();
                    await client.invoke({ url: triggerUrl }, {}, undefined);
                    return row;
                },
            },
            call: (it, { target, body }) => (client = it).invoke(target, body, undefined),
        }",
    )
    .await
    .is(GOOD);
}
