//! Lives a seed through: its calls and happenings until the faults stop, then rest, then a call of each client that must
//! succeed, then rest again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::calls;
use super::census::Census;
use super::dataverse;
use super::faults::Happening;
use super::flows::HOSTILE;
use super::frame::Copy;
use super::laws;
use super::plan::{CallPlan, Cancel, Kind, Patience, What};
use super::sim::Sim;

/// How many flows each client calls when all is well again.
const PROBED: usize = 3;
/// How many calls a client may need to recover: with one attempt.
const ROUNDS: u32 = 3;

/// A seed, and what came of it.
pub(crate) struct Lived {
    pub(crate) seed: u64,
    pub(crate) patience: Patience,
    /// How often each call was polled that was made before all was well again.
    pub(crate) polls: Vec<(Kind, u32)>,
    /// A caller lost patience while there was something to wait for.
    pub(crate) cancelled: bool,
    /// Of the whole story.
    pub(crate) hash: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) broken: Vec<(&'static str, String)>,
    pub(crate) census: Census,
}

/// Lives one seed; `told` keeps its story.
pub(crate) fn live(seed: u64, patience: Patience, told: bool) -> Lived {
    let sim = Sim::new(seed, patience, told);
    let copies: Vec<_> = (0..sim.plan.frames.len())
        .map(|id| Copy::new(&sim, id))
        .collect();
    sim.tables.publish(&sim);
    for step in &sim.plan.steps {
        sim.time.run_until(step.at_ms);
        match &step.what {
            What::Call(call) => {
                let copy = &copies[call.frame];
                if copy.frame.alive.get() {
                    calls::start(&sim, copy, call, None);
                }
            }
            What::Happening(happening) => happens(&sim, &copies, *happening),
        }
    }
    sim.time.run_until(sim.plan.stop_ms.max(sim.now()));
    heal(&sim);
    sim.time.run_until(f64::INFINITY);
    // A publication that was still under way may have written what is outdated.
    sim.tables.publish(&sim);
    recover(&sim, &copies);
    // Once more where each client knows each URL and has a token: nothing but a refusal tells that they are outdated.
    if !sim.plan.calm && sim.chance(0.2) {
        outdate(&sim);
        recover(&sim, &copies);
    }
    laws::at_rest(&sim, &copies);
    let mut census = sim.census.take();
    census.worlds = 1;
    let calls = sim.calls.borrow();
    let made = calls.iter().filter(|record| record.probe.is_none());
    Lived {
        seed,
        patience,
        polls: made
            .map(|record| (record.plan.kind, record.polls.get()))
            .collect(),
        cancelled: calls
            .iter()
            .any(|record| record.cancelled_ms.get().is_some()),
        hash: sim.hash(),
        lines: sim.lines(),
        broken: sim.broken.take(),
        census,
    }
}

fn recover(sim: &Rc<Sim>, copies: &[Copy]) {
    for round in 1..=ROUNDS {
        for copy in copies.iter().filter(|copy| copy.frame.alive.get()) {
            probe(sim, copy, round);
        }
        sim.time.run_until(f64::INFINITY);
    }
}

/// Tokens are revoked, and flows made anew or not.
fn outdate(sim: &Sim) {
    sim.note(|| "what is known is outdated".to_owned());
    sim.entra.generation.set(sim.entra.generation.get() + 1);
    if sim.chance(0.5) {
        (0..sim.plan.flows).for_each(|flow| sim.flows.recreate(flow));
        sim.tables.publish(sim);
    }
}

/// A client calls each flow, and once more where it has too few attempts to recover in one call.
fn probe(sim: &Rc<Sim>, copy: &Copy, round: u32) {
    if round > laws::needed(copy.frame.plan.max_attempts) {
        return;
    }
    let mut kinds = vec![Kind::Invoke, Kind::InvokeByVariable];
    if round == 1 {
        kinds.push(Kind::OperationRun);
    }
    for flow in 0..sim.plan.flows.min(PROBED) {
        for kind in &kinds {
            let probe = CallPlan::probe(copy.frame.id, *kind, flow);
            calls::start(sim, copy, &probe, Some(round));
        }
    }
}

/// All is well from now on.
fn heal(sim: &Sim) {
    sim.note(|| "all is well again".to_owned());
    sim.healthy.set(true);
    sim.entra.heal();
    for (flow, own) in sim.flows.all.iter().enumerate() {
        sim.flows.switch(flow, false);
        own.on.set(true);
    }
    for deleted in sim.tables.deleted.borrow_mut().iter_mut() {
        *deleted = false;
    }
    sim.tables.publish(sim);
}

