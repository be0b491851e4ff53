//! A scripted world on a virtual clock: the ports of `src/port.rs`, answered as a test says.
//!
//! By default everything is well and takes no time: one account, a silent token `t1`, a row, a callback URL, and a
//! flow that answers 200. A test changes what it is about, calls, and reads the story of what was asked:
//!
//! ```ignore
//! let (world, caller) = scene();
//! world.trigger.then(service(429, "TooManyRequests").header("retry-after", "5"));
//! caller.succeeds(call());
//! assert_eq!(world.story(), ["0 silent", "0 row", "0 list with t1", "0 POST with t1", "5000 POST with t1"]);
//! ```
//!
//! The world also judges every test by itself, whatever it is about: a bearer to a host that is not the flow
//! service's, a bearer beside a signature, a secret in an error, a second run of a flow that was not declared
//! idempotent, `mayHaveRun: false` for one that ran, or a call that outlives its deadline fails it.
//!
//! `ports` is what the core sees of it, `caller` who calls, `replies` what is answered; `script`, `time`, `log`, `plain` and `wire` are
//! how that works, and `rows`, `tables`, `operations` and `page` the parts for single features.

mod caller;
mod log;
mod operations;
mod page;
mod plain;
mod ports;
mod replies;
mod rows;
mod script;
mod tables;
mod time;
mod wire;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use entra_flow::call::{AcceptStatus, Answer, Call, Target};
use entra_flow::client::Client;
use entra_flow::invocation::invoke;
use entra_flow::limits::Abort;
use entra_flow::model::{
    Cloud, EnvironmentId, ErrorCode, FlowError, FlowRef, Foreign, Guid, Secret, Stage,
};
use entra_flow::policy::request::Method;
use entra_flow::policy::trust::TrustedUrl;
use entra_flow::port::{
    Clock, Dataverse, DataverseCall, DataverseFailure, Head, Http, KnownAccount, Organization,
    Page, PolicyWatch, ReadAs, Request, Subject, TokenAsk, TokenFailure, TokenSource, Unanswered,
    Unread, Way,
};
use entra_flow::settings::{CacheScope, DiscoveryApi, Interaction, Settings};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};

pub(crate) use caller::*;
pub(crate) use log::{Fate, Log, Sent, What};
pub(crate) use operations::*;
pub(crate) use replies::*;
pub(crate) use rows::*;
pub(crate) use script::{Gate, Reply, Script};
pub(crate) use tables::*;
use time::Time;
pub(crate) use wire::*;

pub(crate) const WORKFLOW: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const RESOURCE: &str = "99999999-2222-4333-8444-555555555555";
pub(crate) const ENVIRONMENT: &str = "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d";
pub(crate) const TENANT: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
pub(crate) const ADA: &str = "ada@contoso.example";
pub(crate) const BOB: &str = "bob@contoso.example";

pub(crate) const API: &str = "https://api.flow.microsoft.com";
/// The flow's trigger URL.
pub(crate) const TRIGGER: &str = "https://8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/00000000000000000000000000000001/triggers/manual/paths/invoke?api-version=1";
/// Where it moves to.
pub(crate) const MOVED: &str = "https://8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/00000000000000000000000000000002/triggers/manual/paths/invoke?api-version=1";
/// The URL of a flow that anyone may trigger.
pub(crate) const SAS: &str = "https://prod-01.westeurope.logic.azure.com:443/workflows/3/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=GEHEIM_sig-01";

/// 2026-11-24 08:00:00 UTC, when every test starts.
const START_OF_DAY_MS: f64 = 1_795_507_200_000.0;

pub(crate) type TokenReply = Reply<Result<Secret, TokenFailure>>;
pub(crate) type RowReply = Reply<Result<Value, DataverseFailure>>;
pub(crate) type HttpScript = Script<Sent, Wire>;

