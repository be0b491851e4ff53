use wasm_bindgen::prelude::*;

use super::js;
use crate::host::HostFacts;
use crate::model::Foreign;
use crate::port::{OrgAnswer, Organization};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    pub(super) fn fetch_with(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;
}

/// `Xrm` of this window, or of the parent in a web resource's frame. A parent of another origin throws when
/// it is looked into, which is the same as having none.
pub(crate) fn find_xrm() -> Option<JsValue> {
    let window = js::global();
    let usable = |xrm: &JsValue| js::get(xrm, "WebApi").is_some();
    js::get(&window, "Xrm")
        .filter(usable)
        .or_else(|| js::get(&js::get(&window, "parent")?, "Xrm").filter(usable))
}

/// What `Xrm` says of itself.
pub(crate) fn facts_of_xrm(xrm: &JsValue) -> Box<HostFacts> {
    js::get(xrm, "Utility")
        .and_then(|utility| js::call(&utility, "getGlobalContext", &[]).ok())
        .map(|context| facts(&context, &context, "organizationSettings"))
        .unwrap_or_default()
}

/// What a PCF context says of itself, filled up from the page's `Xrm` where there is one: `page` and
/// `orgSettings` exist at run time but are not documented.
pub(crate) fn facts_of_pcf(context: &JsValue) -> Box<HostFacts> {
    let page = js::get(context, "page").unwrap_or_default();
    let own = facts(context, &page, "orgSettings");
    let pages = facts_of_page();
    Box::new(HostFacts {
        client_url: own.client_url.or(pages.client_url),
        environment_id: own.environment_id.or(pages.environment_id),
        tenant_id: own.tenant_id.or(pages.tenant_id),
        user_name: own.user_name.or(pages.user_name),
        user_id: own.user_id.or(pages.user_id),
    })
}

/// What a context says, whose org settings and client URL are where `org_settings` and `page` say.
fn facts(context: &JsValue, page: &JsValue, org_settings: &str) -> Box<HostFacts> {
    let org = js::get(context, org_settings).unwrap_or_default();
    let user = js::get(context, "userSettings").unwrap_or_default();
    let client_url = js::call(page, "getClientUrl", &[]).ok();
    Box::new(HostFacts {
        client_url: client_url.and_then(|url| url.as_string()),
        environment_id: js::string(&org, "bapEnvironmentId"),
        tenant_id: js::string(&org, "organizationTenant"),
        user_name: js::string(&user, "userName"),
        user_id: js::string(&user, "userId"),
    })
}

/// What the page says where no host object does. Controls, form scripts and web resources all run in the org's
/// origin.
pub(crate) fn facts_of_page() -> Box<HostFacts> {
    let mut facts = find_xrm().map(|xrm| facts_of_xrm(&xrm)).unwrap_or_default();
    if facts.client_url.is_none() {
        facts.client_url =
            js::get(&js::global(), "location").and_then(|location| js::string(&location, "origin"));
    }
    facts
}

/// What the org answers of its environment: the supported way to its id. It runs in the page's session, so no
/// token is sent.
///
/// # Errors
/// What `fetch` threw.
pub(crate) async fn ask_org(client_url: &str) -> Result<OrgAnswer, Foreign> {
    const QUESTION: &str = "/api/data/v9.2/RetrieveCurrentOrganization(AccessType=@p)\
        ?@p=Microsoft.Dynamics.CRM.EndpointAccessType'Default'";
    let headers = js::bare(&[("accept", "application/json".into())]);
    let init = js::bare(&[("headers", headers), ("credentials", "same-origin".into())]);
    let url = [client_url.trim_end_matches('/'), QUESTION].concat();
    let response = js::settled(fetch_with(&url, &init)).await?;
    let answer = js::settled(js::call(&response, "json", &[])).await.ok();
    let detail = answer.and_then(|answer| js::get(&answer, "Detail"));
    Ok(OrgAnswer {
        status: js::status(&response).unwrap_or_default(),
        organization: detail.map(|detail| Organization {
            environment_id: js::string(&detail, "EnvironmentId"),
            tenant_id: js::string(&detail, "TenantId"),
        }),
    })
}
