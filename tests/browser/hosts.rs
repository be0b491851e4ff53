//! Clients made from what the page offers: `Xrm` and a PCF context, well and badly behaved.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{met_by, refused};

const GOOD: &str = r#"200 {"answer":42}"#;

/// A page with an `Xrm` that is fine but for the members in `IT`.
const XRM: &str = "
    const context = {
        getClientUrl: () => 'https://contoso.crm4.dynamics.com',
        organizationSettings: {
            bapEnvironmentId: '8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d',
            organizationTenant: '5a6b7c8d-9e0f-4a1b-8c2d-3e4f5a6b7c8d',
        },
        userSettings: { userName: 'Ada Lovelace' },
    };
    const xrm = { WebApi: good.webApi, Utility: { getGlobalContext: () => context } };
    IT;
    const took = put(window, 'Xrm', xrm);
    return {
        create: (Client, { auth }) => Client.fromXrm(auth, undefined),
        see: ({ requests }) => requests[0]?.url.split('/').at(6),
        end: took,
    }";

/// A control whose context is fine but for the members in `IT`.
const PCF: &str = "
    const context = {
        webAPI: good.webApi,
        page: { getClientUrl: () => 'https://contoso.crm4.dynamics.com' },
        orgSettings: { bapEnvironmentId: '8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d' },
        userSettings: { userName: 'Ada Lovelace' },
    };
    let given = context;
    IT;
    return { create: (Client, { auth }) => Client.fromPcf(given, auth, undefined) }";

async fn each(page: &str, spoilers: &[&str], expected: &str) {
    for spoiler in spoilers {
        met_by(&page.replace("IT", spoiler)).await.is(expected);
    }
}

#[test]
async fn a_client_of_xrm_takes_environment_and_cloud_from_it() {
    met_by(&XRM.replace("IT", ""))
        .await
        .is(GOOD)
        .and_saw(r#""8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d""#);
}

#[test]
async fn an_xrm_of_another_frame_serves_as_well() {
    let foreign = "elsewhere.eval('var context; (it) => { context = it }')(context);
        xrm.Utility = elsewhere.eval('({ getGlobalContext: () => context })')";
    met_by(&XRM.replace("IT", foreign)).await.is(GOOD);
}

#[test]
async fn what_xrm_does_not_tell_or_throws_at_is_asked_of_the_org() {
    let spoilers = &[
        "delete context.organizationSettings",
        "context.organizationSettings = nasty({})",
        "context.organizationSettings = unreadable()",
        "context.organizationSettings.bapEnvironmentId = {}",
        "context.organizationSettings.bapEnvironmentId = 'no id'",
        "Object.defineProperty(context, 'organizationSettings', { get: thrower('a getter') })",
    ];
    let page = XRM.replace(
        "end: took,",
        "end: took, org: async () => Response.json({ Detail: { EnvironmentId: 'Default-8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d' } }),",
    );
    each(&page, spoilers, GOOD).await;
    each(XRM, spoilers, "environment_unknown at options").await;
}

#[test]
async fn an_xrm_whose_url_can_not_be_had_is_cloud_unknown() {
    let spoilers = &[
        "context.getClientUrl = thrower('sync')",
        "context.getClientUrl = () => 42",
        "context.getClientUrl = () => nasty({})",
        "context.getClientUrl = nasty(() => {})",
        "context.getClientUrl = () => ''",
        "context.getClientUrl = () => 'https://evil.example'",
        "context.getClientUrl = () => 'https://contoso.crm4.dynamics.com.evil.example/'",
        "delete context.getClientUrl",
    ];
    each(XRM, spoilers, "cloud_unknown at options").await;
}

#[test]
async fn an_xrm_without_a_usable_context_is_environment_unknown() {
    let spoilers = &[
        "delete xrm.Utility",
        "xrm.Utility = nasty({})",
        "xrm.Utility.getGlobalContext = thrower('sync')",
        "xrm.Utility.getGlobalContext = () => null",
        "xrm.Utility.getGlobalContext = () => nasty({})",
    ];
    each(XRM, spoilers, "environment_unknown at options").await;
}

#[test]
async fn a_page_without_a_usable_xrm_is_host_not_found() {
    for xrm in [
        "undefined",
        "null",
        "42",
        "{}",
        "nasty({})",
        "unreadable()",
        "{ WebApi: null }",
    ] {
        met_by(&format!(
            "const took = put(window, 'Xrm', {xrm});
            return {{ create: (Client, {{ auth }}) => Client.fromXrm(auth, undefined), end: took }}"
        ))
        .await
        .is("host_not_found at options");
    }
    met_by(
        "Object.defineProperty(window, 'Xrm', { get: thrower('a getter'), configurable: true });
        return {
            create: (Client, { auth }) => Client.fromXrm(auth, undefined),
            end() { delete window.Xrm },
        }",
    )
    .await
    .is("host_not_found at options");
}

#[test]
async fn a_client_of_a_pcf_context_takes_environment_and_cloud_from_it() {
    each(PCF, &["", "context.userSettings = nasty({})"], GOOD).await;
}

#[test]
async fn a_pcf_context_may_lack_what_is_not_documented() {
    let spoilers = &[
        "delete context.page; delete context.orgSettings",
        "context.page = nasty({})",
        "context.page.getClientUrl = thrower('sync')",
        "Object.defineProperty(context, 'page', { get: thrower('a getter') })",
    ];
    // The page's own origin is no org's here.
    each(
        &PCF.replace(
            "undefined",
            "{ environmentId: good.settings.environmentId }",
        ),
        spoilers,
        "cloud_unknown at options",
    )
    .await;
    let options = "{ environmentId: good.settings.environmentId, cloud: 'public' }";
    each(&PCF.replace("undefined", options), spoilers, GOOD).await;
}

#[test]
async fn a_pcf_context_without_a_web_api_is_host_not_found() {
    let spoilers = &[
        "delete context.webAPI",
        "context.webAPI = {}",
        "context.webAPI = 42",
        "context.webAPI = nasty({})",
        "Object.defineProperty(context, 'webAPI', { get: thrower('a getter') })",
        "given = undefined",
        "given = null",
        "given = 42",
        "given = nasty({})",
        "given = unreadable()",
    ];
    each(PCF, spoilers, "host_not_found at options").await;
}

#[test]
async fn auth_beside_a_host_object_is_refused_by_name() {
    let values = &[
        "undefined",
        "null",
        "1",
        "{}",
        "() => 'token'",
        "10n",
        "nasty({})",
        "unreadable()",
    ];
    refused(
        "{ create: (Client) => Client.fromXrm(IT, undefined) }",
        "auth",
        values,
    )
    .await;
    let trouble = "{ create: (Client) => Client.fromPcf({ webAPI: good.webApi }, IT, undefined) }";
    refused(trouble, "auth", values).await;
}

#[test]
async fn options_beside_a_host_object_are_refused_where_they_are_none() {
    for options in ["1", "'gcc'", "true", "() => {}"] {
        let page = PCF.replace("IT", "").replace("undefined", options);
        met_by(&page).await.refuses("options");
    }
}
