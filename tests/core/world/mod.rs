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

mod log;
mod operations;
mod page;
mod rows;
mod script;
mod tables;
mod time;
mod wire;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entra_flow::client::Client;
use entra_flow::discovery::FlowRef;
use entra_flow::invocation::{AcceptStatus, Answer, Call, Target, invoke};
use entra_flow::limits::Abort;
use entra_flow::model::{Cloud, EnvironmentId, ErrorCode, FlowError, Foreign, Guid, Secret, Stage};
use entra_flow::policy::request::Method;
use entra_flow::policy::trust::TrustedUrl;
use entra_flow::port::{
    Clock, Dataverse, DataverseCall, DataverseFailure, Head, Http, KnownAccount, Organization,
    Page, PolicyWatch, ReadAs, Request, Subject, TokenAsk, TokenFailure, TokenSource, Unanswered,
    Unread, Values, Way,
};
use entra_flow::settings::{CacheScope, DiscoveryApi, Interaction, Settings};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};

pub(crate) use log::{Fate, Log, Sent, What};
pub(crate) use operations::*;
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

impl Clock for World {
    fn now_ms(&self) -> f64 {
        self.time.now()
    }

    fn date_ms(&self) -> f64 {
        START_OF_DAY_MS + self.time.now() + self.date_skew_ms.get()
    }

    fn sleep(&self, ms: f64) -> LocalBoxFuture<'static, ()> {
        self.time.sleep(ms).boxed_local()
    }

    fn random(&self) -> f64 {
        self.random.get()
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.time.spawn(work);
    }
}

impl Page for World {
    fn would_open_a_popup(&self) -> bool {
        self.popup_would_open.get()
    }

    fn is_hidden(&self) -> bool {
        self.hidden.get()
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        let bytes = STANDARD
            .decode(text)
            .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
            .ok()?;
        String::from_utf8(bytes).ok()
    }

    fn parse_date(&self, text: &str) -> Option<f64> {
        let since = httpdate::parse_http_date(text)
            .ok()?
            .duration_since(std::time::UNIX_EPOCH)
            .ok()?;
        Some(since.as_secs_f64() * 1000.0)
    }

    fn origin(&self) -> Option<String> {
        Some(self.rows.origin.borrow().clone())
    }

    async fn organization(&self) -> Option<Organization> {
        if self.rows.organization_hangs.get() {
            std::future::pending::<()>().await;
        }
        self.rows.organization.borrow().clone()
    }

    fn watch_policy(&self) -> Box<dyn PolicyWatch> {
        self.rows.watch()
    }

    async fn knock(&self, url: &TrustedUrl) -> bool {
        self.rows.knock(url.host())
    }
}

impl TokenSource for World {
    fn is_function(&self) -> bool {
        self.function.get()
    }

    fn accounts(&self) -> Result<Vec<KnownAccount>, Box<TokenFailure>> {
        if self.accounts_throw.get() {
            return Err(Box::new(TokenFailure {
                name: "TypeError".to_owned(),
                ..TokenFailure::default()
            }));
        }
        let known = |(username, tenant): &(&str, &str)| KnownAccount {
            handle: account(username),
            tenant_id: (*tenant).to_owned(),
            username: (*username).to_owned(),
            login_hint: None,
        };
        Ok(self.accounts.borrow().iter().map(known).collect())
    }

    async fn acquire(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
    ) -> Result<Secret, Box<TokenFailure>> {
        let script = match way {
            Way::Silent => &self.silent,
            Way::Sso => &self.sso,
            Way::Popup => &self.popup,
        };
        let asked = log::TokenAsked {
            way,
            ask: ask.clone(),
            account: subject
                .account
                .as_ref()
                .map(|account| text_of(account).to_owned()),
            login_hint: subject.login_hint.clone(),
            ambiguous: subject.ambiguous,
        };
        self.asked(What::Token(asked), script.next(ask))
            .await
            .map_err(Box::new)
    }
}

