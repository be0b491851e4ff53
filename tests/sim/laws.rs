//! What has to hold in every world, whatever goes wrong in it.

use std::rc::Rc;

use entra_flow::model::{ErrorCode, FlowError, Stage};
use serde_json::Value;

use super::calls::{End, Record};
use super::entra::secret_in;
use super::faults::Port;
use super::flows::{Asked, OnWire, is_trusted};
use super::frame::{Copy, Frame};
use super::plan::{Cancel, Kind};
use super::sim::Sim;

pub(crate) const ONE_RUN: &str = "at most one run, unless idempotent";
pub(crate) const TOLD: &str = "mayHaveRun is true where it ran";
pub(crate) const NOT_CRIED: &str = "mayHaveRun is false where nothing was sent";
pub(crate) const DEADLINE: &str = "a call ends before its time and a tick";
pub(crate) const TRUST: &str = "no token outside a trusted host";
pub(crate) const SAS: &str = "no signed URL where it is refused, no token beside a signature";
pub(crate) const SECRETS: &str = "no secret in any output";
pub(crate) const SINGLE_FLIGHT: &str = "single flight";
pub(crate) const FORGOTTEN: &str = "no failed flight is remembered";
pub(crate) const CANCELLED: &str = "who cancels is told at once, and only they";
pub(crate) const OWN: &str = "own answer";
pub(crate) const CALM: &str = "where nothing goes wrong, nothing fails";
pub(crate) const RECOVERY: &str = "after the faults the next call succeeds";
pub(crate) const WAITING: &str = "who is asked to wait waits";
pub(crate) const EVENTS: &str = "an event for each request to a trigger";
pub(crate) const ATTEMPTS: &str = "no more attempts than allowed, and they are counted";
pub(crate) const FORCED: &str = "a new token is forced once for each refusal";
pub(crate) const REST: &str = "nothing is left";

pub(crate) const ALL: [&str; 17] = [
    ONE_RUN,
    TOLD,
    NOT_CRIED,
    DEADLINE,
    TRUST,
    SAS,
    SECRETS,
    SINGLE_FLIGHT,
    FORGOTTEN,
    CANCELLED,
    OWN,
    CALM,
    RECOVERY,
    WAITING,
    EVENTS,
    ATTEMPTS,
    FORCED,
];

/// Milliseconds by which a timer may be late.
const TICK_MS: f64 = 1.0;

pub(crate) fn no_secret(sim: &Sim, place: &str, text: &str) {
    sim.holds(SECRETS, secret_in(text).is_none(), || {
        format!("{place}: {text}")
    });
}

/// Whether a request may leave, and for whom it is counted.
pub(crate) fn may_leave(frame: &Frame, asked: &Asked) {
    let sim = &frame.sim;
    let (trusted, url) = (is_trusted(&asked.url), || asked.url.clone());
    // Even without a token: nothing of ours has business elsewhere.
    sim.holds(TRUST, trusted, url);
    if let Some(bearer) = &asked.bearer {
        let token = sim.entra.token(bearer);
        sim.holds(TRUST, token.is_some_and(|token| token.for_flows), || {
            format!(
                "a token that is not for the flow service went to {}",
                asked.url
            )
        });
    }
    let signed = asked.url.contains("sig=");
    sim.holds(SAS, !(signed && asked.bearer.is_some()), url);
    if asked.port() != Port::Trigger {
        return;
    }
    sim.holds(SAS, !signed || frame.plan.sas_allowed, url);
    frame.sends.set(frame.sends.get() + 1);
    let Some(record) = call_of(sim, asked.call()) else {
        return sim.breaks(OWN, format!("nobody's request to {}", asked.url));
    };
    record.sends.set(record.sends.get() + 1);
    let (now, not_before) = (sim.now(), record.not_before_ms.get());
    sim.holds(WAITING, now >= not_before, || {
        format!(
            "call {} asks again {} ms too early",
            record.id,
            not_before - now
        )
    });
}

fn call_of(sim: &Sim, call: Option<usize>) -> Option<Rc<Record>> {
    sim.calls.borrow().get(call?).cloned()
}

