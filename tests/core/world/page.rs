//! What the copies of the module on one page share, and the events that they tell.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use entra_flow::model::Foreign;
use entra_flow::port::{Event, PageCache, Telemetry};
use futures::FutureExt;
use futures::future::LocalBoxFuture;

use super::World;
use super::script::Gate;

/// The registry on the window.
#[derive(Default)]
pub(crate) struct Registry {
    /// The page has none, or one that somebody broke.
    pub(crate) broken: Cell<bool>,
    pub(crate) urls: RefCell<BTreeMap<String, String>>,
    pub(crate) flights: RefCell<BTreeMap<String, Rc<PageFlight>>>,
    epoch: Cell<f64>,
}

/// A discovery of some copy's.
#[derive(Default)]
pub(crate) struct PageFlight {
    /// Its document is gone.
    pub(crate) lost: Cell<bool>,
    landed: Gate,
    url: RefCell<Option<String>>,
}

impl PageFlight {
    pub(crate) fn land(&self, url: Option<&str>) {
        self.url.replace(url.map(str::to_owned));
        self.landed.open();
    }
}

impl Registry {
    /// The one key under which something is kept.
    pub(crate) fn only_key(&self) -> String {
        let urls = self.urls.borrow();
        assert_eq!(urls.len(), 1, "{urls:?}");
        urls.keys().next().unwrap().clone()
    }

    /// Another script's writing, under every key that is there.
    pub(crate) fn forge(&self, url: &str) {
        for kept in self.urls.borrow_mut().values_mut() {
            *kept = url.to_owned();
        }
    }

    /// The frame of every copy that is asking goes away.
    pub(crate) fn lose_documents(&self) {
        for flight in self.flights.borrow().values() {
            flight.lost.set(true);
        }
    }
}

fn flight(foreign: &Foreign) -> Rc<PageFlight> {
    foreign.downcast_ref::<Rc<PageFlight>>().unwrap().clone()
}

impl PageCache for World {
    fn page_epoch(&self) -> Option<f64> {
        (!self.page.broken.get()).then(|| self.page.epoch.get())
    }

    fn recall(&self, key: &str) -> Option<String> {
        self.page.urls.borrow().get(key).cloned()
    }

    fn keep(&self, key: &str, url: Option<&str>) {
        let mut urls = self.page.urls.borrow_mut();
        match url {
            Some(url) if !self.page.broken.get() => {
                super::assert_no_secret(url);
                urls.insert(key.to_owned(), url.to_owned());
            }
            _ => {
                urls.remove(key);
            }
        }
    }

    fn outdate(&self, key: &str) {
        self.page.urls.borrow_mut().remove(key);
        self.page.flights.borrow_mut().remove(key);
    }

    fn clear_page(&self) {
        self.page.urls.borrow_mut().clear();
        self.page.flights.borrow_mut().clear();
        self.page.epoch.set(self.page.epoch.get() + 1.0);
    }

    fn page_flight(&self, key: &str) -> Option<Foreign> {
        let flight = self.page.flights.borrow().get(key).cloned()?;
        Some(Rc::new(flight))
    }

    fn announce(&self, key: &str) -> Option<Foreign> {
        if self.page.broken.get() {
            return None;
        }
        let flight = Rc::<PageFlight>::default();
        self.page
            .flights
            .borrow_mut()
            .insert(key.to_owned(), flight.clone());
        Some(Rc::new(flight))
    }

    fn land(&self, key: &str, announced: &Foreign, url: Option<&str>) -> bool {
        let own = flight(announced);
        url.inspect(|url| super::assert_no_secret(url));
        let is_own = |found: &Rc<PageFlight>| Rc::ptr_eq(found, &own);
        let mut flights = self.page.flights.borrow_mut();
        let is_there = flights.get(key).is_some_and(is_own);
        if is_there {
            flights.remove(key);
        }
        own.land(url);
        is_there
    }

    fn landing(&self, awaited: &Foreign) -> LocalBoxFuture<'static, Option<String>> {
        let awaited = flight(awaited);
        async move {
            awaited.landed.opened().await;
            awaited.url.borrow().clone()
        }
        .boxed_local()
    }

    fn is_aloft(&self, awaited: &Foreign) -> bool {
        !flight(awaited).lost.get()
    }
}

/// What the caller's `onEvent` does, beside being told.
type Callback = Box<dyn Fn(&str)>;

/// The events of a world, a line each: `0+50 token way=silent forced=false`.
#[derive(Default)]
pub(crate) struct Events {
    pub(crate) lines: RefCell<Vec<String>>,
    pub(crate) callback: RefCell<Option<Callback>>,
}

impl Telemetry for World {
    fn emit(&self, event: Event<'_>) {
        let since = self.log.since.get();
        let mut line = format!(
            "{}+{} {}",
            event.started_ms - since,
            event.duration_ms,
            event.step.as_str()
        );
        line += &super::plain::facts_of(&event);
        super::assert_no_secret(&line);
        assert!(!line.contains("://"), "an event has a URL in it: {line}");
        self.events.lines.borrow_mut().push(line.clone());
        if let Some(callback) = &*self.events.callback.borrow() {
            callback(&line);
        }
    }
}
