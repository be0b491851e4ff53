//! What the copies of the module on one page share, and what is held to it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use entra_flow::model::Foreign;
use entra_flow::port::{Event, PageCache, Step, Telemetry};
use futures::FutureExt;
use futures::future::LocalBoxFuture;

use super::entra::secret_in;
use super::frame::Frame;
use super::laws;
use super::script::Gate;

/// How long a copy waits for another one's discovery.
const PATIENCE_MS: f64 = 10_000.0;

#[derive(Default)]
pub(crate) struct PageState {
    pub(crate) urls: RefCell<BTreeMap<String, String>>,
    flights: RefCell<BTreeMap<String, Rc<PageFlight>>>,
    epoch: Cell<f64>,
    pub(crate) cleared_ms: Cell<Option<f64>>,
    /// The tab is in the background.
    pub(crate) hidden: Cell<bool>,
    /// Since when a copy waits for others to find a key's URL.
    waiting: RefCell<BTreeMap<(usize, String), f64>>,
    /// Copies that heard of another's failure: they may ask by themselves.
    excused: RefCell<BTreeMap<(usize, String), bool>>,
}

struct PageFlight {
    key: String,
    frame: usize,
    alive: Rc<Cell<bool>>,
    landed: Cell<bool>,
    gate: Gate,
    url: RefCell<Option<String>>,
}

fn flight(foreign: &Foreign) -> Option<Rc<PageFlight>> {
    foreign.downcast_ref::<Rc<PageFlight>>().cloned()
}

impl Frame {
    fn page(&self) -> &PageState {
        &self.sim.pages[self.plan.page]
    }

    fn key(&self, key: &str) -> (usize, String) {
        (self.id, key.to_owned())
    }
}

impl PageCache for Frame {
    fn page_epoch(&self) -> Option<f64> {
        Some(self.page().epoch.get())
    }

    fn recall(&self, key: &str) -> Option<String> {
        self.page().urls.borrow().get(key).cloned()
    }

    fn keep(&self, key: &str, url: Option<&str>) {
        let told = format!("{key} {}", url.unwrap_or_default());
        laws::no_secret(&self.sim, "page cache", &told);
        self.sim.note(|| format!("f{} keeps {told}", self.id));
        let mut urls = self.page().urls.borrow_mut();
        match url {
            Some(url) => urls.insert(key.to_owned(), url.to_owned()),
            None => urls.remove(key),
        };
    }

    fn outdate(&self, key: &str) {
        let page = self.page();
        page.urls.borrow_mut().remove(key);
        page.flights.borrow_mut().remove(key);
    }

    fn clear_page(&self) {
        let page = self.page();
        page.urls.borrow_mut().clear();
        page.flights.borrow_mut().clear();
        page.epoch.set(page.epoch.get() + 1.0);
        page.cleared_ms.set(Some(self.sim.awake_ms()));
    }

    fn page_flight(&self, key: &str) -> Option<Foreign> {
        let page = self.page();
        let flight = page.flights.borrow().get(key).cloned()?;
        let mut waiting = page.waiting.borrow_mut();
        waiting.entry(self.key(key)).or_insert(self.sim.now());
        Some(Rc::new(flight))
    }

    fn announce(&self, key: &str) -> Option<Foreign> {
        let page = self.page();
        let since = page.waiting.borrow_mut().remove(&self.key(key));
        let excused = page.excused.borrow_mut().remove(&self.key(key));
        let waited = since.is_some_and(|since| self.sim.now() - since >= PATIENCE_MS);
        let mut flights = page.flights.borrow_mut();
        let other = flights.get(key).is_some_and(|other| {
            other.frame != self.id && other.alive.get() && !other.landed.get()
        });
        self.sim.holds(
            laws::SINGLE_FLIGHT,
            !other || waited || excused == Some(true) || self.cleared_lately(),
            || format!("f{} asks for {key}, as another copy does", self.id),
        );
        let own = Rc::new(PageFlight {
            key: key.to_owned(),
            frame: self.id,
            alive: self.alive.clone(),
            landed: Cell::new(false),
            gate: Gate::default(),
            url: RefCell::default(),
        });
        flights.insert(key.to_owned(), own.clone());
        Some(Rc::new(own))
    }

    fn land(&self, key: &str, announced: &Foreign, url: Option<&str>) -> bool {
        laws::no_secret(&self.sim, "page flight", url.unwrap_or_default());
        let Some(own) = flight(announced) else {
            return false;
        };
        let mut flights = self.page().flights.borrow_mut();
        let is_there = flights
            .get(key)
            .is_some_and(|found| Rc::ptr_eq(found, &own));
        if is_there {
            flights.remove(key);
        }
        own.url.replace(url.map(str::to_owned));
        own.landed.set(true);
        own.gate.open();
        is_there
    }

    fn landing(&self, awaited: &Foreign) -> LocalBoxFuture<'static, Option<String>> {
        let Some(awaited) = flight(awaited) else {
            return std::future::pending().boxed_local();
        };
        let (sim, id, page) = (self.sim.clone(), self.id, self.plan.page);
        let key = awaited.key.clone();
        async move {
            awaited.gate.opened().await;
            let url = awaited.url.borrow().clone();
            let page = &sim.pages[page];
            page.waiting.borrow_mut().remove(&(id, key.clone()));
            let unusable = url
                .as_ref()
                .is_none_or(|url| !super::flows::is_trusted(url));
            page.excused.borrow_mut().insert((id, key), unusable);
            url
        }
        .boxed_local()
    }

    fn is_aloft(&self, awaited: &Foreign) -> bool {
        flight(awaited).is_some_and(|awaited| awaited.alive.get())
    }
}

impl Telemetry for Frame {
    fn emit(&self, event: Event<'_>) {
        let mut line = format!("f{} event {}", self.id, event.step.as_str());
        line += &crate::plain::facts_of(&event);
        laws::no_secret(&self.sim, "event", &line);
        let told = secret_in(&line).is_none() && !line.contains("://");
        self.sim
            .holds(laws::SECRETS, told, || format!("an event: {line}"));
        if event.step == Step::Invoke {
            self.invoke_events.set(self.invoke_events.get() + 1);
        }
        self.sim.note(|| line);
    }
}