fn happens(sim: &Sim, copies: &[Copy], happening: Happening) {
    sim.note(|| format!("{happening:?}"));
    sim.census.borrow_mut().happening(happening);
    let flows: Vec<_> = (0..sim.plan.flows).collect();
    let flow = *sim.pick(&flows);
    match happening {
        Happening::FlowRecreated => sim.flows.recreate(flow),
        Happening::FlowSwitched => {
            let anyone = sim.flows.all[flow].anyone.get();
            sim.flows.switch(flow, !anyone);
        }
        Happening::FlowSwitchedOff => sim.flows.all[flow].on.set(sim.chance(0.3)),
        Happening::RowDeleted => sim.tables.deleted.borrow_mut()[flow] = sim.chance(0.8),
        Happening::TokensRevoked => sim.entra.generation.set(sim.entra.generation.get() + 1),
        Happening::ClaimsWanted => sim.entra.claims_wanted.set(true),
        Happening::SessionLost => sim.entra.sign_out(),
        Happening::DateSet => sim
            .date_skew_ms
            .set(sim.between(0, 7_200_000) - 3_600_000.0),
        Happening::Suspended => {
            let from = sim.now();
            let to = from + sim.between(1_000, *sim.pick(&[30_000, 3_600_000]));
            sim.time.now.set(to);
            sim.jumps.borrow_mut().push((from, to));
        }
        Happening::Offline => {
            let until = sim.now() + sim.between(1_000, 60_000);
            sim.offline_until.set(until);
        }
        Happening::FrameRemoved => sim.pick(copies).remove(),
        Happening::PageForged => {
            let page = sim.pick(&sim.pages);
            for url in page.urls.borrow_mut().values_mut() {
                *url = match *sim.pick(&[0, 1, 2]) {
                    0 => (*sim.pick(&HOSTILE)).to_owned(),
                    1 => "https://prod-01.westeurope.logic.azure.com/workflows/1?sig=GEHEIM"
                        .to_owned(),
                    _ => sim.flows.trigger_url(flow),
                };
            }
        }
        Happening::VariableChanged => dataverse::meddle(sim, flow),
        Happening::TabHidden => {
            let page = sim.pick(&sim.pages);
            page.hidden.set(!page.hidden.get());
        }
    }
}

/// What is done with each seed.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// It is lived once.
    Once,
    /// One caller alone loses patience, at each await of each call in turn; of longer calls at that many of them.
    Walk(u32),
}

/// Lives many seeds, on all cores, and keeps what failed, in the seeds' order. Begins no other once one of those laws is
/// broken.
pub(crate) fn many(from: u64, seeds: u64, how: How, until: &[String]) -> (Census, Vec<Lived>) {
    let next = AtomicU64::new(from);
    let found = Mutex::new((Census::default(), Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        return;
                    }
                    let (census, failed) = match how {
                        How::Once => once(seed),
                        How::Walk(most) => walk(seed, most),
                    };
                    let mut found = found.lock().unwrap();
                    found.0.add(census);
                    if let Some(lived) = failed {
                        let stops = |(law, _): &(&str, _)| until.iter().any(|own| own == law);
                        if lived.broken.iter().any(stops) {
                            next.store(from + seeds, Ordering::Relaxed);
                        }
                        found.1.push(lived);
                    }
                }
            });
        }
    });
    let (census, mut failed) = found.into_inner().unwrap();
    failed.sort_by_key(|lived| lived.seed);
    (census, failed)
}

fn once(seed: u64) -> (Census, Option<Lived>) {
    let mut lived = live_or_panic(seed, Patience::Planned);
    let census = std::mem::take(&mut lived.census);
    (census, Some(lived).filter(|lived| !lived.broken.is_empty()))
}

/// Lives a seed without impatience, to learn how often each call is polled, and then again for each of those times.
fn walk(seed: u64, most: u32) -> (Census, Option<Lived>) {
    let mut census = Census::default();
    let mut learned = live_or_panic(seed, Patience::Endless);
    census.add(std::mem::take(&mut learned.census));
    if !learned.broken.is_empty() {
        return (census, Some(learned));
    }
    for (call, (kind, polls)) in learned.polls.iter().enumerate() {
        let stride = polls.div_ceil(most).max(1);
        for poll in (1..=*polls).filter(|poll| poll.is_multiple_of(stride) || *poll <= most / 2) {
            let ways = [
                Some(Cancel::VanishAtPoll(poll)),
                kind.hears().then_some(Cancel::AtPoll(poll)),
            ];
            for cancel in ways.into_iter().flatten() {
                let mut lived = live_or_panic(seed, Patience::EndlessBut(call, cancel));
                census.add(std::mem::take(&mut lived.census));
                if !lived.cancelled && lived.broken.is_empty() {
                    let how = format!("call {call} has no poll {poll}");
                    lived.broken.push(("the same seed is the same world", how));
                }
                if !lived.broken.is_empty() {
                    return (census, Some(lived));
                }
            }
        }
    }
    (census, None)
}

/// A panic is a broken law, too.
fn live_or_panic(seed: u64, patience: Patience) -> Lived {
    catch_unwind(AssertUnwindSafe(|| live(seed, patience, false))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Lived {
            seed,
            patience,
            polls: Vec::new(),
            cancelled: false,
            hash: 0,
            lines: Vec::new(),
            broken: vec![("no panic", text.unwrap_or_else(|| "a panic".to_owned()))],
            census: Census::default(),
        }
    })
}
