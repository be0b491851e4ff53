//! What other scripts of the page, the browser's timeline and a caller's `onEvent` may do to a call.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{ANYTHING, each, met};

const GOOD: &str = r#"200 {"answer":42}"#;

/// A client whose user is known, on a page with that in the place of what the copies share.
fn shared(registry: &str) -> String {
    format!(
        "{{ create: (Client, options) => {{
            window['entra-flow/page/1'] = {registry};
            return Client.create({{ ...options, loginHint: 'ada@contoso.example' }});
        }} }}"
    )
}

async fn no_harm(registry: &str) {
    each(&shared(registry), ANYTHING, GOOD).await;
    met("{ create: (Client, options) => { delete window['entra-flow/page/1']; return Client.create(options); } }")
        .await
        .is(GOOD);
}

#[test]
async fn a_registry_of_anything_is_no_harm() {
    no_harm("IT").await;
}

#[test]
async fn maps_of_anything_are_no_harm() {
    no_harm("{ urls: IT, flights: new Map(), epoch: 0 }").await;
    no_harm("{ urls: new Map(), flights: IT, epoch: IT }").await;
}

#[test]
async fn maps_that_answer_anything_are_no_harm() {
    no_harm("{ urls: { get: () => (IT), set() {}, delete() {}, clear() {} }, flights: new Map(), epoch: 0 }").await;
    no_harm("{ urls: new Map(), flights: { get: () => (IT), set() {}, delete() {}, clear() {} }, epoch: 0 }").await;
    no_harm("{ urls: new Map(), flights: { get: () => ({ document, landed: IT }), set() {}, delete() {} }, epoch: 0 }").await;
    no_harm("{ urls: new Map(), flights: { get: () => ({ document: IT }), set() {} }, epoch: 0 }")
        .await;
    no_harm("{ urls: { get() { throw IT }, set() { throw IT } }, flights: { get() { throw IT } }, epoch: 0 }").await;
}

#[test]
async fn an_epoch_that_equals_nothing_parts_no_calls() {
    for epoch in ["NaN", "Infinity", "'x'"] {
        let created = shared(&format!(
            "{{ urls: new Map(), flights: new Map(), epoch: {epoch} }}"
        ));
        let created = created.trim().trim_start_matches('{').trim_end_matches('}');
        met(&format!(
            "{{ {created}, call: async (client, {{ target }}) =>
                (await Promise.all([1, 2, 3].map(() => client.invoke(target))))[0],
              see: ({{ requests }}) => requests.filter(({{ url }}) => url.includes('listCallbackUrl')).length }}"
        ))
        .await
        .is(GOOD)
        .and_saw("1");
    }
    met("{ create: (Client, options) => { delete window['entra-flow/page/1']; return Client.create(options); } }")
        .await
        .is(GOOD);
}

#[test]
async fn what_on_event_answers_throws_or_rejects_with_changes_nothing() {
    each("{ settings: { onEvent: () => (IT) } }", ANYTHING, GOOD).await;
    each("{ settings: { onEvent() { throw IT } } }", ANYTHING, GOOD).await;
    each(
        "{ settings: { onEvent: async () => { throw IT } } }",
        ANYTHING,
        GOOD,
    )
    .await;
}

#[test]
async fn a_timeline_that_throws_changes_nothing() {
    let trouble = "{ settings: { userTiming: true }, create: (Client, options) => {
        performance.measure = IT;
        return Client.create(options);
    } }";
    each(
        trouble,
        &["() => { throw 1 }", "undefined", "nasty(() => {})"],
        GOOD,
    )
    .await;
    met("{ create: (Client, options) => { delete performance.measure; return Client.create(options); } }")
        .await
        .is(GOOD);
}
