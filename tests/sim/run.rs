//! Lives a seed through: its calls and happenings until the faults stop, then rest, then a call of each client that must
//! succeed, then rest again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::calls;
use super::census::Census;
use super::dataverse;
use super::faults::Happening;
use super::flows::HOSTILE;
use super::frame::Copy;
use super::laws;
use super::plan::{CallPlan, Kind, What};
use super::sim::Sim;

/// How many flows each client calls when all is well again.
const PROBED: usize = 3;

/// A seed, and what came of it.
pub(crate) struct Lived {
    pub(crate) seed: u64,
    /// Of the whole story.
    pub(crate) hash: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) broken: Vec<(&'static str, String)>,
    pub(crate) census: Census,
}

/// Lives one seed; `told` keeps its story.
pub(crate) fn live(seed: u64, told: bool) -> Lived {
    let sim = Sim::new(seed, told);
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
                    calls::start(&sim, copy, call, false);
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
    for copy in copies.iter().filter(|copy| copy.frame.alive.get()) {
        for flow in 0..sim.plan.flows.min(PROBED) {
            for kind in [Kind::Invoke, Kind::InvokeByVariable, Kind::OperationRun] {
                let probe = CallPlan::probe(copy.frame.id, kind, flow);
                calls::start(&sim, copy, &probe, true);
            }
        }
    }
    sim.time.run_until(f64::INFINITY);
    laws::at_rest(&sim, &copies);
    let mut census = sim.census.take();
    census.worlds = 1;
    Lived {
        seed,
        hash: sim.hash(),
        lines: sim.lines(),
        broken: sim.broken.take(),
        census,
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

/// Lives many seeds, on all cores, and keeps what failed, in the seeds' order. Begins no other once one of those laws is
/// broken.
pub(crate) fn many(from: u64, seeds: u64, until: &[String]) -> (Census, Vec<Lived>) {
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
                    let mut lived = live_or_panic(seed);
                    let mut found = found.lock().unwrap();
                    found.0.add(std::mem::take(&mut lived.census));
                    if !lived.broken.is_empty() {
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

/// A panic is a broken law, too.
fn live_or_panic(seed: u64) -> Lived {
    catch_unwind(AssertUnwindSafe(|| live(seed, false))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Lived {
            seed,
            hash: 0,
            lines: Vec::new(),
            broken: vec![("no panic", text.unwrap_or_else(|| "a panic".to_owned()))],
            census: Census::default(),
        }
    })
}
