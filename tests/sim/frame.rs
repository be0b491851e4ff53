//! A copy of the module in a document: the ports of `src/port.rs`, answered by the world.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use entra_flow::client::Client;
use entra_flow::model::{Cloud, EnvironmentId, Foreign, Secret};
use entra_flow::policy::trust::TrustedUrl;
use entra_flow::port::{
    Clock, Dataverse, DataverseCall, DataverseFailure, Head, Http, KnownAccount, Organization,
    Page, PolicyWatch, ReadAs, Request, Subject, TokenAsk, TokenFailure, TokenSource, Unanswered,
    Unread, Violation, Way,
};
use entra_flow::settings::Settings;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};

use super::dataverse::{self, Asking};
use super::entra::{self, ADA, TENANT};
use super::faults::{Fault, Port};
use super::flows::{self, Asked, Body, ENVIRONMENT, OnWire};
use super::laws;
use super::plain;
use super::plan::FramePlan;
use super::sim::{Sim, UnderWay};

pub(crate) struct Frame {
    pub(crate) sim: Rc<Sim>,
    pub(crate) id: usize,
    pub(crate) plan: FramePlan,
    /// Its document is there.
    pub(crate) alive: Rc<Cell<bool>>,
    /// For the clients that `diagnose` makes for itself, which share nothing.
    alone: bool,
    tasks: RefCell<Vec<u64>>,
    under_way: RefCell<BTreeMap<String, u32>>,
    pub(crate) cleared_ms: Cell<Option<f64>>,
    /// Requests to triggers, and events that told of one.
    pub(crate) sends: Cell<u32>,
    pub(crate) invoke_events: Cell<u32>,
    /// Reasons to force a new token that were not used yet: tokens that were refused, and sign-ins.
    may_force: Cell<u32>,
    /// Forced requests that brought a token, and whether the last was for claims.
    renewals: Cell<(u32, bool)>,
    /// Times at which this copy asked a port something, and was answered.
    pub(crate) questions: Rc<RefCell<Vec<(f64, f64)>>>,
}

impl Frame {
    fn new(sim: &Rc<Sim>, id: usize, alive: Rc<Cell<bool>>, alone: bool) -> Rc<Self> {
        Rc::new(Self {
            sim: sim.clone(),
            id,
            plan: sim.plan.frames[id].clone(),
            alive,
            alone,
            tasks: RefCell::default(),
            under_way: RefCell::default(),
            cleared_ms: Cell::new(None),
            sends: Cell::new(0),
            invoke_events: Cell::new(0),
            may_force: Cell::new(0),
            renewals: Cell::default(),
            questions: Rc::default(),
        })
    }

    /// A task that ends with the document.
    pub(crate) fn run(&self, work: LocalBoxFuture<'static, ()>) {
        if self.alive.get() {
            let id = self.sim.time.spawn(work);
            self.tasks.borrow_mut().push(id);
        }
    }

    /// The document goes away.
    pub(crate) fn remove(&self) {
        self.alive.set(false);
        for id in self.tasks.take() {
            self.sim.time.cancel(id);
        }
    }

    /// A token was refused, or someone signs in.
    pub(crate) fn may_force(&self) {
        self.may_force.set(self.may_force.get() + 1);
    }

    /// One of a name at a time, within a client.
    fn single(&self, name: String) -> UnderWay<'_> {
        let (under_way, others) = UnderWay::with(&self.under_way, name.clone());
        if !self.alone && !self.cleared_lately() {
            self.sim.holds(laws::SINGLE_FLIGHT, others == 0, || {
                format!("f{} asks for {name} {} times at once", self.id, others + 1)
            });
        }
        under_way
    }

    /// What a clear overtook goes on by itself, beside what is asked after it.
    pub(crate) fn cleared_lately(&self) -> bool {
        let page = &self.sim.pages[self.plan.page];
        let cleared = [self.cleared_ms.get(), page.cleared_ms.get()];
        let lately = |then: f64| self.sim.awake_ms() - then < 500_000.0;
        cleared.into_iter().flatten().any(lately)
    }

    /// Notes a question until it is answered, or let go of.
    fn question(&self) -> impl Drop + use<> {
        struct Asked(Rc<Sim>, Rc<RefCell<Vec<(f64, f64)>>>, usize);
        impl Drop for Asked {
            fn drop(&mut self) {
                if let Some(question) = self.1.borrow_mut().get_mut(self.2) {
                    question.1 = self.0.now();
                }
            }
        }
        let mut questions = self.questions.borrow_mut();
        questions.push((self.sim.now(), f64::INFINITY));
        Asked(
            self.sim.clone(),
            self.questions.clone(),
            questions.len() - 1,
        )
    }
}

