//! The flow service: the Power Automate API that tells trigger URLs, the triggers, and where a 202 leads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use entra_flow::port::Request;
use serde_json::{Value, json};

use super::calls::Record;
use super::entra::challenge;
use super::faults::{Fault, Port};
use super::plan::{Behaviour, Plan};
use super::sim::Sim;

pub(crate) const ENVIRONMENT: &str = "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d";
const API: &str = "https://api.flow.microsoft.com/";
const OWN_HOST: &str =
    "https://8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com";
const SAS_HOST: &str = "https://prod-01.westeurope.logic.azure.com";

/// URLs that no token may go to.
pub(crate) const HOSTILE: [&str; 6] = [
    "https://evil.example/workflows/1/triggers/manual/paths/invoke?api-version=1",
    "http://prod-01.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke",
    "https://ada:GEHEIM@prod-01.westeurope.logic.azure.com/workflows/1",
    "https://prod-01.westeurope.logic.azure.com.evil.example/workflows/1",
    "https://prod-01.westeurope.logic.azure.com\\@evil.example/workflows/1",
    "https://prod-01.westeurope.logic.azure.com./workflows/1",
];

/// A request as it left.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) bearer: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
}

impl Asked {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        Self {
            method: request.method.as_str(),
            url: request.url.expose().to_owned(),
            bearer: request.bearer.map(|bearer| bearer.expose().to_owned()),
            headers: request.headers.to_vec(),
            body: request
                .body
                .and_then(|body| body.downcast_ref::<Value>().cloned()),
        }
    }

    pub(crate) fn port(&self) -> Port {
        if self.url.contains("/listCallbackUrl?") {
            Port::FlowApi
        } else if self.url.contains("/operations/") {
            Port::Poll
        } else {
            Port::Trigger
        }
    }

    /// The call that it belongs to: in its query, or in its body.
    pub(crate) fn call(&self) -> Option<usize> {
        if let Some((_, rest)) = self.url.split_once("&call=") {
            return rest.split('&').next()?.parse().ok();
        }
        usize::try_from(self.body.as_ref()?.get("call")?.as_u64()?).ok()
    }

    fn segment_after(&self, name: &str) -> &str {
        let rest = self.url.split_once(name).map_or("", |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or_default()
    }
}

/// What comes back.
pub(crate) struct OnWire {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) body_ms: f64,
}

pub(crate) enum Body {
    Json(Value),
    Text(&'static str),
    /// It breaks off.
    Broken,
    Hangs,
}

impl OnWire {
    fn new(status: u16, body: Body) -> Self {
        let json = matches!(body, Body::Json(_));
        let mut headers = Vec::new();
        if json {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        Self {
            status,
            headers,
            body,
            body_ms: 0.0,
        }
    }

    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn wants_claims(&self) -> bool {
        let is_challenge = |(name, value): &(String, String)| {
            name == "www-authenticate" && value.contains("claims=")
        };
        self.headers.iter().any(is_challenge)
    }

    /// An error in the service's shape.
    fn service(status: u16, code: &str) -> Self {
        let message = format!("The service says {code}.");
        Self::new(
            status,
            Body::Json(json!({"error": {"code": code, "message": message}})),
        )
    }
}

/// A flow.
pub(crate) struct Flow {
    /// How often it was made anew.
    pub(crate) made: Cell<u32>,
    /// How often its URL changed.
    pub(crate) url: Cell<u32>,
    pub(crate) anyone: Cell<bool>,
    pub(crate) on: Cell<bool>,
}

/// A run that answers later.
struct Run {
    call: usize,
    done_ms: f64,
}

pub(crate) struct Flows {
    pub(crate) all: Vec<Flow>,
    runs: RefCell<Vec<Run>>,
}

impl Flows {
    pub(crate) fn new(plan: &Plan) -> Self {
        let flow = |_| Flow {
            made: Cell::new(0),
            url: Cell::new(0),
            anyone: Cell::new(false),
            on: Cell::new(true),
        };
        Self {
            all: (0..plan.flows).map(flow).collect(),
            runs: RefCell::default(),
        }
    }

    pub(crate) fn recreate(&self, flow: usize) {
        let flow = &self.all[flow];
        flow.made.set(flow.made.get() + 1);
        flow.url.set(flow.url.get() + 1);
    }

    /// Between "anyone" and the tenant; the URL changes with it.
    pub(crate) fn switch(&self, flow: usize, anyone: bool) {
        let flow = &self.all[flow];
        if flow.anyone.replace(anyone) != anyone {
            flow.url.set(flow.url.get() + 1);
        }
    }

    pub(crate) fn resource_id(&self, flow: usize) -> String {
        format!(
            "99999999-{:04}-4000-8000-{flow:012}",
            self.all[flow].made.get()
        )
    }

