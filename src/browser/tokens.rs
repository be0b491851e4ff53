use wasm_bindgen::prelude::*;

use super::{Browser, js, tasks};
use crate::model::Secret;
use crate::port::{KnownAccount, Subject, TokenAsk, TokenFailure, TokenSource, Way};

/// A browser has a handful; a list that says otherwise is not read to its end.
const MAX_ACCOUNTS: f64 = 1000.0;

#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(js_name = tokenRequest)]
    fn token_request(
        keys: &str,
        scopes: &str,
        claims: Option<&str>,
        force_refresh: bool,
        value: &JsValue,
        prompt: Option<&str>,
    ) -> JsValue;
}

impl TokenSource for Browser {
    fn is_function(&self) -> bool {
        js::method(&self.auth, "getToken").is_some()
    }

    fn accounts(&self) -> Result<Vec<KnownAccount>, Box<TokenFailure>> {
        let listed = js::call(&self.auth, "getAllAccounts", &[]).map_err(failure)?;
        let length = js::get(&listed, "length")
            .and_then(|length| length.as_f64())
            .unwrap_or_default()
            .min(MAX_ACCOUNTS);
        let mut accounts = Vec::new();
        let mut index = 0_u32;
        while f64::from(index) < length {
            if let Ok(account) = js_sys::Reflect::get_u32(&listed, index) {
                accounts.push(known(account));
            }
            index = index.saturating_add(1);
        }
        Ok(accounts)
    }

    async fn acquire(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
    ) -> Result<Secret, Box<TokenFailure>> {
        tasks::step_aside().await;
        let (call, request) = if self.is_function() {
            let interactive = JsValue::from_bool(way == Way::Popup);
            ("getToken", request(ask, INTERACTIVE, &interactive, None))
        } else {
            msal_request(way, ask, subject)
        };
        let answer = js::settled(js::call(&self.auth, call, &[request]))
            .await
            .map_err(failure)?;
        let token = answer
            .as_string()
            .or_else(|| js::string(&answer, "accessToken"));
        token
            .filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()))
            .map(Secret::new)
            .ok_or_else(|| {
                Box::new(TokenFailure {
                    message: Some([call, " answered without an access token"].concat()),
                    ..TokenFailure::default()
                })
            })
    }
}

/// The request in the words that MSAL 3, 4 and 5 share.
fn msal_request(way: Way, ask: &TokenAsk, subject: &Subject) -> (&'static str, JsValue) {
    let call = match way {
        Way::Silent => "acquireTokenSilent",
        Way::Sso => "ssoSilent",
        Way::Popup => "acquireTokenPopup",
    };
    let prompt = (way == Way::Popup && subject.ambiguous).then_some("select_account");
    let request = match &subject.account {
        Some(account) => request(ask, ACCOUNT, account, prompt),
        None => {
            let login_hint = js::optional(subject.login_hint.as_deref());
            request(ask, LOGIN_HINT, &login_hint, prompt)
        }
    };
    (call, request)
}

const INTERACTIVE: &str = "scopes claims forceRefresh interactive prompt";
const ACCOUNT: &str = "scopes claims forceRefresh account prompt";
const LOGIN_HINT: &str = "scopes claims forceRefresh loginHint prompt";

/// What both kinds of token source are asked with, one more member, and MSAL's `prompt`.
fn request(ask: &TokenAsk, keys: &str, value: &JsValue, prompt: Option<&str>) -> JsValue {
    // No scope has a blank in it.
    let scopes = ask.scopes.join(" ");
    let claims = ask.claims.as_deref();
    token_request(keys, &scopes, claims, ask.force_refresh, value, prompt)
}

fn known(account: JsValue) -> KnownAccount {
    let text = |key| js::string(&account, key).unwrap_or_default();
    let login_hint = js::get(&account, "idTokenClaims")
        .and_then(|claims| js::string(&claims, "login_hint"))
        .or_else(|| js::string(&account, "loginHint"));
    let (tenant_id, username) = (text("tenantId"), text("username"));
    KnownAccount {
        tenant_id,
        username,
        login_hint,
        handle: account,
    }
}

fn failure(thrown: JsValue) -> Box<TokenFailure> {
    let text = |key| js::string(&thrown, key);
    Box::new(TokenFailure {
        name: text("name").unwrap_or_default(),
        code: text("errorCode").unwrap_or_default(),
        message: text("errorMessage")
            .filter(|message| !message.is_empty())
            .or_else(|| text("message"))
            .or_else(|| thrown.as_string()),
        correlation_id: text("correlationId"),
        cause: Some(thrown),
    })
}
