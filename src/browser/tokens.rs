use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::model::Secret;
use crate::port::{KnownAccount, Subject, TokenAsk, TokenFailure, TokenSource, Way};

/// A browser has a handful; a list that says otherwise is not read to its end.
const MAX_ACCOUNTS: f64 = 1000.0;

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
        let (call, request) = if self.is_function() {
            ("getToken", self.function_request(way, ask))
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

impl Browser {
    fn function_request(&self, way: Way, ask: &TokenAsk) -> JsValue {
        let mut members = shared_members(ask);
        members.push(("interactive", JsValue::from_bool(way == Way::Popup)));
        js::object(&members)
    }
}

/// The request in the words that MSAL 3, 4 and 5 share.
fn msal_request(way: Way, ask: &TokenAsk, subject: &Subject) -> (&'static str, JsValue) {
    let mut members = shared_members(ask);
    match &subject.account {
        Some(account) => members.push(("account", account.clone())),
        None => members.push(("loginHint", js::optional(subject.login_hint.as_deref()))),
    }
    let call = match way {
        Way::Silent => "acquireTokenSilent",
        Way::Sso => "ssoSilent",
        Way::Popup => {
            if subject.ambiguous {
                members.push(("prompt", "select_account".into()));
            }
            "acquireTokenPopup"
        }
    };
    (call, js::object(&members))
}

fn shared_members(ask: &TokenAsk) -> Vec<(&'static str, JsValue)> {
    let scopes: Array = ask
        .scopes
        .iter()
        .map(|scope| JsValue::from_str(scope))
        .collect();
    let force = if ask.force_refresh {
        JsValue::TRUE
    } else {
        JsValue::UNDEFINED
    };
    vec![
        ("scopes", scopes.into()),
        ("claims", js::optional(ask.claims.as_deref())),
        ("forceRefresh", force),
    ]
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