/// The world; see the module's first lines.
pub(crate) struct World {
    pub(crate) time: Rc<Time>,
    pub(crate) log: Log,
    pub(crate) silent: Script<TokenAsk, Result<Secret, TokenFailure>>,
    pub(crate) sso: Script<TokenAsk, Result<Secret, TokenFailure>>,
    pub(crate) popup: Script<TokenAsk, Result<Secret, TokenFailure>>,
    pub(crate) row: Script<Guid, Result<Value, DataverseFailure>>,
    pub(crate) tables: Tables,
    pub(crate) listing: Rc<HttpScript>,
    pub(crate) trigger: Rc<HttpScript>,
    routes: RefCell<Vec<(String, Rc<HttpScript>)>>,
    /// MSAL's accounts: sign-in name and tenant.
    pub(crate) accounts: RefCell<Vec<(&'static str, &'static str)>>,
    /// MSAL throws when asked for its accounts.
    pub(crate) accounts_throw: Cell<bool>,
    /// The host gave a function instead of an MSAL instance.
    pub(crate) function: Cell<bool>,
    pub(crate) popup_would_open: Cell<bool>,
    /// Nobody can see the page.
    pub(crate) hidden: Cell<bool>,
    /// What chance yields, always.
    pub(crate) random: Cell<f64>,
    /// How far the device's date is off.
    pub(crate) date_skew_ms: Cell<f64>,
    /// Hosts that a test trusts beyond the public cloud's.
    pub(crate) also_trusted: RefCell<Vec<String>>,
    /// What the copies of the module share where `cache` is `page`.
    pub(crate) page: page::Registry,
    pub(crate) events: page::Events,
    /// The rows of the record pattern.
    pub(crate) operations: Operations,
    pub(crate) rows: Rows,
    reading: Cell<usize>,
}

impl World {
    pub(crate) fn new() -> Rc<Self> {
        let generation = Rc::new(Cell::new(1));
        let tokens = move |ask: &TokenAsk| {
            if ask.force_refresh {
                generation.set(generation.get() + 1);
            }
            token(&format!("t{}", generation.get()))
        };
        let listing = Rc::new(Script::new(|_: &Sent| listed(TRIGGER)));
        let trigger = Rc::new(Script::new(|_: &Sent| flow(200, json!({"ok": true}))));
        let routes = vec![
            (API.to_owned(), listing.clone()),
            (bare(TRIGGER), trigger.clone()),
        ];
        let world = Rc::new(Self {
            time: Rc::default(),
            log: Log::default(),
            silent: Script::new(tokens.clone()),
            sso: Script::new(tokens.clone()),
            popup: Script::new(tokens),
            row: Script::new(|_| row(RESOURCE)),
            tables: Tables::default(),
            listing,
            trigger,
            routes: RefCell::new(routes),
            accounts: RefCell::new(vec![(ADA, TENANT)]),
            accounts_throw: Cell::new(false),
            function: Cell::new(false),
            popup_would_open: Cell::new(false),
            hidden: Cell::new(false),
            random: Cell::new(0.5),
            date_skew_ms: Cell::new(0.0),
            also_trusted: RefCell::default(),
            page: page::Registry::default(),
            events: page::Events::default(),
            operations: Operations::default(),
            rows: Rows::default(),
            reading: Cell::new(0),
        });
        world.at(MOVED);
        world
    }

    /// A client of the public cloud, with the defaults of `ClientOptions` but for the page cache.
    pub(crate) fn client(self: &Rc<Self>) -> Caller {
        self.client_with(|_| {})
    }

    pub(crate) fn client_with(self: &Rc<Self>, change: impl FnOnce(&mut Settings)) -> Caller {
        let mut settings = Settings {
            cloud: Cloud::named("public").unwrap(),
            environment: EnvironmentId::parse(ENVIRONMENT).unwrap(),
            tenant_id: None,
            account: None,
            login_hint: None,
            interaction: Interaction::Auto,
            discovery: DiscoveryApi::FlowApi,
            timeout_ms: Settings::TIMEOUT_MS,
            max_attempts: Settings::MAX_ATTEMPTS,
            cache: CacheScope::Client,
            user: None,
            sas_allowed: false,
        };
        change(&mut settings);
        Caller {
            world: self.clone(),
            client: Rc::new(Client::new(self.clone(), Rc::new(settings))),
        }
    }

