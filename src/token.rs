//! Gets a token: silently first, with the user only where the caller allows it.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::flight::{Flight, Flights};
use crate::limits::{timed_out, within};
use crate::model::{ErrorCode, FlowError, Secret, Stage};
use crate::policy::accounts::{self, Choice};
use crate::policy::msal::{self, Meaning};
use crate::policy::redact::redact;
use crate::port::{Fact, Step, Subject, TokenAsk, TokenFailure, Way, World};
use crate::repeat::{Failure, repeat};
use crate::settings::{Interaction, Settings};
use crate::telemetry;

/// Tokens for a client's user. None is kept: caching them is the token source's job.
pub struct Tokens<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    flights: Rc<Flights<Errand, Result<Secret, FlowError>>>,
    refused: RefCell<Refused>,
    /// Scopes of the caller's own APIs that wait for the user, for the next sign-in.
    waiting: RefCell<Vec<Vec<String>>>,
}

/// A token for the flow service.
#[derive(Clone)]
pub struct Bearer(Rc<Issued>);

struct Issued {
    token: Secret,
    /// How many renewals there had been when it came.
    renewals: u32,
}

impl std::ops::Deref for Bearer {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0.token
    }
}

/// The flow service's last refusal of a token: no token, only what the next request needs to know.
#[derive(Default)]
struct Refused {
    /// The claims that the service wants, or wanted.
    claims: Option<String>,
    renewal: Renewal,
    /// How many renewals have brought a token.
    renewals: u32,
}

/// Whether another token is needed than the one that we have.
#[derive(Clone, Copy, Default, PartialEq)]
enum Renewal {
    #[default]
    NotNeeded,
    Wanted,
    /// It was asked for, and none has come.
    Tried,
}

#[derive(Clone, PartialEq)]
struct Errand {
    ask: TokenAsk,
    asking: Asking,
}

/// Whether the user may be asked.
#[derive(Clone, Copy, PartialEq)]
enum Asking {
    Never,
    IfAllowed,
    SigningIn,
}