impl Dataverse for World {
    async fn dataverse(&self, call: DataverseCall<'_>) -> Result<Foreign, Box<DataverseFailure>> {
        if let Some(asked) = Look::of(&call) {
            return self.operate(asked).await;
        }
        if let Some(answer) = self.row_with_definition(call).await {
            return answer.map(json_value).map_err(Box::new);
        }
        let DataverseCall::Retrieve { table, id, options } = call else {
            let asking = Asking::of(call);
            let reply = self.tables.script.next(&asking);
            return self
                .asked(What::Table(asking), reply)
                .await
                .map(json_value)
                .map_err(Box::new);
        };
        assert_eq!(
            (table, options),
            ("workflow", "?$select=resourceid,statecode,category")
        );
        self.asked(What::Row(id.as_str().to_owned()), self.row.next(id))
            .await
            .map(json_value)
            .map_err(Box::new)
    }
}

impl Values for World {
    fn member(&self, value: &Foreign, name: &str) -> Option<Foreign> {
        let member = value.downcast_ref::<Value>()?.get(name)?;
        (!member.is_null()).then(|| json_value(member.clone()))
    }

    fn text(&self, value: &Foreign, name: &str) -> Option<String> {
        let text = value.downcast_ref::<Value>()?.get(name)?.as_str()?;
        Some(text.to_owned())
    }

    fn number(&self, value: &Foreign, name: &str) -> Option<f64> {
        value.downcast_ref::<Value>()?.get(name)?.as_f64()
    }

    fn members(&self, value: &Foreign) -> Vec<(String, Foreign)> {
        let Some(Value::Object(members)) = value.downcast_ref::<Value>() else {
            return Vec::new();
        };
        let member = |(name, value): (&String, &Value)| (name.clone(), json_value(value.clone()));
        members.iter().map(member).collect()
    }

    fn items(&self, value: &Foreign) -> Vec<Foreign> {
        let Some(Value::Array(items)) = value.downcast_ref::<Value>() else {
            return Vec::new();
        };
        items.iter().cloned().map(json_value).collect()
    }

    fn json(&self, value: &Foreign, name: &str) -> Option<Foreign> {
        self.parse(&self.text(value, name)?)
    }

    fn parse(&self, json: &str) -> Option<Foreign> {
        serde_json::from_str(json).ok().map(json_value)
    }

