//! Callers: what they ask of a client, how they lose patience, and what they are told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Poll;

use entra_flow::call::{Call, Target};
use entra_flow::host::HostFacts;
use entra_flow::invocation::invoke;
use entra_flow::limits::Abort;
use entra_flow::model::{FlowError, FlowRef, Foreign, Guid, SchemaName, Secret, Stage};
use entra_flow::on_behalf_of::OnBehalfOf;
use entra_flow::operation::{Operation, OperationTable, TableOptions, Task, Waiting};
use entra_flow::port::{OrgAnswer, Organization};
use entra_flow::prefetch::prefetch;
use entra_flow::publishing::{Publication, publish};
use entra_flow::schema::{Misfit, Schema};
use entra_flow::settings::Settings;
use futures::FutureExt;
use serde_json::{Value, json};

use super::dataverse::{self, variable_name};
use super::faults::{Fault, Port};
use super::flows::{ENVIRONMENT, HOSTILE, workflow_id};
use super::frame::Copy;
use super::laws;
use super::plan::{CallPlan, Cancel, Kind};
use super::script::Gate;
use super::sim::Sim;

/// A call under way, as the world sees it.
pub(crate) struct Record {
    pub(crate) id: usize,
    pub(crate) plan: CallPlan,
    /// Begun when all was well again: the how many-th call of its client.
    pub(crate) probe: Option<u32>,
    pub(crate) started_ms: f64,
    pub(crate) time_ms: f64,
    /// How often it was polled.
    pub(crate) polls: Cell<u32>,
    /// When the caller lost patience.
    pub(crate) cancelled_ms: Cell<Option<f64>>,
    /// Requests to a trigger.
    pub(crate) sends: Cell<u32>,
    /// Runs of a flow.
    pub(crate) runs: Cell<u32>,
    /// No request of this call may leave before.
    pub(crate) not_before_ms: Cell<f64>,
    pub(crate) ended: RefCell<Option<(f64, End)>>,
}

/// What a caller is told.
pub(crate) enum End {
    Told(Result<Told, FlowError>),
    /// Nobody was there any more to hear it.
    Vanished,
}

/// A success.
#[derive(Default)]
pub(crate) struct Told {
    /// The body, of an answer or a result.
    pub(crate) data: Option<Value>,
    pub(crate) status: u16,
    pub(crate) attempts: u32,
    /// Whatever a person may see of it.
    pub(crate) text: String,
}

/// Begins a call.
pub(crate) fn start(sim: &Rc<Sim>, copy: &Copy, plan: &CallPlan, probe: Option<u32>) -> Rc<Record> {
    let id = sim.calls.borrow().len();
    let mut plan = plan.clone();
    plan.cancel = sim.patience.of(id, plan.cancel);
    let record = Rc::new(Record {
        id,
        probe,
        started_ms: sim.now(),
        time_ms: time_of(copy, &plan),
        plan,
        polls: Cell::new(0),
        cancelled_ms: Cell::new(None),
        sends: Cell::new(0),
        runs: Cell::new(0),
        not_before_ms: Cell::new(0.0),
        ended: RefCell::default(),
    });
    sim.calls.borrow_mut().push(record.clone());
    sim.note(|| format!("f{} call {id}: {:?}", copy.frame.id, record.plan));
    if record.plan.kind == Kind::SignIn {
        copy.frame.may_force();
    }
    // Opened where the caller aborts, and where the caller goes away.
    let (impatience, going) = (Gate::default(), Gate::default());
    let cancel = record.plan.cancel;
    if let Cancel::AfterMs(ms) | Cancel::VanishAfterMs(ms) = cancel {
        let (sim, record) = (sim.clone(), record.clone());
        let gate = match cancel {
            Cancel::AfterMs(_) => impatience.clone(),
            _ => going.clone(),
        };
        let timer = async move {
            sim.time.sleep(ms).await;
            give_up(&sim, &record, &gate);
        };
        copy.frame.run(timer.boxed_local());
    }
    let mut work = work(sim, copy, &record, &impatience).boxed_local();
    let (own, world, gone) = (record.clone(), sim.clone(), going.clone());
    let mut gone = async move { gone.opened().await }.boxed_local();
    let watched = std::future::poll_fn(move |context| {
        own.polls.set(own.polls.get() + 1);
        match cancel {
            Cancel::AtPoll(at) if at == own.polls.get() => give_up(&world, &own, &impatience),
            Cancel::VanishAtPoll(at) if at == own.polls.get() => give_up(&world, &own, &going),
            _ => {}
        }
        if gone.poll_unpin(context).is_ready() {
            return Poll::Ready(End::Vanished);
        }
        work.poll_unpin(context).map(End::Told)
    });
    let (own, world) = (record.clone(), sim.clone());
    let ending = async move {
        let end = watched.await;
        world.note(|| format!("call {id} ends: {}", told(&end)));
        own.ended.replace(Some((world.now(), end)));
        laws::on_end(&world, &own);
    };
    copy.frame.run(ending.boxed_local());
    record
}