impl<W: World> Tokens<W> {
    /// Tokens from the world's token source.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>) -> Rc<Self> {
        Rc::new(Self {
            world,
            settings,
            flights: Rc::default(),
            refused: RefCell::default(),
            waiting: RefCell::default(),
        })
    }

    /// A token for the flow service, another one if the last was refused.
    ///
    /// # Errors
    /// `interaction_required`, `popup_blocked`, `sign_in_cancelled`, `token_failed`, `network`, `timeout`.
    pub async fn get(self: &Rc<Self>) -> Result<Bearer, FlowError> {
        let asking = Asking::IfAllowed;
        let token = self.run(self.flow_service(asking), asking).await?;
        let renewals = self.refused.borrow().renewals;
        Ok(Bearer(Rc::new(Issued { token, renewals })))
    }

    /// The flow service refused a token, with a claims challenge perhaps: the next [`Tokens::get`] is for another one,
    /// unless this was another one already (`renewed`).
    ///
    /// False where another one came since: the next is that, and this refusal says nothing of it.
    pub fn refused(&self, bearer: &Bearer, claims: Option<String>, renewed: bool) -> bool {
        let mut refused = self.refused.borrow_mut();
        if refused.renewals != bearer.0.renewals && (claims.is_none() || claims == refused.claims) {
            return false;
        }
        let unasked = refused.renewal == Renewal::Wanted && refused.claims.is_some();
        // Claims that no token has met are not forgotten for a refusal that names none.
        if claims.is_some() || refused.renewal == Renewal::NotNeeded {
            refused.claims = claims;
        }
        refused.renewal = if renewed && !unasked {
            Renewal::Tried
        } else {
            Renewal::Wanted
        };
        true
    }

    /// The flow service took its token: an earlier refusal is over, if another token was asked for since.
    pub fn accepted(&self) {
        let mut refused = self.refused.borrow_mut();
        if refused.renewal == Renewal::Tried {
            refused.renewal = Renewal::NotNeeded;
        }
    }

    /// A token for an API of the caller's own.
    ///
    /// # Errors
    /// As [`Tokens::get`].
    pub async fn get_for(self: &Rc<Self>, scopes: &[String]) -> Result<Secret, FlowError> {
        let outcome = self.run(own_api(scopes), Asking::IfAllowed).await;
        self.queue(scopes, &outcome);
        outcome
    }

    /// These scopes wait for the next sign-in, after those that wait already, or stop waiting, because a token arrived or
    /// signing in would not help.
    fn queue(&self, scopes: &[String], outcome: &Result<Secret, FlowError>) {
        self.served(scopes);
        if let Err(error) = outcome
            && error.code != ErrorCode::TokenFailed
        {
            self.waiting.borrow_mut().push(scopes.to_vec());
        }
    }

    /// These scopes wait for no sign-in any more.
    pub fn served(&self, scopes: &[String]) {
        self.waiting.borrow_mut().retain(|other| other != scopes);
    }

    /// The same without asking the user: under way when this returns.
    pub fn quietly_for(self: &Rc<Self>, scopes: &[String]) -> Flight<Result<Secret, FlowError>> {
        self.start(Errand {
            ask: own_api(scopes),
            asking: Asking::Never,
        })
    }

    /// Signs the user in now, for silence later. It belongs into a click handler.
    ///
    /// # Errors
    /// As [`Tokens::get`].
    pub async fn sign_in(self: &Rc<Self>) -> Result<(), FlowError> {
        let asking = Asking::SigningIn;
        self.run(self.flow_service(asking), asking).await?;
        let waiting = self.waiting.borrow().clone();
        for scopes in waiting {
            // One that fails waits behind the others: the next click is theirs.
            let outcome = self.run(own_api(&scopes), Asking::SigningIn).await;
            self.queue(&scopes, &outcome);
            outcome?;
        }
        Ok(())
    }

    /// After a refusal calls force a renewal once: MSAL answers an identical one from its throttle for a minute after a
    /// failure. A person's click may try again.
    fn flow_service(&self, asking: Asking) -> TokenAsk {
        let mut ask = TokenAsk {
            scopes: vec![self.settings.cloud.scope()],
            claims: None,
            force_refresh: false,
        };
        let refused = self.refused.borrow();
        if refused.renewal == Renewal::Wanted
            || (refused.renewal == Renewal::Tried && asking == Asking::SigningIn)
        {
            ask.claims.clone_from(&refused.claims);
            ask.force_refresh = true;
        }
        ask
    }

    /// One request at a time for an audience: MSAL refuses a second window, and what one caller gets serves others.
    async fn run(self: &Rc<Self>, ask: TokenAsk, asking: Asking) -> Result<Secret, FlowError> {
        let errand = Errand { ask, asking };
        let mut waited = false;
        let is_in_the_way =
            |other: &Errand| other.ask.scopes == errand.ask.scopes && *other != errand;
        while let Some((other, flight)) = self.flights.active(is_in_the_way) {
            let outcome = flight.outcome().await;
            waited = true;
            let signed_in = |errand: &Errand| errand.asking == Asking::SigningIn;
            let serves = outcome.is_ok() || (signed_in(&other) && !signed_in(&errand));
            if serves && (!errand.ask.force_refresh || other.ask == errand.ask) {
                return outcome;
            }
        }
        if errand.ask.force_refresh {
            self.renewal_is(Renewal::Tried, &errand);
        }
        let outcome = self.start(errand).outcome().await;
        let is_late = |error: &FlowError| waited && error.code == ErrorCode::PopupBlocked;
        outcome.map_err(|error| {
            let hint = is_late(&error).then_some(
                "Another token request came first and took too long for this click: click again.",
            );
            error.hint(hint)
        })
    }

    /// What came of a renewal, unless the service wants other claims by now.
    fn renewal_is(&self, renewal: Renewal, errand: &Errand) {
        let mut refused = self.refused.borrow_mut();
        if refused.renewal != Renewal::NotNeeded && refused.claims == errand.ask.claims {
            refused.renewal = renewal;
        }
    }

    fn start(self: &Rc<Self>, errand: Errand) -> Flight<Result<Secret, FlowError>> {
        self.flights.join(&*self.world, &errand, |_| {
            let (tokens, errand) = (self.clone(), errand.clone());
            async move {
                // A source that never settles must not be waited for by every later call too.
                let limit = if errand.asking == Asking::SigningIn {
                    tokens.settings.sign_in_ms()
                } else {
                    tokens.settings.flight_ms()
                };
                let end = tokens.world.now_ms() + limit;
                let outcome = within(
                    &*tokens.world,
                    limit,
                    tokens.ladder(&errand, end).boxed_local(),
                )
                .await
                .unwrap_or_else(|| Err(timed_out(Stage::Token)));
                if outcome.is_ok() && errand.ask.force_refresh {
                    tokens.renewal_is(Renewal::NotNeeded, &errand);
                    let mut refused = tokens.refused.borrow_mut();
                    refused.renewals = refused.renewals.wrapping_add(1);
                }
                outcome
            }
        })
    }

    /// Each way in turn, from the one that disturbs least, until one yields a token or fails for good.
    async fn ladder(&self, errand: &Errand, end_ms: f64) -> Result<Secret, FlowError> {
        let subject = self.subject()?;
        let by_function = self.world.is_function();
        let known = subject.account.is_some() || by_function;
        let ways = [
            (Way::Silent, known),
            // In a click, a hidden frame's seconds can cost the permission to open a window.
            (
                Way::Sso,
                !by_function
                    && (known || subject.login_hint.is_some())
                    && errand.asking != Asking::SigningIn,
            ),
        ];
        let mut refused = None;
        for (way, _) in ways.into_iter().filter(|(_, fits)| *fits) {
            match self.quietly(way, &errand.ask, &subject, end_ms).await {
                Ok(token) => return Ok(token),
                Err(Refusal::AskUser(failure)) => refused = Some(failure),
                Err(Refusal::Final(error)) => return Err(error),
            }
        }
        if !self.may_ask(errand) {
            return Err(interaction_required(&subject, refused));
        }
        self.acquire(Way::Popup, &errand.ask, &subject)
            .await
            .map_err(|failure| {
                let meaning = msal::meaning(&failure.name, &failure.code);
                let hint = match meaning {
                    // MSAL 5 learns of a closed window only when its own time is up.
                    Meaning::AskUser => Some("The sign-in window was closed or took too long: let the user start it again, with signIn() in a click handler."),
                    Meaning::Final(_, hint) => hint,
                    Meaning::Unreachable => None,
                };
                failed(meaning.code(), hint, failure)
            })
    }

    fn subject(&self) -> Result<Subject, FlowError> {
        let Settings {
            account,
            login_hint,
            tenant_id,
            ..
        } = &*self.settings;
        let mut subject = Subject {
            account: account.clone(),
            login_hint: login_hint.clone(),
            ambiguous: false,
        };
        if account.is_none() && !self.world.is_function() {
            let known = self
                .world
                .accounts()
                .map_err(|failure| failed(ErrorCode::TokenFailed, None, failure))?;
            match accounts::choose(&known, login_hint.as_deref(), tenant_id.as_deref()) {
                Choice::Account(found) => subject.account = Some(found.handle.clone()),
                Choice::Unknown => {}
                Choice::Ambiguous => subject.ambiguous = true,
            }
        }
        Ok(subject)
    }

    async fn acquire(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
    ) -> Result<Secret, Box<TokenFailure>> {
        let started = self.world.now_ms();
        let outcome = self.world.acquire(way, ask, subject).await;
        let error = outcome
            .as_ref()
            .err()
            .map(|failure| msal::meaning(&failure.name, &failure.code).code());
        let way = match way {
            Way::Silent => "silent",
            Way::Sso => "sso",
            Way::Popup => "popup",
        };
        let facts = [
            ("way", Fact::Text(Some(way))),
            ("forced", Fact::Flag(ask.force_refresh)),
        ];
        telemetry::ended(&*self.world, Step::Token, started, error, &facts);
        outcome
    }

    fn may_ask(&self, errand: &Errand) -> bool {
        match (errand.asking, self.settings.interaction) {
            (Asking::SigningIn, _) | (Asking::IfAllowed, Interaction::Popup) => true,
            (Asking::IfAllowed, Interaction::Auto) => self.world.would_open_a_popup(),
            (Asking::Never, _) | (_, Interaction::None) => false,
        }
    }

    async fn quietly(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
        end_ms: f64,
    ) -> Result<Secret, Refusal> {
        // Again would be in vain, see `flow_service`.
        let attempts = if ask.force_refresh {
            1
        } else {
            self.settings.max_attempts
        };
        repeat(&*self.world, attempts, end_ms, Stage::Token, &|| {
            async {
                let failure = match self.acquire(way, ask, subject).await {
                    Ok(token) => return Ok(Ok(token)),
                    Err(failure) => failure,
                };
                match msal::meaning(&failure.name, &failure.code) {
                    Meaning::AskUser => Ok(Err(failure)),
                    Meaning::Final(code, hint) => Err(Failure::last(failed(code, hint, failure))),
                    Meaning::Unreachable => Err(Failure::again(
                        failed(ErrorCode::Network, None, failure),
                        None,
                    )),
                }
            }
            .boxed_local()
        })
        .await
        .map_err(Refusal::Final)?
        .map_err(Refusal::AskUser)
    }
}