    fn texts(&self, value: &Foreign) -> Vec<(String, String)> {
        let text = |(name, value): (String, &Value)| Some((name, value.as_str()?.to_owned()));
        match value.downcast_ref::<Value>() {
            Some(Value::Object(members)) => members
                .iter()
                .filter_map(|(name, value)| text((name.clone(), value)))
                .collect(),
            // As Object.entries has them.
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(index, value)| text((index.to_string(), value)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl Http for World {
    type Answer = Foreign;

    async fn send(&self, request: Request<'_>) -> Result<Head<Foreign>, Unanswered> {
        let sent = Rc::new(Sent {
            method: request.method.as_str(),
            url: request.url.expose().to_owned(),
            bearer: request.bearer.map(|bearer| bearer.expose().to_owned()),
            headers: request.headers.to_vec(),
            body: request
                .body
                .map(|body| body.downcast_ref::<Value>().unwrap().clone()),
            ran: Cell::new(false),
        });
        self.judge_request(&sent);
        let routes = self.routes.borrow().clone();
        let route = routes
            .iter()
            .find(|(prefix, _)| sent.url.starts_with(prefix.as_str()));
        let Some((_, script)) = route else {
            panic!(
                "a request went to {}, which the test does not know",
                sent.url
            )
        };
        let reply = script.next(&sent);
        sent.ran.set(sent.is_to_the_flow() && reply.value.ran());
        match self.asked(What::Http(sent), reply).await {
            Wire::Answer(answer) => Ok(Head {
                status: answer.status,
                headers: Rc::new(answer.headers.clone()),
                answer: Rc::new(answer),
            }),
            Wire::None { sent } => Err(Unanswered {
                sent,
                cause: Some(foreign("TypeError: Failed to fetch")),
            }),
        }
    }

    fn with_member(&self, body: &Foreign, name: &str, value: &Secret) -> Option<Foreign> {
        let mut object = body.downcast_ref::<Value>()?.as_object()?.clone();
        let before = object.insert(name.to_owned(), json!(value.expose()));
        before.is_none().then(|| json_value(Value::Object(object)))
    }

    fn header(&self, headers: &Foreign, name: &str) -> Option<String> {
        let headers = headers.downcast_ref::<Vec<(String, String)>>()?;
        headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    }

    async fn read(&self, answer: &Foreign, how: ReadAs) -> Result<Foreign, Unread> {
        let answer = answer.downcast_ref::<AnswerOnWire>().unwrap();
        let _reading = self.reads();
        answer.body_comes(&self.time).await;
        match (&answer.body, how) {
            (Body::Broken, _) => Err(Unread::Broken(Unanswered {
                sent: true,
                cause: None,
            })),
            (Body::Text(text), ReadAs::Json) => Err(Unread::NotJson {
                text: foreign(text),
                cause: None,
            }),
            (Body::Text(text), _) => Ok(Rc::new(json!(text))),
            (Body::Json(value), _) => Ok(Rc::new(value.clone())),
        }
    }

    async fn read_error(&self, answer: &Foreign) -> Option<Foreign> {
        let answer = answer.downcast_ref::<AnswerOnWire>().unwrap();
        let _reading = self.reads();
        answer.body_comes(&self.time).await;
        match &answer.body {
            Body::Json(value) => Some(json_value(value.clone())),
            Body::Text(text) => Some(json_value(json!(text))),
            Body::Broken => None,
        }
    }
}

impl Wire {
    fn ran(&self) -> bool {
        match self {
            Self::Answer(answer) => answer.ran,
            Self::None { sent } => *sent,
        }
    }
}

/// A client and the world it is in.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) world: Rc<World>,
    pub(crate) client: Rc<Client<World>>,
}

pub(crate) type Outcome = Result<Answer, FlowError>;

impl Caller {
    /// Starts a call and goes on.
    pub(crate) fn start(&self, call: ACall) -> Handle<Outcome> {
        let client = self.client.clone();
        self.world.start(async move {
            invoke(&client, &call.target.clone(), call.into_call())
                .await
                .map(|answer| *answer)
        })
    }

    /// Makes a call, the only one meanwhile, and lets the world judge its outcome.
    #[track_caller]
    pub(crate) fn outcome(&self, call: ACall) -> Outcome {
        let (before, started) = (self.world.log.requests().len(), self.world.time.now());
        let (idempotent, timeout_ms) = (call.call.idempotent, call.call.timeout_ms);
        let outcome = self
            .start(call)
            .wait()
            .inspect_err(|error| assert_no_secret(&everything_said(error)));
        assert!(
            self.world.time.now() <= started + timeout_ms,
            "the call outlived its deadline"
        );
        let requests = self.world.log.requests();
        let to_the_flow: Vec<_> = requests
            .iter()
            .skip(before)
            .filter(|sent| sent.is_to_the_flow())
            .collect();
        let runs = to_the_flow.iter().filter(|sent| sent.ran.get()).count();
        assert!(
            idempotent || runs <= 1,
            "the flow may have run {runs} times: {:?}",
            self.world.story()
        );
        if let Err(error) = &outcome {
            assert!(
                error.may_have_run || runs == 0,
                "mayHaveRun is false, but the flow may have run: {error:?}"
            );
            assert!(
                !error.may_have_run || !to_the_flow.is_empty(),
                "mayHaveRun without a request to the flow: {error:?}"
            );
        }
        outcome
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, call: ACall) -> Answer {
        match self.outcome(call) {
            Ok(answer) => answer,
            Err(error) => panic!("failed: {error:?} after {:?}", self.world.story()),
        }
    }

    #[track_caller]
    pub(crate) fn fails(&self, call: ACall) -> FlowError {
        match self.outcome(call) {
            Ok(answer) => panic!(
                "succeeded with {} after {:?}",
                answer.status,
                self.world.story()
            ),
            Err(error) => error,
        }
    }

    /// The flow's trigger URL, as `flow.callbackUrl()` answers it.
    #[track_caller]
    pub(crate) fn callback_url(&self, refresh: bool) -> Result<String, FlowError> {
        let client = self.client.clone();
        let url = self
            .world
            .start(async move { client.callback_url(&flow_target(WORKFLOW), refresh).await })
            .wait();
        url.inspect(|url| assert_no_secret(url))
            .inspect_err(|error| assert_no_secret(&everything_said(error)))
    }

    /// Starts `signIn()` and goes on.
    pub(crate) fn start_sign_in(&self) -> Handle<Result<(), FlowError>> {
        let client = self.client.clone();
        self.world.start(async move { client.sign_in().await })
    }

    #[track_caller]
    pub(crate) fn sign_in(&self) -> Result<(), FlowError> {
        self.start_sign_in()
            .wait()
            .inspect_err(|error| assert_no_secret(&everything_said(error)))
    }
}

/// A task under way.
pub(crate) struct Handle<T> {
    world: Rc<World>,
    id: u64,
    slot: Rc<RefCell<Option<T>>>,
}

impl<T> Handle<T> {
    /// Lets time pass until it ends, and no longer.
    #[track_caller]
    pub(crate) fn wait(&self) -> T {
        self.world.time.settle();
        loop {
            if let Some(outcome) = self.slot.take() {
                return outcome;
            }
            assert!(
                self.world.time.step(f64::INFINITY),
                "hangs for ever after {:?}",
                self.world.story()
            );
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.slot.borrow().is_some()
    }

    /// The caller goes away without a word: its future is dropped.
    pub(crate) fn vanish(self) {
        self.world.time.cancel(self.id);
    }
}

impl Handle<Outcome> {
    #[track_caller]
    pub(crate) fn wait_to_fail(&self) -> FlowError {
        match self.wait() {
            Ok(answer) => panic!(
                "succeeded with {} after {:?}",
                answer.status,
                self.world.story()
            ),
            Err(error) => error,
        }
    }

    #[track_caller]
    pub(crate) fn wait_to_succeed(&self) -> Answer {
        match self.wait() {
            Ok(answer) => answer,
            Err(error) => panic!("failed: {error:?} after {:?}", self.world.story()),
        }
    }
}

/// A call to be made: `call().idempotent().timeout(5000.0)`.
pub(crate) struct ACall {
    target: Target,
    call: Call,
}

/// A POST of a small object to the flow [`WORKFLOW`].
pub(crate) fn call() -> ACall {
    ACall {
        target: flow_target(WORKFLOW),
        call: Call {
            method: Method::Post,
            path: vec![],
            query: vec![],
            headers: vec![],
            body: Some(Rc::new(json!({"order": 42}))),
            read_as: None,
            timeout_ms: Settings::TIMEOUT_MS,
            abort: None,
            idempotent: false,
            accept: None,
            on_behalf_of: None,
            second_token: None,
            follow: true,
            schema: None,
        },
    }
}

impl ACall {
    pub(crate) fn into_call(self) -> Box<Call> {
        Box::new(self.call)
    }

    pub(crate) fn edit(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    pub(crate) fn to(self, target: Target) -> Self {
        Self { target, ..self }
    }

    pub(crate) fn at_url(self, url: &str) -> Self {
        self.to(Target::Url(url.to_owned()))
    }

    /// Methods that take no body go without one.
    pub(crate) fn method(self, method: Method) -> Self {
        self.edit(|call| {
            call.method = method;
            call.body = call.body.take().filter(|_| method.takes_a_body());
        })
    }

    pub(crate) fn idempotent(self) -> Self {
        self.edit(|call| call.idempotent = true)
    }

    pub(crate) fn timeout(self, ms: f64) -> Self {
        self.edit(|call| call.timeout_ms = ms)
    }

    pub(crate) fn signal(self, signal: &Signal) -> Self {
        self.edit(|call| call.abort = Some(signal.listener()))
    }

    pub(crate) fn accepting(self, accept: impl Fn(u16) -> bool + 'static) -> Self {
        self.edit(|call| {
            call.accept = Some(Box::new(move |status| Ok(accept(status))) as AcceptStatus)
        })
    }
}

/// An `AbortSignal`.
#[derive(Clone, Default)]
pub(crate) struct Signal {
    aborted: Gate,
    listeners: Rc<Cell<usize>>,
}

impl Signal {
    pub(crate) fn abort(&self) {
        self.aborted.open();
    }

    pub(crate) fn listeners(&self) -> usize {
        self.listeners.get()
    }

    pub(crate) fn listener(&self) -> Abort {
        let (aborted, listeners) = (self.aborted.clone(), self.listeners.clone());
        listeners.set(listeners.get() + 1);
        let gone = OnDrop(move || listeners.set(listeners.get() - 1));
        async move {
            aborted.opened().await;
            drop(gone);
            foreign("the caller's reason")
        }
        .boxed_local()
    }
}

pub(crate) fn flow_target(workflow_id: &str) -> Target {
    Target::Flow(FlowRef {
        workflow_id: Guid::parse(workflow_id).unwrap(),
        trigger: "manual".to_owned(),
    })
}

/// A world where all is well and a client that has asked for nothing yet.
pub(crate) fn scene() -> (Rc<World>, Caller) {
    scene_with(|_| {})
}

pub(crate) fn scene_with(change: impl FnOnce(&mut Settings)) -> (Rc<World>, Caller) {
    let world = World::new();
    let caller = world.client_with(change);
    (world, caller)
}

/// The same after a first call: the trigger URL is known, the log is empty, the clock of the story is at 0.
pub(crate) fn warm_scene() -> (Rc<World>, Caller) {
    warm_scene_with(|_| {})
}

pub(crate) fn warm_scene_with(change: impl FnOnce(&mut Settings)) -> (Rc<World>, Caller) {
    let (world, caller) = scene_with(change);
    caller.succeeds(call());
    world.new_page();
    (world, caller)
}

/// The text of a token, as a JSON Web Token looks.
pub(crate) fn jwt(name: &str) -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.{name}.UNTERSCHRIFT")
}

fn token_name(jwt: &str) -> &str {
    jwt.split('.').nth(1).unwrap_or("a strange token")
}

/// The token source answers with a token of that name.
pub(crate) fn token(name: &str) -> TokenReply {
    Reply::new(Ok(Secret::new(jwt(name))))
}

/// The token source fails as MSAL does.
pub(crate) fn no_token(name: &str, code: &str) -> TokenReply {
    Reply::new(Err(TokenFailure {
        name: name.to_owned(),
        code: code.to_owned(),
        message: Some(format!("See https://aka.ms/msal.js.errors#{code}")),
        correlation_id: Some("c0ffee".to_owned()),
        cause: Some(foreign("what MSAL threw")),
    }))
}

/// Entra wants the user.
pub(crate) fn wants_the_user() -> TokenReply {
    no_token("InteractionRequiredAuthError", "interaction_required")
}

/// The row of a flow that is on.
pub(crate) fn row(resource_id: &str) -> RowReply {
    Reply::new(Ok(
        json!({"resourceid": resource_id, "statecode": 1, "category": 5}),
    ))
}

/// Dataverse refuses, with its code as hosts give it.
pub(crate) fn no_row(error_code: Option<f64>, message: &str) -> RowReply {
    let cause = Some(foreign("what the web API threw"));
    Reply::new(Err(DataverseFailure {
        error_code,
        message: message.to_owned(),
        cause,
    }))
}

/// JSON that passes through the core, or that the core looks into.
pub(crate) fn json_value(value: Value) -> Foreign {
    Rc::new(value)
}

pub(crate) fn foreign(text: &str) -> Foreign {
    Rc::new(text.to_owned())
}

pub(crate) fn account(username: &str) -> Foreign {
    foreign(username)
}

pub(crate) fn text_of(foreign: &Foreign) -> &str {
    let any: &dyn Any = &**foreign;
    any.downcast_ref::<String>()
        .map_or("not a text", String::as_str)
}

/// An answer's body.
pub(crate) fn data_of(answer: &Answer) -> Value {
    answer.data.downcast_ref::<Value>().unwrap().clone()
}

/// What most tests ask of an error.
pub(crate) fn told(error: &FlowError) -> (ErrorCode, Stage, bool) {
    (error.code, error.stage, error.may_have_run)
}

/// Every text in an error that may reach a log or a screen.
pub(crate) fn everything_said(error: &FlowError) -> String {
    let own = [
        &error.service_code,
        &error.service_message,
        &error.correlation_id,
        &error.run_id,
    ];
    format!(
        "{error:?} {} {} {} {own:?}",
        error.message,
        error.hint,
        error.code.as_str()
    )
}

/// No token and no signature of this world is in the text.
#[track_caller]
pub(crate) fn assert_no_secret(text: &str) {
    for secret in ["UNTERSCHRIFT", "eyJ", "GEHEIM"] {
        assert!(!text.contains(secret), "a secret is told: {text}");
    }
}

/// A URL without its query, which is what a request's own query and path come after.
fn bare(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}

/// What the story calls a URL: `list`, nothing for the trigger, else its name or its path.
fn name_of(url: &str) -> String {
    if url.starts_with(API) {
        return "list".to_owned();
    }
    for (known, name) in [(TRIGGER, ""), (MOVED, " moved"), (SAS, " sas")] {
        if let Some(rest) = url.strip_prefix(bare(known).as_str()) {
            return name.to_owned() + rest.split('?').next().unwrap_or_default();
        }
    }
    " ".to_owned() + url
}
