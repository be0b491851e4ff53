//! The trigger URLs that are known, and whom else on the page one can ask.
//!
//! Several copies of the module may be in one window: controls, a form script, a web resource. With the cache
//! `page` they share what they found, by a key that says for whom. Any script can write there too, so what is
//! read counts as a URL and no more: it is checked like every other before it is used.

use std::rc::Rc;

use crate::discovery::FlowRef;
use crate::known::Known;
use crate::limits::within;
use crate::model::{Foreign, percent};
use crate::policy::trust::{self, TrustedUrl};
use crate::port::World;
use crate::settings::{CacheScope, DiscoveryApi, Settings};

/// How often to look whether the copy that we wait for is still there.
const LOOK_MS: f64 = 250.0;
/// How long to wait for another copy. Longer than a healthy discovery takes, and short enough to be no harm
/// where the other one hangs: two requests too many are better.
const PATIENCE_MS: f64 = 10_000.0;

/// The state of the caches when a flight began: one that a `clear` overtook must not fill them again.
pub type Epoch = (u32, Option<f64>);

/// Trigger URLs by flow.
pub struct Urls<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    /// Those of this client alone.
    own: Known<FlowRef>,
}

/// A flight of ours that the other copies know of.
pub struct Announced(String, Foreign);

impl<W: World> Urls<W> {
    /// None known yet.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>) -> Self {
        Self {
            world,
            settings,
            own: Known::default(),
        }
    }

    /// The URL that is known for a flow.
    #[must_use]
    pub fn get(&self, flow: &FlowRef) -> Option<TrustedUrl> {
        self.own
            .get(flow)
            .or_else(|| self.checked(self.world.recall(&self.key(flow)?)?))
    }

    /// Keeps a URL, unless something was cleared since `epoch`. One with a signature never leaves the client.
    pub fn keep(&self, flow: &FlowRef, url: &TrustedUrl, epoch: Epoch) {
        if self.settings.cache == CacheScope::None || self.epoch() != epoch {
            return;
        }
        if let Some(key) = self.key(flow).filter(|_| !url.has_sas()) {
            self.world.keep(&key, Some(url.expose()));
            // The page may be one that keeps nothing.
            if self.world.recall(&key).as_deref() == Some(url.expose()) {
                return;
            }
        }
        self.own.keep(flow.clone(), url.clone());
    }

    /// Forgets a URL that turned out wrong, unless another caller replaced it already.
    pub fn forget(&self, flow: &FlowRef, wrong: &TrustedUrl) {
        self.own.forget_wrong(flow, wrong);
        if let Some(key) = self.key(flow)
            && self.world.recall(&key).as_deref() == Some(wrong.expose())
        {
            self.world.keep(&key, None);
        }
    }

    /// Forgets what is known of a flow: the client and the page may know different URLs.
    pub fn forget_known(&self, flow: &FlowRef) {
        self.own.forget(flow);
        if let Some(key) = self.key(flow) {
            self.world.keep(&key, None);
        }
    }

    /// Forgets every URL: the client's, and the page's where it has a part in them.
    pub fn clear(&self) {
        self.own.clear();
        if self.settings.cache == CacheScope::Page {
            self.world.clear_page();
        }
    }

    /// The state of the caches now.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        let page = if self.settings.cache == CacheScope::Page {
            self.world.page_epoch()
        } else {
            None
        };
        (self.own.epoch(), page)
    }

    /// The URL that another copy is asking for already. Nothing where none asks, or where it failed, hangs,
    /// went away or has a URL that we would not use: then we ask ourselves and hear why.
    pub async fn of_others(&self, flow: &FlowRef) -> Option<TrustedUrl> {
        let key = self.key(flow)?;
        let end = self.world.now_ms() + PATIENCE_MS;
        // Looked up anew each time: where a lost flight was, another copy may have begun one.
        while let Some(flight) = self.world.page_flight(&key) {
            if !self.world.is_aloft(&flight) || self.world.now_ms() >= end {
                return None;
            }
            let landing = self.world.landing(&flight);
            if let Some(url) = within(&*self.world, LOOK_MS, landing).await {
                return self.checked(url?);
            }
        }
        self.get(flow)
    }

    /// Tells the other copies that we ask.
    #[must_use]
    pub fn announce(&self, flow: &FlowRef) -> Option<Announced> {
        let key = self.key(flow)?;
        let flight = self.world.announce(&key)?;
        Some(Announced(key, flight))
    }

    /// Tells them what came of it: the URL, if they may have it.
    pub fn land(&self, announced: Option<Announced>, url: Option<&TrustedUrl>) {
        if let Some(Announced(key, flight)) = announced {
            let url = url.filter(|url| !url.has_sas()).map(TrustedUrl::expose);
            self.world.land(&key, &flight, url);
        }
    }

    /// What any script may have written, if it is a trigger URL without a signature.
    fn checked(&self, url: String) -> Option<TrustedUrl> {
        TrustedUrl::trigger(&url, &self.settings.cloud).filter(|_| !trust::has_sas(&url))
    }

    /// The page's key for a flow; nothing where it is not shared, or where nobody knows for whom it would be.
    fn key(&self, flow: &FlowRef) -> Option<String> {
        let Settings {
            cloud,
            environment,
            tenant_id,
            user,
            cache,
            discovery,
            ..
        } = &*self.settings;
        let user = user.as_deref().filter(|_| *cache == CacheScope::Page)?;
        // Who asked one API did not ask for what the other gives out: hosts that may be blocked, or stopped.
        let api = match discovery {
            DiscoveryApi::FlowApi => "",
            DiscoveryApi::EnvironmentApi => "environmentApi",
        };
        let parts = [
            api,
            cloud.audience(),
            cloud.flow_api(),
            tenant_id.as_deref().unwrap_or_default(),
            environment.as_str(),
            user,
            flow.workflow_id.as_str(),
            &flow.trigger,
        ];
        let mut key = String::new();
        for part in parts {
            percent::encode(part, &mut key);
            key.push(' ');
        }
        Some(key)
    }
}