fn own_api(scopes: &[String]) -> TokenAsk {
    TokenAsk {
        scopes: scopes.to_vec(),
        claims: None,
        force_refresh: false,
    }
}

/// Why a quiet way yielded no token.
enum Refusal {
    AskUser(Box<TokenFailure>),
    Final(FlowError),
}

fn interaction_required(subject: &Subject, refused: Option<Box<TokenFailure>>) -> FlowError {
    let error = FlowError::new(ErrorCode::InteractionRequired, Stage::Token);
    match refused {
        Some(failure) => described(error, failure),
        None if subject.ambiguous => error.hint(
            "Several accounts are signed in: pass account or loginHint, or let the user choose with signIn() in a click handler.",
        ),
        None => error,
    }
}

fn failed(code: ErrorCode, hint: Option<&'static str>, failure: Box<TokenFailure>) -> FlowError {
    described(FlowError::new(code, Stage::Token).hint(hint), failure)
}

/// Adds what the token source said.
fn described(error: FlowError, failure: Box<TokenFailure>) -> FlowError {
    let message = failure.message.as_deref().map(redact);
    let code = Some(redact(&failure.code)).filter(|code| !code.is_empty());
    error
        .said(message.as_deref().or(code.as_deref()))
        .with(|fields| {
            fields.service_code = code;
            fields.service_message = message;
            fields.correlation_id = failure.correlation_id.as_deref().map(redact);
            fields.cause = failure.cause;
        })
}