/// A copy of the module, its client, and the one that it diagnoses with.
pub(crate) struct Copy {
    pub(crate) frame: Rc<Frame>,
    pub(crate) client: Rc<Client<Frame>>,
    pub(crate) apart: Rc<Client<Frame>>,
    pub(crate) apart_frame: Rc<Frame>,
}

impl Copy {
    pub(crate) fn new(sim: &Rc<Sim>, id: usize) -> Self {
        let plan = &sim.plan.frames[id];
        let settings = Rc::new(Settings {
            cloud: Cloud::named("public").unwrap(),
            environment: EnvironmentId::parse(ENVIRONMENT).unwrap(),
            tenant_id: Some(TENANT.to_owned()),
            account: None,
            login_hint: plan.login_hint.then(|| ADA.to_owned()),
            interaction: plan.interaction,
            discovery: plan.discovery,
            timeout_ms: plan.timeout_ms,
            max_attempts: plan.max_attempts,
            cache: plan.cache,
            user: plan.user_known.then(|| ADA.to_owned()),
            sas_allowed: plan.sas_allowed,
        });
        let alive = Rc::new(Cell::new(true));
        let frame = Frame::new(sim, id, alive.clone(), false);
        let apart_frame = Frame::new(sim, id, alive, true);
        Self {
            client: Rc::new(Client::new(frame.clone(), settings.clone())),
            apart: Rc::new(Client::new(apart_frame.clone(), settings)),
            frame,
            apart_frame,
        }
    }

    pub(crate) fn remove(&self) {
        self.frame.remove();
        self.apart_frame.remove();
    }
}

impl Clock for Frame {
    fn now_ms(&self) -> f64 {
        self.sim.now()
    }

    fn date_ms(&self) -> f64 {
        self.sim.date_ms()
    }

    fn sleep(&self, ms: f64) -> LocalBoxFuture<'static, ()> {
        self.sim.time.sleep(ms).boxed_local()
    }

    fn random(&self) -> f64 {
        self.sim.random()
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.run(work);
    }
}

struct NoPolicy;

impl PolicyWatch for NoPolicy {
    fn seen(&self) -> Vec<Violation> {
        Vec::new()
    }
}

impl Page for Frame {
    fn would_open_a_popup(&self) -> bool {
        self.sim.healthy.get() || self.sim.chance(0.5)
    }

    fn is_hidden(&self) -> bool {
        self.sim.pages[self.plan.page].hidden.get()
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        plain::decode_base64(text)
    }

    fn parse_date(&self, text: &str) -> Option<f64> {
        plain::parse_date(text)
    }

    fn origin(&self) -> Option<String> {
        Some("https://contoso.crm4.dynamics.com".to_owned())
    }

    async fn organization(&self) -> Option<Organization> {
        let fault = self.sim.fault(Port::Page);
        let answer = self.sim.travel(fault, move |sim| {
            let known = Organization {
                environment_id: Some(ENVIRONMENT.to_owned()),
                tenant_id: Some(TENANT.to_owned()),
            };
            let answer = match fault {
                Fault::Status => None,
                Fault::Garbage => Some(Organization::default()),
                _ => Some(known),
            };
            (answer, sim.between(5, 100))
        });
        answer.await.ok().flatten()
    }

    fn watch_policy(&self) -> Box<dyn PolicyWatch> {
        Box::new(NoPolicy)
    }

    async fn knock(&self, url: &TrustedUrl) -> bool {
        let url = format!("https://{}/", url.host());
        self.sim.holds(laws::TRUST, flows::is_trusted(&url), || url);
        let fault = self.sim.fault(Port::Page);
        self.sim.travel(fault, |_| ((), 20.0)).await.is_ok()
    }
}

impl TokenSource for Frame {
    fn is_function(&self) -> bool {
        self.plan.function
    }

    fn accounts(&self) -> Result<Vec<KnownAccount>, Box<TokenFailure>> {
        Ok(vec![KnownAccount {
            handle: Rc::new(json!({"username": ADA})),
            tenant_id: TENANT.to_owned(),
            username: ADA.to_owned(),
            login_hint: None,
        }])
    }

    async fn acquire(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
    ) -> Result<Secret, Box<TokenFailure>> {
        let forced = ask.force_refresh;
        self.sim.note(|| {
            format!(
                "f{} asks for a token: {way:?} {forced} {:?}",
                self.id, ask.scopes
            )
        });
        if forced && way == Way::Silent {
            let reasons = self.may_force.get();
            self.may_force.set(reasons.saturating_sub(1));
            self.sim.holds(laws::FORCED, reasons > 0, || {
                format!("f{} forces another token once too often", self.id)
            });
        }
        let for_flows = ask.scopes.iter().any(|scope| scope.contains("flow"));
        let _single = for_flows.then(|| self.single("a token".to_owned()));
        let _question = self.question();
        let outcome = entra::acquire(&self.sim, self.plan.page, way, ask, subject).await;
        if forced && outcome.is_ok() {
            let (before, _) = self.renewals.get();
            self.renewals.set((before + 1, ask.claims.is_some()));
        }
        self.sim.note(|| match &outcome {
            Ok(_) => format!("f{} has a token", self.id),
            Err(failure) => format!("f{} has no token: {}", self.id, failure.code),
        });
        outcome
    }
}