fn told(end: &End) -> String {
    match end {
        End::Told(Ok(told)) => format!("{} {}", told.status, told.text),
        End::Told(Err(error)) => format!("{error:?}"),
        End::Vanished => "nobody hears".to_owned(),
    }
}

fn give_up(sim: &Sim, record: &Record, gate: &Gate) {
    if record.ended.borrow().is_none() {
        record.cancelled_ms.set(Some(sim.now()));
        sim.note(|| format!("the caller of {} gives up", record.id));
        let waited_ms = sim.now() - record.started_ms;
        let mut census = sim.census.borrow_mut();
        census.cancelled(record.plan.kind, record.polls.get(), waited_ms);
        gate.open();
    }
}

/// How long a call may take.
fn time_of(copy: &Copy, plan: &CallPlan) -> f64 {
    let own = copy.client.timeout_ms();
    match plan.kind {
        kind if kind.invokes() || kind.operates() => plan.timeout_ms,
        // A person signs in.
        Kind::SignIn => own.max(300_000.0),
        // All addresses in one time, then each variable in one.
        Kind::Publish => own * (1.0 + plan.flows.len() as f64),
        _ => own,
    }
}

fn flow(flow: usize) -> FlowRef {
    FlowRef::manual(guid(&workflow_id(flow)))
}

fn guid(text: &str) -> Guid {
    Guid::parse(text).unwrap()
}

fn variable(flow: usize) -> SchemaName {
    SchemaName::parse(&variable_name(flow)).unwrap()
}

fn target(sim: &Sim, plan: &CallPlan) -> Target {
    match (plan.kind, plan.variant % 3) {
        (Kind::InvokeByVariable, _) | (Kind::Diagnose | Kind::CallbackUrl, 1) => {
            Target::Variable(variable(plan.flow))
        }
        (Kind::InvokeByUrl, 0) if !sim.plan.calm => {
            let one = plan.variant as usize / 3 % HOSTILE.len();
            Target::Url(HOSTILE[one].to_owned())
        }
        (Kind::InvokeByUrl, _) | (Kind::Diagnose | Kind::CallbackUrl, 2) => {
            Target::Url(sim.flows.trigger_url(plan.flow))
        }
        _ => Target::Flow(flow(plan.flow)),
    }
}

fn abort(impatience: &Gate) -> Option<Abort> {
    let impatience = impatience.clone();
    let aborted = async move {
        impatience.opened().await;
        Rc::new("the caller's reason".to_owned()) as Foreign
    };
    Some(aborted.boxed_local())
}

fn schema(plan: &CallPlan) -> Option<Schema> {
    let verdict = plan.variant / 7 % 12;
    (verdict < 3).then(|| -> Schema {
        Box::new(move |data: Option<&Foreign>| {
            let data = data.cloned();
            async move {
                match (verdict, data) {
                    (0, Some(data)) => Ok(data),
                    (1, _) => Err(Misfit::Threw(Rc::new(json!("thrown")))),
                    _ => Err(Misfit::Issues {
                        message: Some("no: ?sig=GEHEIM".to_owned()),
                        issues: Rc::new(json!([])),
                    }),
                }
            }
            .boxed_local()
        })
    })
}

async fn work_of_invoke(
    copy: Rc<entra_flow::client::Client<super::frame::Frame>>,
    target: Target,
    call: Box<Call>,
) -> Result<Told, FlowError> {
    let answer = invoke(&copy, &target, call).await?;
    Ok(Told {
        data: answer.data.downcast_ref::<Value>().cloned(),
        status: answer.status,
        attempts: answer.attempts,
        text: String::new(),
    })
}