    /// Where its trigger is now.
    pub(crate) fn trigger_url(&self, flow: usize) -> String {
        let own = &self.all[flow];
        let id = format!("{flow:016x}{:016x}", own.url.get());
        if own.anyone.get() {
            format!(
                "{SAS_HOST}:443/workflows/{id}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=GEHEIM{id}"
            )
        } else {
            format!(
                "{OWN_HOST}:443/powerautomate/automations/direct/workflows/{id}/triggers/manual/paths/invoke?api-version=1"
            )
        }
    }
}

pub(crate) fn workflow_id(flow: usize) -> String {
    format!("11111111-2222-4333-8444-{flow:012}")
}

/// Answers a request, and says how long that takes.
pub(crate) fn serve(sim: &Rc<Sim>, asked: &Asked, fault: Fault) -> (OnWire, f64) {
    match asked.port() {
        Port::FlowApi => (list(sim, asked, fault), sim.between(10, 300)),
        Port::Poll => (poll(sim, asked, fault), sim.between(10, 100)),
        _ => trigger(sim, asked, fault),
    }
}

fn throttled(sim: &Sim) -> OnWire {
    let answer = OnWire::service(429, "TooManyRequests");
    match *sim.pick(&["seconds", "seconds", "date", "garbage", "none"]) {
        "seconds" => {
            let most = *sim.pick(&[30, 30, 180]);
            answer.header("retry-after", sim.between(0, most).to_string())
        }
        "date" => {
            let then = std::time::UNIX_EPOCH
                + std::time::Duration::from_millis(
                    (super::sim::START_OF_DAY_MS + sim.now()) as u64 + 10_000,
                );
            answer.header("retry-after", httpdate::fmt_http_date(then))
        }
        "garbage" => answer.header("retry-after", *sim.pick(&["-1", "soon", "", "1e9"])),
        _ => answer,
    }
}

/// An error that repeats every secret of its request.
fn echo(asked: &Asked, status: u16, code: &str) -> OnWire {
    let second: Vec<_> = asked.headers.iter().map(|(_, value)| value).collect();
    let message = format!(
        "Bad request: Authorization: Bearer {} to {} with {second:?} and {} by https://x.example/?sp=1&sig=GEHEIM",
        asked.bearer.as_deref().unwrap_or_default(),
        asked.url,
        asked
            .body
            .as_ref()
            .map(Value::to_string)
            .unwrap_or_default(),
    );
    let body = json!({"error": {"code": code, "message": message}});
    let answer = OnWire::new(status, Body::Json(body));
    match &asked.bearer {
        Some(bearer) => answer
            .header("x-ms-correlation-id", bearer)
            .header("x-ms-workflow-run-id", bearer),
        None => answer.header("x-ms-request-id", format!("sig=GEHEIM {}", asked.url)),
    }
}

fn refused_token(sim: &Sim, refused: super::entra::Refused) -> OnWire {
    let answer = OnWire::service(401, "ExpiredAuthenticationToken");
    match refused.www_authenticate {
        // CORS need not let the page read it.
        Some(text) if sim.chance(0.8) => answer.header("www-authenticate", text),
        _ => answer,
    }
}

fn list(sim: &Sim, asked: &Asked, fault: Fault) -> OnWire {
    match fault {
        Fault::Throttle => return throttled(sim),
        Fault::Challenge => {
            let answer = OnWire::service(401, "InsufficientClaims");
            return answer.header("www-authenticate", challenge(sim));
        }
        Fault::Echo => {
            return echo(
                asked,
                *sim.pick(&[400, 403, 404, 500, 503]),
                "SomethingIsWrong",
            );
        }
        Fault::Status => {
            return match *sim.pick(&[403, 404, 418, 500, 502, 503]) {
                403 => OnWire::service(403, "InsufficientCdsPermissions"),
                404 => OnWire::service(404, "FlowNotFound"),
                503 => OnWire::service(503, "ServiceUnavailable"),
                status => OnWire::new(status, Body::Text("<html>no</html>")),
            };
        }
        Fault::Garbage => {
            return match *sim.pick(&["text", "no url", "broken", "hangs", "hostile", "hostile"]) {
                "text" => OnWire::new(200, Body::Text("<html>yes</html>")),
                "no url" => OnWire::new(200, Body::Json(json!({"response": {"value": 7}}))),
                "broken" => OnWire::new(200, Body::Broken),
                "hangs" => OnWire::new(200, Body::Hangs),
                _ => OnWire::new(
                    200,
                    Body::Json(json!({"response": {"value": sim.pick(&HOSTILE)}})),
                ),
            };
        }
        _ => {}
    }
    let bearer = asked.bearer.as_deref().unwrap_or_default();
    if let Err(refused) = sim.entra.judge(sim, bearer) {
        return refused_token(sim, refused);
    }
    let id = asked.segment_after("/flows/");
    let found = (0..sim.flows.all.len())
        .find(|flow| sim.flows.resource_id(*flow) == id || workflow_id(*flow) == id);
    let Some(flow) = found else {
        return OnWire::service(404, "FlowNotFound");
    };
    let url = sim.flows.trigger_url(flow);
    let (base, query) = url.split_once('?').unwrap_or((&url, ""));
    let answer = match *sim.pick(&["value", "value", "bare", "content", "parts"]) {
        "bare" => json!({"value": url, "method": "GET"}),
        "content" => json!({"$content": url}),
        "parts" if !query.contains('%') => {
            let queries = query.split('&').filter_map(|pair| pair.split_once('='));
            let queries: serde_json::Map<_, _> = queries
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect();
            json!({"response": {"basePath": base, "queries": queries}})
        }
        _ => json!({"response": {"value": url, "method": "GET"}, "httpStatusCode": "OK"}),
    };
    OnWire::new(200, Body::Json(answer))
}

fn trigger(sim: &Rc<Sim>, asked: &Asked, fault: Fault) -> (OnWire, f64) {
    let soon = sim.between(5, 100);
    let record = asked
        .call()
        .and_then(|call| sim.calls.borrow().get(call).cloned());
    match fault {
        Fault::Throttle => return (throttled(sim), soon),
        Fault::Challenge => {
            let answer = OnWire::service(401, "InsufficientClaims");
            return (answer.header("www-authenticate", challenge(sim)), soon);
        }
        Fault::Echo => {
            let codes = ["TriggerInputSchemaMismatch", "AuthorizationFailed", "Other"];
            let (status, code) = (*sim.pick(&[400, 403]), *sim.pick(&codes));
            return (echo(asked, status, code), soon);
        }
        _ => {}
    }
    if let Err(answer) = admitted(sim, asked) {
        return (answer, soon);
    }
    let Some(record) = record else {
        sim.breaks("own answer", format!("nobody's request to {}", asked.url));
        return (OnWire::new(500, Body::Broken), soon);
    };
    if fault == Fault::Status && sim.chance(0.4) {
        // Before anything was started.
        let status = *sim.pick(&[500, 502, 503, 504]);
        let answer = if sim.chance(0.5) {
            OnWire::service(status, "ServiceUnavailable")
        } else {
            OnWire::new(status, Body::Text("<html>no</html>"))
        };
        return (answer, soon);
    }
    run(sim, &record);
    let (run_id, slow) = (format!("run-{}", record.id), sim.between(5, 3_000));
    let answer = match fault {
        Fault::Status => match *sim.pick(&[408, 500, 502, 502, 503, 504]) {
            502 if sim.chance(0.5) => return (OnWire::service(502, "NoResponse"), 120_000.0),
            408 => OnWire::service(408, "RequestTimeout"),
            status if sim.chance(0.5) => OnWire::service(status, "InternalError"),
            status => OnWire::new(status, Body::Text("<html>no</html>")),
        },
        Fault::Garbage => {
            let body = match *sim.pick(&["text", "broken", "hangs"]) {
                "text" => Body::Text("{\"call\": "),
                "broken" => Body::Broken,
                _ => Body::Hangs,
            };
            OnWire::new(200, body).header("content-type", "application/json")
        }
        _ => behave(sim, &record),
    };
    (answer.header("x-ms-workflow-run-id", run_id), slow)
}

/// Whether the trigger starts the flow, or with what it refuses.
fn admitted(sim: &Sim, asked: &Asked) -> Result<(), OnWire> {
    let id = asked.segment_after("/workflows/");
    let (flow, made) = id.split_at_checked(16).unwrap_or_default();
    let flow = usize::from_str_radix(flow, 16)
        .ok()
        .and_then(|flow| Some((flow, sim.flows.all.get(flow)?)));
    let (signed, bearer) = (asked.url.contains("sig="), asked.bearer.as_deref());
    let Some((_, flow)) = flow else {
        return Err(OnWire::service(404, "WorkflowNotFound"));
    };
    if u32::from_str_radix(made, 16).ok() != Some(flow.url.get()) {
        // The old URL of a flow that was switched, or made anew.
        return Err(if signed && sim.chance(0.3) {
            OnWire::service(401, "DirectApiInvalidAuthorizationScheme")
        } else if flow.anyone.get() && sim.chance(0.3) {
            OnWire::service(401, "OAuthAccessPolicyNotFound")
        } else {
            OnWire::service(404, "WorkflowNotFound")
        });
    }
    match (flow.anyone.get(), bearer) {
        (true, None) if signed => {}
        (true, None) => return Err(OnWire::service(401, "DirectApiAuthorizationRequired")),
        (true, Some(_)) => return Err(OnWire::service(401, "OAuthAccessPolicyNotFound")),
        (false, None) => return Err(OnWire::service(401, "DirectApiAuthorizationRequired")),
        (false, Some(bearer)) => sim
            .entra
            .judge(sim, bearer)
            .map_err(|refused| refused_token(sim, refused))?,
    }
    if flow.on.get() {
        Ok(())
    } else {
        Err(OnWire::service(400, "WorkflowTriggerIsNotEnabled"))
    }
}

/// The flow runs: the one thing that can't be undone.
pub(crate) fn run(sim: &Sim, record: &Record) {
    record.runs.set(record.runs.get() + 1);
    sim.census.borrow_mut().runs += 1;
    sim.note(|| format!("the flow runs for call {}", record.id));
}

fn own(call: usize) -> Body {
    Body::Json(json!({"call": call, "answer": "yes"}))
}

fn behave(sim: &Sim, record: &Record) -> OnWire {
    let behaviour = record.plan.behaviour;
    sim.census.borrow_mut().behaviour(behaviour);
    match behaviour {
        Behaviour::Answers => OnWire::new(200, own(record.id)),
        Behaviour::Fails(status) => {
            let body = json!({"call": record.id, "error": "the flow's own"});
            let answer = OnWire::new(status, Body::Json(body));
            if sim.chance(0.3) {
                answer.header("retry-after", "1")
            } else {
                answer
            }
        }
        Behaviour::Accepts => OnWire::new(202, Body::Text("")),
        Behaviour::Later => {
            let mut runs = sim.flows.runs.borrow_mut();
            let number = runs.len();
            let latest = if sim.plan.calm { 50_000 } else { 200_000 };
            runs.push(Run {
                call: record.id,
                done_ms: sim.now() + sim.between(500, latest),
            });
            let url = if !sim.healthy.get() && !sim.plan.calm && sim.chance(0.1) {
                (*sim.pick(&HOSTILE)).to_owned()
            } else {
                location(number)
            };
            wait(
                sim,
                OnWire::new(202, Body::Text("")).header("location", url),
            )
        }
    }
}

fn location(run: usize) -> String {
    format!(
        "{SAS_HOST}:443/workflows/1/runs/{run}/operations/2?api-version=2016-06-01&sp=1&sv=1.0&sig=GEHEIM-run{run}"
    )
}

fn wait(sim: &Sim, answer: OnWire) -> OnWire {
    if sim.chance(0.5) {
        let most = *sim.pick(&[10, 10, 60]);
        answer.header("retry-after", sim.between(0, most).to_string())
    } else {
        answer
    }
}

fn poll(sim: &Sim, asked: &Asked, fault: Fault) -> OnWire {
    match fault {
        Fault::Throttle => return throttled(sim),
        Fault::Echo => return echo(asked, *sim.pick(&[400, 403, 500]), "SomethingIsWrong"),
        Fault::Status => {
            let status = *sim.pick(&[400, 401, 404, 500, 502, 503, 504]);
            return if sim.chance(0.5) {
                OnWire::service(status, "ServiceUnavailable")
            } else {
                OnWire::new(status, Body::Text("<html>no</html>"))
            };
        }
        Fault::Garbage => {
            let body = match *sim.pick(&["text", "broken", "hangs"]) {
                "text" => Body::Text("{\"call\": "),
                "broken" => Body::Broken,
                _ => Body::Hangs,
            };
            return OnWire::new(200, body).header("content-type", "application/json");
        }
        _ => {}
    }
    let number: Option<usize> = asked.segment_after("/runs/").parse().ok();
    let runs = sim.flows.runs.borrow();
    let Some((number, run)) = number.and_then(|number| Some((number, runs.get(number)?))) else {
        return OnWire::service(404, "RunNotFound");
    };
    if sim.now() < run.done_ms {
        let answer = OnWire::new(202, Body::Text(""));
        return wait(sim, answer.header("location", location(number)));
    }
    OnWire::new(200, own(run.call))
}

/// Whether a token may go to a URL: by the world's own, much plainer reading of it.
pub(crate) fn is_trusted(url: &str) -> bool {
    let plain = |rest: &str| rest.starts_with(['/', '?', ':']) && !rest.contains(['@', '\\', '#']);
    url.starts_with(API)
        || url.strip_prefix(OWN_HOST).is_some_and(plain)
        || url.strip_prefix(SAS_HOST).is_some_and(plain)
}