impl Dataverse for Frame {
    async fn dataverse(&self, call: DataverseCall<'_>) -> Result<Foreign, Box<DataverseFailure>> {
        let asking = Asking::of(call);
        self.sim
            .note(|| format!("f{} asks Dataverse: {}", self.id, asking.line()));
        let _single = match &asking {
            Asking::Retrieve(table, id, _) if table == "workflow" => {
                Some(self.single(format!("the row of {id}")))
            }
            _ => None,
        };
        let _question = self.question();
        let outcome = dataverse::ask(&self.sim, asking).await;
        self.sim.note(|| match &outcome {
            Ok(_) => format!("f{} is told by Dataverse", self.id),
            Err(failure) => format!("f{} is refused by Dataverse: {}", self.id, failure.message),
        });
        outcome.map(|value| Rc::new(value) as Foreign)
    }
}

plain::values_of_json!(Frame);

impl Http for Frame {
    type Answer = Rc<OnWire>;

    async fn send(&self, request: Request<'_>) -> Result<Head<Rc<OnWire>>, Unanswered> {
        let sim = &self.sim;
        let (asked, port) = (Asked::of(&request), Asked::of(&request).port());
        sim.note(|| format!("f{} sends {} {}", self.id, asked.method, asked.url));
        laws::may_leave(self, &asked);
        let _single = (port == Port::FlowApi).then(|| {
            let place = asked.url.split('?').next().unwrap_or_default();
            self.single(place.to_owned())
        });
        let _question = self.question();
        let fault = sim.fault(port);
        if fault == Fault::Refused {
            sim.time.sleep(0.0).await;
            return Err(Unanswered {
                sent: false,
                cause: None,
            });
        }
        let (call, own) = (asked.call(), port == Port::Trigger);
        let has_token = asked.bearer.is_some();
        let (renewals, _) = self.renewals.get();
        let answered = sim
            .travel(fault, move |sim| flows::serve(sim, &asked, fault))
            .await;
        let Ok(answer) = answered else {
            sim.note(|| format!("f{} hears nothing", self.id));
            return Err(Unanswered {
                sent: true,
                cause: None,
            });
        };
        sim.note(|| format!("f{} is answered {}", self.id, answer.status));
        // What comes late for an old token is no reason to renew the new one, unless it wants claims that this one lacks.
        let (by_now, with_claims) = self.renewals.get();
        let is_late = !self.alone && by_now != renewals && (with_claims || !answer.wants_claims());
        if answer.status == 401 && has_token && !is_late {
            self.may_force();
        }
        if own {
            laws::asked_to_wait(sim, call, &answer);
        }
        Ok(Head {
            status: answer.status,
            headers: Rc::new(answer.headers.clone()),
            answer: Rc::new(answer),
        })
    }

    fn with_member(&self, body: &Foreign, name: &str, value: &Secret) -> Option<Foreign> {
        let mut object = body.downcast_ref::<Value>()?.as_object()?.clone();
        let before = object.insert(name.to_owned(), json!(value.expose()));
        before
            .is_none()
            .then(|| Rc::new(Value::Object(object)) as Foreign)
    }

    fn header(&self, headers: &Foreign, name: &str) -> Option<String> {
        let headers = headers.downcast_ref::<Vec<(String, String)>>()?;
        let named = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
        headers.iter().find(named).map(|(_, value)| value.clone())
    }

    async fn read(&self, answer: &Rc<OnWire>, how: ReadAs) -> Result<Foreign, Unread> {
        let _question = self.question();
        self.sim.time.sleep(answer.body_ms).await;
        match (&answer.body, how) {
            (Body::Hangs, _) => std::future::pending().await,
            (Body::Broken, _) => Err(Unread::Broken(Unanswered {
                sent: true,
                cause: None,
            })),
            // As the browser's adapter has it.
            (Body::Text(""), ReadAs::Json) => Ok(Rc::new(Value::Null)),
            (Body::Text(text), ReadAs::Json) => Err(Unread::NotJson {
                text: Rc::new(json!(text)),
                cause: None,
            }),
            (Body::Text(text), _) => Ok(Rc::new(json!(text))),
            (Body::Json(value), _) => Ok(Rc::new(value.clone())),
        }
    }

    async fn read_error(&self, answer: &Rc<OnWire>) -> Option<Foreign> {
        self.read(answer, ReadAs::Text).await.ok()
    }
}