    /// The script of whatever is at that URL, its query aside.
    pub(crate) fn at(&self, url: &str) -> Rc<HttpScript> {
        let mut routes = self.routes.borrow_mut();
        if let Some((_, script)) = routes.iter().find(|(prefix, _)| *prefix == bare(url)) {
            return script.clone();
        }
        let script = Rc::new(Script::new(|_: &Sent| flow(200, json!({"ok": true}))));
        routes.push((bare(url), script.clone()));
        script
    }

    /// Everything that was asked since the log was cleared, a line each: `400 POST with t1`.
    pub(crate) fn story(&self) -> Vec<String> {
        self.log
            .all()
            .iter()
            .map(|asked| asked.line(name_of))
            .collect()
    }

    /// How often the story has such a line, whatever its time.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.story()
            .iter()
            .filter(|line| {
                line.split_once(' ')
                    .is_some_and(|(_, rest)| rest.starts_with(what))
            })
            .count()
    }

    /// Forgets what was asked until now, and counts time from here.
    pub(crate) fn new_page(&self) {
        self.log.clear(self.time.now());
    }

    /// Milliseconds since the log was cleared.
    pub(crate) fn now(&self) -> f64 {
        self.time.now() - self.log.since.get()
    }

    /// Lets everything happen that happens in the next milliseconds.
    pub(crate) fn pass(&self, ms: f64) {
        self.time.run_until(self.time.now() + ms);
    }

    /// Lets everything happen that ever happens.
    pub(crate) fn pass_all(&self) {
        self.time.run_until(f64::INFINITY);
    }

    /// Nothing is left: no timer, no task, no question that someone waits for.
    #[track_caller]
    pub(crate) fn assert_at_rest(&self) {
        self.time.settle();
        let waiting: Vec<_> = self
            .log
            .all()
            .iter()
            .filter(|a| a.fate.get() == Fate::Waiting)
            .map(|a| a.line(name_of))
            .collect();
        let left = (
            self.time.timers(),
            self.time.tasks(),
            self.reading.get(),
            waiting,
        );
        assert_eq!(
            left,
            (0, 0, 0, vec![]),
            "timers, tasks, bodies and questions left after {:?}",
            self.story()
        );
    }

    /// Starts any future of the core's as a task of its own.
    pub(crate) fn start<T: 'static>(
        self: &Rc<Self>,
        work: impl Future<Output = T> + 'static,
    ) -> Handle<T> {
        let slot = Rc::new(RefCell::new(None));
        let into = slot.clone();
        let id = self.time.spawn(
            work.map(move |outcome| drop(into.replace(Some(outcome))))
                .boxed_local(),
        );
        Handle {
            world: self.clone(),
            id,
            slot,
        }
    }

    fn judge_request(&self, sent: &Sent) {
        let Some(rest) = sent.url.strip_prefix("https://") else {
            panic!("not https: {}", sent.url)
        };
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let host = host
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let trusted = host == "api.flow.microsoft.com"
            || host.ends_with(".environment.api.powerplatform.com")
            || host.ends_with(".logic.azure.com")
            || self.also_trusted.borrow().contains(&host);
        let plain = !authority.contains('@') && !sent.url.contains(['\\', '#']);
        assert!(
            sent.bearer.is_none() || (trusted && plain),
            "a bearer went to {}",
            sent.url
        );
        assert!(
            sent.bearer.is_none() || !sent.url.contains("sig="),
            "a bearer went beside a signature to {}",
            sent.url
        );
    }

    fn reads(self: &World) -> impl Drop + '_ {
        self.reading.set(self.reading.get() + 1);
        OnDrop(|| self.reading.set(self.reading.get() - 1))
    }

    async fn asked<T>(&self, what: What, reply: Reply<T>) -> T {
        let entry = self.log.add(self.time.now(), what);
        let watched = entry.clone();
        let since = self.log.since.get();
        let fell = OnDrop(move || {
            if watched.fate.get() == Fate::Waiting {
                watched.fate.set(Fate::Dropped(self.time.now() - since));
            }
        });
        let value = reply.come(&self.time).await;
        entry.fate.set(Fate::Answered(self.time.now() - since));
        drop(fell);
        value
    }
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