fn invocation(sim: &Sim, record: &Record, impatience: &Gate) -> Box<Call> {
    let plan = &record.plan;
    let takes_body = plan.method.takes_a_body();
    let wish = (plan.kind == Kind::OnBehalfOf).then(|| OnBehalfOf {
        scopes: vec![format!("api://own/{}", plan.variant % 2)],
        header: (plan.variant % 5 < 3).then(|| "x-second".to_owned()),
        property: (plan.variant % 5 > 1).then(|| "second".to_owned()),
    });
    let accepts_all = plan.accepts_all;
    Box::new(Call {
        method: plan.method,
        path: Vec::new(),
        query: if takes_body {
            Vec::new()
        } else {
            vec![("call".to_owned(), record.id.to_string())]
        },
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: takes_body.then(|| Rc::new(json!({"call": record.id})) as Foreign),
        read_as: plan.read_as,
        timeout_ms: plan.timeout_ms,
        abort: abort(impatience),
        idempotent: plan.idempotent,
        accept: accepts_all.then(|| Box::new(|_| Ok(true)) as entra_flow::call::AcceptStatus),
        on_behalf_of: wish,
        second_token: None::<Secret>,
        follow: plan.follow,
        schema: schema(plan).filter(|_| !sim.plan.calm && record.probe.is_none()),
    })
}

fn table(kind: Kind) -> OperationTable {
    let options = TableOptions {
        table: dataverse::TABLE.to_owned(),
        input: "ef_input".to_owned(),
        result: "ef_result".to_owned(),
        status: "ef_status".to_owned(),
        error: Some("ef_error".to_owned()),
        completed: dataverse::COMPLETED,
        failed: dataverse::FAILED,
        pending: Some(dataverse::PENDING),
        running: Some(dataverse::RUNNING),
        // Whoever waits for another's row leaves it there.
        delete_when_done: kind != Kind::OperationWait,
    };
    OperationTable::new(Box::new(options)).unwrap()
}

async fn operate(
    sim: Rc<Sim>,
    operation: Operation<super::frame::Frame>,
    record: Rc<Record>,
    impatience: Gate,
) -> Result<Told, FlowError> {
    let input = || Some(format!("call {}", record.id));
    let task = match record.plan.kind {
        Kind::OperationRun => Task::Run(input()),
        Kind::OperationStart => Task::Start(input()),
        _ => {
            // Some wait for a row that was never there.
            let row = if record.plan.waits_in_vain() {
                usize::MAX >> 32
            } else {
                sim.tables.earlier(&sim, record.id)
            };
            Task::Wait(guid(&dataverse::row_id(row)))
        }
    };
    let (heard, id) = (sim.clone(), record.id);
    let waiting = Waiting {
        timeout_ms: record.plan.timeout_ms,
        abort: abort(&impatience),
        on_progress: Some(Box::new(move |row, status, elapsed| {
            heard.note(|| format!("call {id} hears of {row:?}: {status} after {elapsed}"));
        })),
        schema: schema(&record.plan).filter(|_| !sim.plan.calm && record.probe.is_none()),
    };
    let operated = operation.perform(task, Box::new(waiting)).await?;
    Ok(Told {
        data: operated
            .data
            .and_then(|data| data.downcast_ref::<Value>().cloned()),
        text: operated.id.as_str().to_owned(),
        ..Told::default()
    })
}

