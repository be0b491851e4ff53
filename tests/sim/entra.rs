//! Entra, and the MSAL instance of each page.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entra_flow::model::{Cloud, Secret};
use entra_flow::port::{Subject, TokenAsk, TokenFailure, Way};
use serde_json::json;

use super::faults::{Fault, Port};
use super::plan::Plan;
use super::script::Gate;
use super::sim::{START_OF_DAY_MS, Sim};

pub(crate) const ADA: &str = "ada@contoso.example";
pub(crate) const TENANT: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
/// What the services want of a token once they want claims.
const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

/// The parts of secrets by which they are known wherever they turn up.
pub(crate) const MARKS: [&str; 3] = ["UNTERSCHRIFT", "GEHEIM", "eyJ"];

/// The secret that a text has in it.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| text.contains(mark))
}

#[derive(Clone)]
pub(crate) struct Token {
    /// For the flow service, and not for an API of the caller's own.
    pub(crate) for_flows: bool,
    ends_ms: f64,
    generation: u32,
    claims: bool,
}

pub(crate) struct Entra {
    life_ms: f64,
    tokens: RefCell<BTreeMap<String, Token>>,
    /// Tokens of an earlier generation are revoked.
    pub(crate) generation: Cell<u32>,
    pub(crate) claims_wanted: Cell<bool>,
    pages: Vec<Msal>,
}

/// A page's MSAL.
#[derive(Default)]
struct Msal {
    signed_out: Cell<bool>,
    cached: RefCell<BTreeMap<String, String>>,
    window_open: Cell<bool>,
    /// Opened when whoever sits before a sign-in window closes it at last.
    closing: RefCell<Gate>,
}

/// Why a service refuses a token.
pub(crate) struct Refused {
    pub(crate) www_authenticate: Option<String>,
}

impl Entra {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            life_ms: plan.token_life_ms,
            tokens: RefCell::default(),
            generation: Cell::new(0),
            claims_wanted: Cell::new(false),
            pages: (0..plan.pages).map(|_| Msal::default()).collect(),
        }
    }

    pub(crate) fn sign_out(&self) {
        for msal in &self.pages {
            msal.signed_out.set(true);
            msal.cached.borrow_mut().clear();
        }
    }

    /// Everything is well again, and windows that were left open are closed.
    pub(crate) fn heal(&self) {
        self.claims_wanted.set(false);
        for msal in &self.pages {
            msal.signed_out.set(false);
            msal.closing.take().open();
        }
    }

    pub(crate) fn token(&self, text: &str) -> Option<Token> {
        self.tokens.borrow().get(text).cloned()
    }

    /// Whether a service takes a token for flows.
    pub(crate) fn judge(&self, sim: &Sim, text: &str) -> Result<(), Refused> {
        let usable = |token: &Token| {
            token.for_flows
                && token.ends_ms > sim.now()
                && token.generation >= self.generation.get()
        };
        let token = self.token(text).filter(usable);
        let challenge = match token {
            Some(token) if token.claims || !self.claims_wanted.get() => return Ok(()),
            Some(_) => Some(challenge(sim)),
            None if sim.chance(0.5) => {
                Some("Bearer error=\"invalid_token\", error_description=\"expired\"".to_owned())
            }
            None => None,
        };
        Err(Refused {
            www_authenticate: challenge,
        })
    }

    fn issue(&self, sim: &Sim, ask: &TokenAsk, page: usize) -> String {
        let cloud = Cloud::named("public").unwrap();
        let for_flows = ask.scopes == [cloud.scope()];
        let mut tokens = self.tokens.borrow_mut();
        let number = tokens.len();
        let now_s = (START_OF_DAY_MS + sim.now()) / 1000.0;
        let claims = json!({
            "aud": if for_flows { cloud.audience() } else { "api://own" }, "tid": TENANT, "scp": "User",
            "oid": "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e601", "upn": ADA, "nbf": now_s - 60.0,
            "exp": now_s + self.life_ms / 1000.0,
        });
        // Some tokens are opaque.
        let text = if !for_flows && sim.chance(0.3) {
            format!("UNTERSCHRIFT-opaque-{number}")
        } else {
            let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
            format!("eyJhbGciOiJSUzI1NiJ9.{claims}.UNTERSCHRIFT{number}")
        };
        let token = Token {
            for_flows,
            ends_ms: sim.now() + self.life_ms,
            generation: self.generation.get(),
            claims: ask.claims.is_some(),
        };
        tokens.insert(text.clone(), token);
        let mut cached = self.pages[page].cached.borrow_mut();
        cached.insert(ask.scopes.join(" "), text.clone());
        text
    }

    /// What MSAL has, as far as its own clock tells that it is good. Where that clock is right it renews in good time, by
    /// five minutes of an hour.
    fn cached(&self, sim: &Sim, ask: &TokenAsk, page: usize) -> Option<String> {
        let cached = self.pages[page].cached.borrow();
        let text = cached.get(&ask.scopes.join(" "))?;
        let early = if sim.healthy.get() { 1_000.0 } else { 0.0 };
        let until = sim.now() + early;
        let fresh = self.token(text).is_some_and(|token| token.ends_ms > until);
        (fresh && !ask.force_refresh && ask.claims.is_none()).then(|| text.clone())
    }
}

