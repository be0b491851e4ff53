//! Hostile token sources: functions of the host's and MSAL instances.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{ANYTHING, each, met, met_by};

/// A trial of an MSAL instance with some members of its own.
fn msal(members: &str) -> String {
    "{ calm: { auth: msal }, auth: { ...msal, MEMBERS } }".replace("MEMBERS", members)
}

#[test]
async fn whatever_a_token_function_throws_at_once_is_token_failed() {
    let trouble = "{ auth: { getToken() { throw (IT) } } }";
    each(trouble, ANYTHING, "token_failed at token").await;
}

#[test]
async fn whatever_a_token_function_rejects_with_is_token_failed() {
    let trouble = "{ auth: { getToken: () => Promise.reject(IT) } }";
    each(trouble, ANYTHING, "token_failed at token").await;
}

#[test]
async fn what_is_no_token_is_token_failed() {
    let answers = &[
        "undefined",
        "null",
        "42",
        "10n",
        "Symbol('s')",
        "''",
        "' '",
        "'two words'",
        "'a\\r\\nx-injected: 1'",
        "'a\\nb'",
        "'a\\0b'",
        "'caf\\u00e9'",
        "'\\u20ac'",
        "'\\ud800'",
        "new String('boxed')",
        "{}",
        "['token']",
        "() => 'token'",
        "{ accessToken: '' }",
        "{ accessToken: {} }",
        "{ accessToken: 'a\\r\\nb' }",
        "{ get accessToken() { throw 1 } }",
        "unreadable()",
    ];
    let function = "{ auth: { getToken: async () => (IT) } }";
    each(function, answers, "token_failed at token").await;
    let instance = msal("acquireTokenSilent: async () => (IT)");
    each(&instance, answers, "token_failed at token").await;
}