/// What the host does before there is a client.
async fn create(
    sim: Rc<Sim>,
    timeout_ms: f64,
    copy: Rc<super::frame::Frame>,
) -> Result<Told, FlowError> {
    let mut facts = HostFacts {
        client_url: Some("https://contoso.crm4.dynamics.com".to_owned()),
        ..HostFacts::default()
    };
    let ask_org = async |_: &str| {
        let fault = sim.fault(Port::Page);
        let answer = sim.travel(fault, move |sim| {
            let organization = Organization {
                environment_id: Some(ENVIRONMENT.to_owned()),
                tenant_id: None,
            };
            let answer = match fault {
                Fault::Status => OrgAnswer {
                    status: *sim.pick(&[401, 429, 500, 503]),
                    organization: None,
                },
                Fault::Garbage => OrgAnswer {
                    status: 200,
                    organization: Some(Organization {
                        environment_id: Some("sig=GEHEIM".to_owned()),
                        tenant_id: Some(String::new()),
                    }),
                },
                _ => OrgAnswer {
                    status: 200,
                    organization: Some(organization),
                },
            };
            (answer, sim.between(5, 100))
        });
        answer
            .await
            .map_err(|_| Rc::new("Failed to fetch".to_owned()) as Foreign)
    };
    let environment = facts.environment(None, &*copy, timeout_ms, ask_org).await?;
    Ok(Told {
        text: environment.as_str().to_owned(),
        ..Told::default()
    })
}

/// The call itself.
fn work(
    sim: &Rc<Sim>,
    copy: &Copy,
    record: &Rc<Record>,
    impatience: &Gate,
) -> futures::future::LocalBoxFuture<'static, Result<Told, FlowError>> {
    let (client, plan) = (copy.client.clone(), record.plan.clone());
    let with_text = |text: String| Told {
        text,
        ..Told::default()
    };
    match plan.kind {
        kind if kind.invokes() => {
            let call = invocation(sim, record, impatience);
            work_of_invoke(client, target(sim, &plan), call).boxed_local()
        }
        kind if kind.operates() => {
            let operation = Operation::new(client, table(kind));
            operate(sim.clone(), operation, record.clone(), impatience.clone()).boxed_local()
        }
        Kind::Prefetch => async move {
            let ids: Vec<_> = plan
                .flows
                .iter()
                .map(|flow| guid(&workflow_id(*flow)))
                .collect();
            prefetch(&client, &ids).await.map(|()| Told::default())
        }
        .boxed_local(),
        Kind::Publish => {
            // What it asks anew may be asked for already.
            copy.frame.cleared_ms.set(Some(sim.awake_ms()));
            async move {
                let one = |flow: &usize| Publication {
                    flow: self::flow(*flow),
                    variable: variable(*flow),
                };
                let list: Vec<_> = plan.flows.iter().map(one).collect();
                let mut words = BTreeMap::new();
                let mut failed = None;
                for (flow, outcome) in plan.flows.iter().zip(publish(&client, &list).await) {
                    match outcome {
                        Ok(published) => drop(words.insert(*flow, published.as_str())),
                        Err(error) => failed = Some(error),
                    }
                }
                failed.map_or_else(|| Ok(with_text(format!("{words:?}"))), Err)
            }
            .boxed_local()
        }
        Kind::HttpFlows => async move {
            let flows = client.http_flows().await?;
            Ok(with_text(format!("{flows:?}")))
        }
        .boxed_local(),
        Kind::Diagnose => {
            let (apart, target) = (copy.apart.clone(), target(sim, &plan));
            async move {
                let report = apart.diagnose(&target).await;
                let text = format!("{:?}", report.checks());
                if report.ok() {
                    return Ok(with_text(text));
                }
                // So that the census tells the two apart.
                let mut error = FlowError::invalid(&["not ok"]);
                error = error.with(|fields| fields.service_message = Some(text));
                Err(error.with(|fields| fields.stage = Stage::Options))
            }
            .boxed_local()
        }
        Kind::CallbackUrl => {
            let target = target(sim, &plan);
            let (frame, now) = (copy.frame.clone(), sim.awake_ms());
            async move {
                if plan.refresh {
                    frame.cleared_ms.set(Some(now));
                }
                let url = client.callback_url(&target, plan.refresh).await?;
                Ok(with_text(url))
            }
            .boxed_local()
        }
        Kind::SignIn => {
            async move { client.sign_in().await.map(|()| Told::default()) }.boxed_local()
        }
        Kind::ClearCache => {
            let (frame, now) = (copy.frame.clone(), sim.awake_ms());
            async move {
                frame.cleared_ms.set(Some(now));
                client.clear_cache();
                Ok(Told::default())
            }
            .boxed_local()
        }
        _ => {
            let timeout_ms = client.timeout_ms().max(Settings::TIMEOUT_MS.min(1.0));
            create(sim.clone(), timeout_ms, copy.frame.clone()).boxed_local()
        }
    }
}
