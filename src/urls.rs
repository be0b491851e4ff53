//! The trigger URLs that are known, and whom else on the page one can ask.
//!
//! Several copies of the module may be in one window: controls, a form script, a web resource. With the cache
//! `page` they share what they found, by a key that says for whom. Any script can write there too, so what is
//! read counts as a URL and no more: it is checked like every other before it is used.

use std::cell::Cell;
use std::rc::Rc;

use crate::call::Source;
use crate::discovery::Found;
use crate::flight::{Flight, Flights};
use crate::known::Known;
use crate::limits::{Work, timed_out, within};
use crate::model::{FlowError, Foreign, Stage, percent};
use crate::policy::trust::{self, TrustedUrl};
use crate::port::World;
use crate::settings::{CacheScope, DiscoveryApi, Settings};

/// How often to look whether the copy that we wait for is still there.
const LOOK_MS: f64 = 250.0;
/// How long to wait for another copy. Longer than a healthy discovery takes, and short enough to be no harm
/// where the other one hangs: two requests too many are better.
const PATIENCE_MS: f64 = 10_000.0;

/// The state of the caches when a search began: one that a `clear` overtook, or that is outdated, must not fill them
/// again.
type Epoch = ((u32, u32), Option<f64>);

/// What a trigger URL is known by: its source, and for whom it was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// Trigger URLs by their source, and the searches for them.
pub struct Urls<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    /// For whom they are: what each key begins with.
    whose: String,
    /// Those of this client alone.
    own: Known<Key>,
    flights: Rc<Flights<(Key, Epoch), Result<Found, FlowError>>>,
}

/// A search that others may join.
pub struct Search {
    key: Key,
    epoch: Epoch,
    /// The step it is at.
    pub stage: Rc<Cell<Stage>>,
}

