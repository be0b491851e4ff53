//! What a user holds: one environment, one user, and what is known of their flows.

use std::rc::Rc;

use futures_util::FutureExt;

use crate::call::{Source, Target};
use crate::discovery::{Discovery, Found};
use crate::flight::Flight;
use crate::limits::{Progress, limited};
use crate::model::{FlowError, Stage};
use crate::policy::trust::TrustedUrl;
use crate::port::World;
use crate::settings::Settings;
use crate::token::Tokens;
use crate::urls::Urls;
use crate::variable::Variables;

/// A client for the flows of one environment.
pub struct Client<W> {
    pub(crate) world: Rc<W>,
    pub(crate) settings: Rc<Settings>,
    pub(crate) tokens: Rc<Tokens<W>>,
    pub(crate) urls: Rc<Urls<W>>,
    pub(crate) discovery: Rc<Discovery<W>>,
    pub(crate) variables: Rc<Variables<W>>,
}

impl<W: World> Client<W> {
    /// A client with nothing cached.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>) -> Self {
        let tokens = Tokens::new(world.clone(), settings.clone());
        let urls = Urls::new(world.clone(), settings.clone());
        let discovery = Discovery::new(
            world.clone(),
            settings.clone(),
            tokens.clone(),
            urls.clone(),
        );
        let variables = Variables::new(world.clone(), settings.clone(), urls.clone());
        Self {
            world,
            settings,
            tokens,
            urls,
            discovery,
            variables,
        }
    }

    /// Milliseconds that a call has unless it says otherwise.
    #[must_use]
    pub fn timeout_ms(&self) -> f64 {
        self.settings.timeout_ms
    }

    /// The flow's trigger URL for people to read: without its signature.
    ///
    /// # Errors
    /// `untrusted_url` and `sas_refused`, also of a URL that the target has itself, `timeout`, the token's and those of
    /// discovery.
    pub async fn callback_url(&self, target: &Target, refresh: bool) -> Result<String, FlowError> {
        let source = match target.source() {
            Ok(source) => source,
            Err(url) => return Ok(self.trusted(url)?.redacted()),
        };
        if refresh {
            self.urls.outdate(source);
        } else if let Some(known) = self.cached(source) {
            return Ok(known.redacted());
        }
        let flight = self.ask(source);
        let progress = Progress::at(Stage::Workflow);
        progress.follow(flight.stage());
        let found = limited(
            &*self.world,
            self.settings.timeout_ms,
            None,
            &progress,
            flight.outcome().boxed_local(),
        )
        .await?;
        Ok(found.url.redacted())
    }

    /// Signs the user in now, for silence later. It belongs into a click handler.
    ///
    /// # Errors
    /// `popup_blocked`, `sign_in_cancelled`, `interaction_required`, `token_failed`, `network`, `timeout`.
    pub async fn sign_in(&self) -> Result<(), FlowError> {
        let progress = Progress::at(Stage::Token);
        let work = self.tokens.sign_in().boxed_local();
        limited(
            &*self.world,
            self.settings.sign_in_ms(),
            None,
            &progress,
            work,
        )
        .await
    }

    /// Forgets every trigger URL.
    pub fn clear_cache(&self) {
        self.urls.clear();
    }

    /// The URL that is known of a source already.
    pub(crate) fn cached(&self, source: Source<'_>) -> Option<TrustedUrl> {
        match source {
            Source::Flow(flow) => self.discovery.cached(flow),
            Source::Variable(name) => self.variables.cached(name),
        }
    }

    /// Asks a source for its URL, or joins who is asking already.
    pub(crate) fn ask(&self, source: Source<'_>) -> Flight<Result<Found, FlowError>> {
        match source {
            Source::Flow(flow) => self.discovery.ask(flow),
            Source::Variable(name) => self.variables.ask(name),
        }
    }

    /// A trigger URL of the caller's, checked like one of the service's.
    pub(crate) fn trusted(&self, url: &str) -> Result<TrustedUrl, FlowError> {
        self.settings.admit(url, Stage::Options, "")
    }
}