/// A throttled call may not ask again before the time that the service named.
pub(crate) fn asked_to_wait(sim: &Sim, call: Option<usize>, answer: &OnWire) {
    let named = |(name, _): &&(String, String)| name == "retry-after";
    let asked = answer.headers.iter().find(named);
    if answer.status == 429
        && let Some(seconds) = asked.and_then(|(_, value)| value.parse::<u32>().ok())
        && let Some(record) = call_of(sim, call)
    {
        record
            .not_before_ms
            .set(sim.now() + f64::from(seconds) * 1000.0);
    }
}

/// Every text of an error that may reach a log or a screen.
fn everything_said(error: &FlowError) -> String {
    let own = [
        &error.service_code,
        &error.service_message,
        &error.correlation_id,
        &error.run_id,
    ];
    let mut said = format!("{error:?} {} {} {own:?}", error.message, error.hint);
    for (id, error) in &error.failures {
        said += &format!(" {id:?} {}", everything_said(error));
    }
    said
}

/// The last moment at which a call may end: later only where the device slept past it.
fn last_moment(sim: &Sim, record: &Record) -> f64 {
    let mut last = record.started_ms + record.time_ms;
    for (from, to) in sim.jumps.borrow().iter() {
        if *from <= last && last < *to {
            last = *to;
            // Each variable of a publication has a time of its own, which may begin only now.
            if record.plan.kind == Kind::Publish {
                last += record.time_ms;
            }
        }
    }
    last + TICK_MS
}

/// What holds of a call that ended.
pub(crate) fn on_end(sim: &Sim, record: &Record) {
    let ended = record.ended.borrow();
    let Some((at_ms, end)) = &*ended else { return };
    let (id, plan) = (record.id, &record.plan);
    let last = last_moment(sim, record);
    sim.holds(DEADLINE, *at_ms <= last, || {
        format!("call {id} ({:?}) ended {} ms late", plan.kind, at_ms - last)
    });
    let name = match end {
        End::Vanished => "vanished",
        End::Told(Ok(_)) => "ok",
        End::Told(Err(error)) => error.code.as_str(),
    };
    // Those that must succeed would hide that no other does.
    if record.probe.is_none() {
        let polls = record.polls.get();
        sim.census.borrow_mut().call(plan.kind, name, polls);
    }
    let End::Told(outcome) = end else { return };
    if let Some(gave_up) = record.cancelled_ms.get() {
        sim.holds(CANCELLED, at_ms - gave_up <= TICK_MS, || {
            format!("call {id} went on for {} ms", at_ms - gave_up)
        });
    }
    match outcome {
        Ok(told) => {
            no_secret(sim, "an answer", &told.text);
            let Some(data) = told.data.as_ref().and_then(Value::as_object) else {
                return;
            };
            let whose = data.get("call").and_then(Value::as_u64);
            if plan.kind.operates() || (200..300).contains(&told.status) {
                sim.holds(OWN, whose == u64::try_from(id).ok(), || {
                    format!("call {id} got {data:?}")
                });
            }
            if plan.kind.invokes() {
                sim.holds(ATTEMPTS, told.attempts == record.sends.get(), || {
                    format!(
                        "call {id} counts {} of {}",
                        told.attempts,
                        record.sends.get()
                    )
                });
            }
        }
        Err(error) => on_error(sim, record, error),
    }
}

fn on_error(sim: &Sim, record: &Record, error: &FlowError) {
    let (id, plan) = (record.id, &record.plan);
    no_secret(sim, "an error", &everything_said(error));
    let cancelled = record.cancelled_ms.get().is_some();
    sim.holds(
        CANCELLED,
        error.code != ErrorCode::Aborted || cancelled,
        || format!("call {id} is told that it was aborted"),
    );
    if !plan.kind.hears() {
        return;
    }
    let (runs, sends) = (record.runs.get(), record.sends.get());
    sim.holds(TOLD, error.may_have_run || runs == 0, || {
        format!("call {id} ran {runs} times: {error:?}")
    });
    if plan.kind.invokes() {
        sim.holds(NOT_CRIED, !error.may_have_run || sends > 0, || {
            format!("call {id} sent nothing: {error:?}")
        });
    }
}