impl<W: World> Urls<W> {
    /// None known yet.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>) -> Rc<Self> {
        let Settings {
            cloud,
            environment,
            tenant_id,
            user,
            ..
        } = &*settings;
        let whose = joined(&[
            cloud.audience(),
            cloud.flow_api(),
            tenant_id.as_deref().unwrap_or_default(),
            environment.as_str(),
            user.as_deref().unwrap_or_default(),
        ]);
        Rc::new(Self {
            world,
            settings,
            whose,
            own: Known::default(),
            flights: Rc::default(),
        })
    }

    /// The URL that is known of a source.
    #[must_use]
    pub fn get(&self, source: Source<'_>) -> Option<TrustedUrl> {
        self.known(&self.key(source))
    }

    fn known(&self, key: &Key) -> Option<TrustedUrl> {
        self.own
            .get(key)
            .or_else(|| self.checked(self.on_page(key)?))
    }

    /// Whether nobody knows a source's URL and nobody of this client asks for it.
    #[must_use]
    pub fn is_unknown(&self, source: Source<'_>) -> bool {
        let key = self.key(source);
        let epoch = self.epoch(&key);
        let is_it = |(active, since): &(Key, Epoch)| *active == key && *since == epoch;
        self.known(&key).is_none() && self.flights.active(is_it).is_none()
    }

    /// Searches for a source's URL, or joins the search that is under way.
    pub fn join<F: Future<Output = Result<Found, FlowError>> + 'static>(
        &self,
        source: Source<'_>,
        search: impl FnOnce(Search) -> F,
    ) -> Flight<Result<Found, FlowError>> {
        let key = self.key(source);
        let epoch = self.epoch(&key);
        let id = (key.clone(), epoch);
        self.flights.join(&*self.world, &id, |stage| {
            search(Search { key, epoch, stage })
        })
    }

    /// When a search that begins now has to end.
    #[must_use]
    pub fn end_ms(&self) -> f64 {
        self.world.now_ms() + self.settings.flight_ms()
    }

    /// Asks ourselves, within a search's time. The other copies hear of it, and what comes of it is kept.
    ///
    /// # Errors
    /// Those of the work, `timeout`.
    pub async fn ask(
        &self,
        search: Search,
        work: Work<'_, Result<Found, FlowError>>,
    ) -> Result<Found, FlowError> {
        let Search { key, epoch, stage } = search;
        let announced = self.announce(&key);
        let outcome = within(&*self.world, self.settings.flight_ms(), work)
            .await
            .unwrap_or_else(|| Err(timed_out(stage.get())));
        let url = outcome.as_ref().ok().map(|found| &found.url);
        let is_current = announced.is_none_or(|flight| {
            // The others get it if they may have it.
            let url = url.filter(|url| !url.has_sas()).map(TrustedUrl::expose);
            self.world.land(&key.0, &flight, url)
        });
        if let Some(url) = url.filter(|_| is_current) {
            self.keep(key, url, epoch);
        }
        outcome
    }

    /// Keeps a URL, unless something was cleared since `epoch`. One with a signature never leaves the client.
    fn keep(&self, key: Key, url: &TrustedUrl, epoch: Epoch) {
        if self.settings.cache == CacheScope::None || self.epoch(&key) != epoch {
            return;
        }
        if self.is_shared() && !url.has_sas() {
            self.world.keep(&key.0, Some(url.expose()));
            // The page may be one that keeps nothing.
            if self.on_page(&key).as_deref() == Some(url.expose()) {
                return;
            }
        }
        self.own.keep(key, url.clone());
    }

    /// Forgets a URL that turned out wrong, unless another caller replaced it already.
    pub fn forget(&self, source: Source<'_>, wrong: &TrustedUrl) {
        let key = self.key(source);
        self.own.forget_wrong(&key, wrong);
        if self.on_page(&key).as_deref() == Some(wrong.expose()) {
            self.world.keep(&key.0, None);
        }
    }

    /// Forgets what is known of a source, to ask anew: the client and the page may know different URLs, and a search
    /// under way may bring what was true before.
    pub fn outdate(&self, source: Source<'_>) {
        let key = self.key(source);
        if self.is_shared() {
            self.world.outdate(&key.0);
        }
        self.own.outdate(key);
    }

    /// Forgets every URL: the client's, and the page's where it has a part in them.
    pub fn clear(&self) {
        self.own.clear();
        if self.settings.cache == CacheScope::Page {
            self.world.clear_page();
        }
    }

    fn epoch(&self, key: &Key) -> Epoch {
        let page = if self.settings.cache == CacheScope::Page {
            self.world.page_epoch()
        } else {
            None
        };
        (self.own.epoch(key), page)
    }

    /// The URL that another copy is asking for already. Nothing where none asks, or where it failed, hangs,
    /// went away or has a URL that we would not use: then we ask ourselves and hear why.
    pub async fn of_others(&self, search: &Search) -> Option<TrustedUrl> {
        if !self.is_shared() {
            return None;
        }
        let Search { key, .. } = search;
        let end = self.world.now_ms() + PATIENCE_MS;
        // Looked up anew each time: where a lost flight was, another copy may have begun one.
        while let Some(flight) = self.world.page_flight(&key.0) {
            if !self.world.is_aloft(&flight) || self.world.now_ms() >= end {
                return None;
            }
            let landing = self.world.landing(&flight);
            if let Some(url) = within(&*self.world, LOOK_MS, landing).await {
                return self.checked(url?);
            }
        }
        self.known(key)
    }

    fn announce(&self, key: &Key) -> Option<Foreign> {
        self.is_shared().then(|| self.world.announce(&key.0))?
    }

    fn on_page(&self, key: &Key) -> Option<String> {
        self.is_shared().then(|| self.world.recall(&key.0))?
    }

    /// Not where nobody knows for whom it would be.
    fn is_shared(&self) -> bool {
        self.settings.cache == CacheScope::Page && self.settings.user.is_some()
    }

    /// What any script may have written, if it is a trigger URL without a signature.
    fn checked(&self, url: String) -> Option<TrustedUrl> {
        TrustedUrl::trigger(&url, &self.settings.cloud).filter(|_| !trust::has_sas(&url))
    }

    fn key(&self, source: Source<'_>) -> Key {
        let which = match source {
            Source::Flow(flow) => {
                // Who asked one API did not ask for what the other gives out: hosts that may be blocked, or stopped.
                let api = match self.settings.discovery {
                    DiscoveryApi::FlowApi => "",
                    DiscoveryApi::EnvironmentApi => "environmentApi",
                };
                joined(&[api, flow.workflow_id.as_str(), &flow.trigger])
            }
            // Dataverse tells no case apart in names.
            Source::Variable(name) => {
                joined(&["variable", &name.as_str().to_ascii_lowercase(), ""])
            }
        };
        Key([self.whose.as_str(), &which].concat())
    }
}

/// Parts that can't run into each other.
fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        percent::encode(part, &mut text);
        text.push(' ');
    }
    text
}