#[test]
async fn a_token_need_not_come_in_a_promise_of_this_page() {
    let answers = &[
        "'good.access.token'",
        "{ then(resolve) { resolve('good.access.token') } }",
        "{ then(resolve) { resolve('good.access.token'); resolve('another'); throw 1 } }",
        "{ then(resolve) { resolve({ then(again) { again('good.access.token') } }) } }",
        "elsewhere.eval(\"Promise.resolve('good.access.token')\")",
        "elsewhere.eval(\"({ then(resolve) { resolve('good.access.token') } })\")",
        "new (class extends Promise {})((resolve) => resolve('good.access.token'))",
        "Object.assign(Promise.resolve('good.access.token'), { then: thrower('patched') })",
    ];
    let trouble = "{ auth: { getToken: () => (IT) } }";
    each(trouble, answers, r#"200 {"answer":42}"#).await;
}

#[test]
async fn a_thenable_that_throws_or_rejects_is_token_failed() {
    let thenables = &[
        "{ get then() { throw 1 } }",
        "{ then() { throw nasty({}) } }",
        "{ then(_, reject) { reject(null) } }",
        "nasty({})",
        "elsewhere.eval('Promise.reject(null)')",
        "Object.assign(Promise.resolve('x'), { constructor: null })",
    ];
    let trouble = "{ auth: { getToken: () => (IT) } }";
    each(trouble, thenables, "token_failed at token").await;
}

#[test]
async fn a_token_source_that_never_answers_ends_in_a_timeout_and_is_asked_again() {
    for auth in [
        "auth: { getToken: forever }",
        "auth: { getToken: () => ({ then() {} }) }",
        "calm: { auth: msal }, auth: { ...msal, acquireTokenSilent: forever }",
    ] {
        let settings = "hurry: 200, settings: { maxAttempts: 2 }, options: { timeoutMs: 20000 }";
        met(&format!("{{ {auth}, {settings} }}"))
            .await
            .is("timeout at token");
    }
}

#[test]
async fn a_token_source_that_turns_hostile_later_is_token_failed() {
    let sources = &[
        "nasty({})",
        "unreadable()",
        "{}",
        "() => {}",
        "{ getToken: nasty(() => {}) }",
    ];
    each("{ auth: IT }", sources, "token_failed at token").await;
}

#[test]
async fn an_interaction_error_is_known_by_its_words_whatever_object_it_is() {
    let errors = &[
        "{ errorCode: 'login_required' }",
        "Object.freeze({ name: 'InteractionRequiredAuthError', errorCode: 'a_code_of_tomorrow' })",
        "elsewhere.eval(\"Object.assign(new Error('m'), { name: 'InteractionRequiredAuthError' })\")",
        "new (class InteractionRequiredAuthError extends Error { name = 'InteractionRequiredAuthError' })()",
        "{ errorCode: 'login_required', get message() { throw 1 }, get correlationId() { throw 1 } }",
    ];
    let function = "{ auth: { getToken: () => Promise.reject(IT) } }";
    each(function, errors, "interaction_required at token").await;
    let instance = msal("acquireTokenSilent() { throw (IT) }, ssoSilent: () => Promise.reject(IT)");
    each(&instance, errors, "interaction_required at token").await;
}

#[test]
async fn whatever_an_msal_method_throws_is_token_failed() {
    let account_list = msal("getAllAccounts() { throw (IT) }");
    each(&account_list, ANYTHING, "token_failed at token").await;
    let silent = msal("acquireTokenSilent() { throw (IT) }");
    each(&silent, ANYTHING, "token_failed at token").await;
    let hidden_frame = msal(
        "acquireTokenSilent: () => Promise.reject({ errorCode: 'login_required' }), ssoSilent() { throw (IT) }",
    );
    each(&hidden_frame, ANYTHING, "token_failed at token").await;
}

#[test]
async fn a_list_that_names_no_account_leads_to_the_user() {
    let lists = &[
        "undefined",
        "null",
        "42",
        "'accounts'",
        "{}",
        "{ length: -1 }",
        "{ length: NaN }",
        "{ length: 'many' }",
        "{ get length() { throw 1 } }",
        "nasty([])",
        "Promise.resolve([account])",
        "(function* () { for (;;) yield account })()",
    ];
    let trouble = msal("getAllAccounts: () => (IT)");
    each(&trouble, lists, "interaction_required at token").await;
}

#[test]
async fn a_list_without_end_is_not_read_to_its_end() {
    let lists = &[
        "new Proxy([], { get: (_, key) => (key === 'length' ? Infinity : account) })",
        "{ length: 2 ** 53 }",
        "new Array(2 ** 32 - 1)",
    ];
    let trouble = msal("getAllAccounts: () => (IT)");
    each(&trouble, lists, "interaction_required at token").await;
}

#[test]
async fn the_one_account_that_fits_is_found_among_hostile_ones() {
    for others in [
        "null, undefined, 42, 'ada@contoso.example'",
        "nasty({}), unreadable()",
        "{ get username() { throw 1 } }, { username: 42, tenantId: Symbol('s') }",
        "{ idTokenClaims: nasty({}) }",
    ] {
        let members = format!(
            "getAllAccounts: () => [{others}, account], acquireTokenSilent: async (request) => ({{ accessToken: request.account === account ? 'good.access.token' : '' }})"
        );
        let trouble =
            msal(&members).replacen('{', "{ settings: { loginHint: 'ADA@contoso.example' },", 1);
        met(&trouble).await.is(r#"200 {"answer":42}"#);
    }
}

#[test]
async fn msal_objects_of_another_frame_serve_as_well() {
    met_by(
        r#"
        const auth = elsewhere.eval(`({
            getAllAccounts: () => [{ homeAccountId: "a.b", tenantId: "t1", username: "ada@contoso.example" }],
            acquireTokenSilent: () => Promise.resolve({ accessToken: "good.access.token" }),
            ssoSilent: () => Promise.reject(new Error("no")),
            acquireTokenPopup: () => Promise.reject(new Error("no")),
        })`);
        return { auth };
        "#,
    )
    .await
    .is(r#"200 {"answer":42}"#);
}

#[test]
async fn whatever_a_sign_in_window_throws_ends_the_sign_in_alone() {
    let sign_in = msal("getAllAccounts: () => [], acquireTokenPopup() { throw (IT) }").replacen(
        '{',
        "{ call: (client) => client.signIn(),",
        1,
    );
    each(&sign_in, ANYTHING, "token_failed at token").await;
    let function = "{ auth: { getToken() { throw (IT) } }, call: (client) => client.signIn() }";
    each(function, ANYTHING, "token_failed at token").await;
}

#[test]
async fn a_token_source_may_call_back_into_the_client() {
    met_by(
        r#"
        let client;
        const back = async () => {
            client.clearCache();
            await client.callbackUrl(triggerUrlTarget, undefined);
            return "good.access.token";
        };
        const triggerUrlTarget = { url: triggerUrl };
        return {
            auth: { getToken: back },
            call(it, { target, body }) {
                client = it;
                return it.invoke(target, body, undefined);
            },
        };
        "#,
    )
    .await
    .is(r#"200 {"answer":42}"#);
}