/// A claims challenge, in one of the forms that there are.
pub(crate) fn challenge(sim: &Sim) -> String {
    let claims = if sim.chance(0.5) {
        STANDARD.encode(CLAIMS)
    } else {
        CLAIMS.replace('"', "\\\"")
    };
    format!("Bearer error=\"insufficient_claims\", claims=\"{claims}\"")
}

type Outcome = Result<Secret, Box<TokenFailure>>;

fn failure(sim: &Sim, name: &str, code: &str, secret: bool) -> Box<TokenFailure> {
    let quoted = if secret {
        " https://login.example/?id_token=eyJhbGciOiJSUzI1NiJ9.e30.UNTERSCHRIFT&sig=GEHEIM"
    } else {
        ""
    };
    Box::new(TokenFailure {
        name: name.to_owned(),
        code: code.to_owned(),
        message: sim
            .chance(0.7)
            .then(|| format!("AADSTS50000: {code}.{quoted}")),
        correlation_id: secret.then(|| "eyJhbGciOiJSUzI1NiJ9.e30.UNTERSCHRIFT".to_owned()),
        cause: None,
    })
}

/// `acquireTokenSilent`, `ssoSilent`, `acquireTokenPopup`.
pub(crate) async fn acquire(
    sim: &Rc<Sim>,
    page: usize,
    way: Way,
    ask: &TokenAsk,
    subject: &Subject,
) -> Outcome {
    let known = subject.account.is_some() || subject.login_hint.is_some();
    let fault = sim.fault(Port::Entra);
    if way == Way::Popup {
        return popup(sim, page, ask, fault).await;
    }
    // MSAL's own clock, when it asks its cache.
    if way == Way::Silent
        && fault == Fault::None
        && let Some(text) = sim.entra.cached(sim, ask, page)
    {
        sim.time.sleep(0.0).await;
        return Ok(Secret::new(text));
    }
    let ask = ask.clone();
    let asked = sim.travel(fault, move |sim| {
        let wants_user = || {
            let code = *sim.pick(&["interaction_required", "consent_required", "login_required"]);
            Err(failure(sim, "InteractionRequiredAuthError", code, false))
        };
        let outcome = match fault {
            Fault::Status => {
                let code = *sim.pick(&["temporarily_unavailable", "server_error", "invalid_grant"]);
                Err(failure(sim, "ServerError", code, false))
            }
            Fault::Garbage => Err(failure(sim, "", "", false)),
            Fault::Echo => Err(failure(sim, "ServerError", "invalid_client", true)),
            Fault::AskUser => wants_user(),
            _ if sim.entra.pages[page].signed_out.get() || (way == Way::Sso && !known) => {
                wants_user()
            }
            Fault::OldToken => {
                let text = sim.entra.issue(sim, &ask, page);
                if let Some(token) = sim.entra.tokens.borrow_mut().get_mut(&text) {
                    token.ends_ms = sim.now();
                }
                Ok(Secret::new(text))
            }
            _ => Ok(Secret::new(sim.entra.issue(sim, &ask, page))),
        };
        (outcome, sim.between(10, 400))
    });
    let answered = asked.await;
    answered.unwrap_or_else(|_| {
        let code = *sim.pick(&["post_request_failed", "no_network_connectivity"]);
        Err(failure(sim, "ClientAuthError", code, false))
    })
}

/// A window and a person before it.
async fn popup(sim: &Rc<Sim>, page: usize, ask: &TokenAsk, fault: Fault) -> Outcome {
    struct Open<'a>(&'a Cell<bool>);
    impl Drop for Open<'_> {
        fn drop(&mut self) {
            self.0.set(false);
        }
    }
    let msal = &sim.entra.pages[page];
    sim.time.sleep(0.0).await;
    let failed = |code| Err(failure(sim, "BrowserAuthError", code, false));
    if msal.window_open.replace(true) {
        return failed("interaction_in_progress");
    }
    let _open = Open(&msal.window_open);
    match fault {
        Fault::None | Fault::Delay | Fault::OldToken => {}
        Fault::Hang if !sim.healthy.get() => {
            let closing = msal.closing.borrow().clone();
            closing.opened().await;
            return failed("user_cancelled");
        }
        Fault::AskUser | Fault::Garbage => {
            sim.time.sleep(sim.between(1_000, 60_000)).await;
            return failed("user_cancelled");
        }
        Fault::Echo => return Err(failure(sim, "ServerError", "access_denied", true)),
        _ => return failed("popup_window_error"),
    }
    sim.time.sleep(sim.between(1_000, 20_000)).await;
    msal.signed_out.set(false);
    Ok(Secret::new(sim.entra.issue(sim, ask, page)))
}