/// What holds when nothing happens any more.
pub(crate) fn at_rest(sim: &Sim, copies: &[Copy]) {
    let left = (sim.time.timers(), sim.time.tasks());
    sim.holds(REST, left == (0, 0), || {
        format!("{} timers and {} tasks", left.0, left.1)
    });
    for record in sim.calls.borrow().iter() {
        let copy = &copies[record.plan.frame];
        let plan = &record.plan;
        let (id, runs, sends) = (record.id, record.runs.get(), record.sends.get());
        let allowed = copy.frame.plan.max_attempts;
        let most = if plan.idempotent && plan.kind.invokes() {
            allowed
        } else {
            1
        };
        sim.holds(ONE_RUN, runs <= most, || {
            format!("call {id} ({:?}) ran {runs} times", plan.kind)
        });
        sim.holds(ATTEMPTS, sends <= allowed, || {
            format!("call {id} was sent {sends} times")
        });
        // The request may have been on its way when the caller was told.
        if let Some((_, End::Told(Err(error)))) = &*record.ended.borrow()
            && plan.kind.hears()
        {
            sim.holds(TOLD, error.may_have_run || runs == 0, || {
                format!("call {id} ran {runs} times: {error:?}")
            });
        }
        if record.ended.borrow().is_none() {
            sim.holds(DEADLINE, !copy.frame.alive.get(), || {
                format!("call {id} ({:?}) never ends", plan.kind)
            });
            continue;
        }
        no_memory(sim, record, copy);
        must_succeed(sim, record, allowed);
    }
    for copy in copies.iter().filter(|copy| copy.frame.alive.get()) {
        let frame = &copy.frame;
        let (sends, events) = (frame.sends.get(), frame.invoke_events.get());
        let calls = sim.calls.borrow();
        let vanished = |record: &&Rc<Record>| {
            let ended = record.ended.borrow();
            record.plan.frame == frame.id && matches!(&*ended, Some((_, End::Vanished)))
        };
        // Nobody is told of the request of a caller who went away.
        let silent = u32::try_from(calls.iter().filter(vanished).count()).unwrap_or(0);
        sim.holds(EVENTS, events <= sends && sends <= events + silent, || {
            format!("f{}: {events} events for {sends} requests", frame.id)
        });
    }
}

/// A failure comes of a question that was open while the call was, and not of an earlier one.
fn no_memory(sim: &Sim, record: &Record, copy: &Copy) {
    let ended = record.ended.borrow();
    let Some((at_ms, End::Told(Err(error)))) = &*ended else {
        return;
    };
    let asks = matches!(
        error.stage,
        Stage::Token | Stage::Workflow | Stage::Discovery
    ) && !matches!(
        error.code,
        // Nothing was asked, or nobody waited for the answer.
        ErrorCode::Aborted | ErrorCode::Timeout | ErrorCode::InteractionRequired
    );
    if !asks || record.plan.kind == Kind::Diagnose {
        return;
    }
    let questions = copy.frame.questions.borrow();
    let open = |(asked, answered): &(f64, f64)| *asked <= *at_ms && *answered >= record.started_ms;
    sim.holds(FORGOTTEN, questions.iter().any(open), || {
        format!("call {} was told {error:?} without a question", record.id)
    });
}

/// How many calls it may take until all is well again: a new URL, a new token and the call itself are an attempt each.
pub(crate) fn needed(attempts: u32) -> u32 {
    3_u32.div_ceil(attempts)
}

fn must_succeed(sim: &Sim, record: &Record, attempts: u32) {
    let law = match (record.probe, sim.plan.calm) {
        (Some(round), _) if round >= needed(attempts) => RECOVERY,
        (None, true) if record.plan.cancel == Cancel::Never => CALM,
        _ => return,
    };
    if record.plan.waits_in_vain() {
        return;
    }
    if let Some((_, End::Told(outcome))) = &*record.ended.borrow() {
        sim.holds(law, outcome.is_ok(), || match outcome {
            Ok(_) => String::new(),
            Err(error) => format!("call {} ({:?}): {error:?}", record.id, record.plan.kind),
        });
    }
}
