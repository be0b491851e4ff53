//! One world of one seed: its clock, its dice, its story, and what was found wrong in it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use futures::FutureExt;

use super::calls::Record;
use super::census::Census;
use super::dataverse::Tables;
use super::entra::Entra;
use super::faults::{Fault, Port};
use super::flows::Flows;
use super::page::PageState;
use super::plan::{Patience, Plan};
use super::script::Gate;
use super::time::Time;

/// 2026-11-24 08:00:00 UTC, when every world begins.
pub(crate) const START_OF_DAY_MS: f64 = 1_795_507_200_000.0;

/// Everything that the copies of the module have in common.
pub(crate) struct Sim {
    pub(crate) time: Rc<Time>,
    pub(crate) plan: Plan,
    pub(crate) patience: Patience,
    dice: RefCell<fastrand::Rng>,
    /// The world does as it should from here on.
    pub(crate) healthy: Cell<bool>,
    /// Nothing gets through before that time.
    pub(crate) offline_until: Cell<f64>,
    /// How far the device's date is off.
    pub(crate) date_skew_ms: Cell<f64>,
    /// When the clock jumped, from where to where.
    pub(crate) jumps: RefCell<Vec<(f64, f64)>>,
    pub(crate) entra: Entra,
    pub(crate) tables: Tables,
    pub(crate) flows: Flows,
    pub(crate) pages: Vec<PageState>,
    pub(crate) calls: RefCell<Vec<Rc<Record>>>,
    pub(crate) census: RefCell<Census>,
    story: RefCell<Story>,
    /// Laws that were broken, and how.
    pub(crate) broken: RefCell<Vec<(&'static str, String)>>,
}

#[derive(Default)]
struct Story {
    hash: DefaultHasher,
    /// Each line, where somebody wants to read it.
    lines: Option<Vec<String>>,
}

impl Sim {
    pub(crate) fn new(seed: u64, patience: Patience, told: bool) -> Rc<Self> {
        let mut dice = fastrand::Rng::with_seed(seed);
        let plan = Plan::of(&mut dice);
        let time = Rc::<Time>::default();
        let mut order = dice.fork();
        time.order
            .replace(Some(Box::new(move |ready| order.usize(..ready))));
        let pages = (0..plan.pages).map(|_| PageState::default()).collect();
        Rc::new(Self {
            entra: Entra::new(&plan),
            tables: Tables::new(&plan),
            flows: Flows::new(&plan),
            pages,
            time,
            plan,
            patience,
            dice: RefCell::new(dice),
            healthy: Cell::new(false),
            offline_until: Cell::new(0.0),
            date_skew_ms: Cell::new(0.0),
            jumps: RefCell::default(),
            calls: RefCell::default(),
            census: RefCell::default(),
            story: RefCell::new(Story {
                lines: told.then(Vec::new),
                ..Story::default()
            }),
            broken: RefCell::default(),
        })
    }

    pub(crate) fn now(&self) -> f64 {
        self.time.now()
    }

    /// Milliseconds in which the device was awake.
    pub(crate) fn awake_ms(&self) -> f64 {
        let jumps = self.jumps.borrow();
        let asleep: f64 = jumps.iter().map(|(from, to)| to - from).sum();
        self.now() - asleep
    }

    pub(crate) fn date_ms(&self) -> f64 {
        START_OF_DAY_MS + self.now() + self.date_skew_ms.get()
    }

    pub(crate) fn chance(&self, probability: f64) -> bool {
        self.random() < probability
    }

    pub(crate) fn random(&self) -> f64 {
        self.dice.borrow_mut().f64()
    }

    /// A whole number of milliseconds.
    pub(crate) fn between(&self, least: u32, most: u32) -> f64 {
        f64::from(self.dice.borrow_mut().u32(least..=most))
    }

    pub(crate) fn pick<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.dice.borrow_mut().usize(..all.len())]
    }

    /// A line of the story. The hash of all of them is what makes two runs the same.
    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        let line = format!("{:>9} {}", self.now(), line());
        let mut story = self.story.borrow_mut();
        story.hash.write(line.as_bytes());
        if let Some(lines) = &mut story.lines {
            lines.push(line);
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.story.borrow().hash.finish()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.story.borrow_mut().lines.take().unwrap_or_default()
    }

    /// A law does not hold.
    pub(crate) fn breaks(&self, law: &'static str, how: String) {
        self.note(|| format!("BROKEN {law}: {how}"));
        self.broken.borrow_mut().push((law, how));
    }

    pub(crate) fn holds(&self, law: &'static str, holds: bool, how: impl FnOnce() -> String) {
        self.census.borrow_mut().law(law);
        if !holds {
            self.breaks(law, how());
        }
    }

    /// What goes wrong with a request now.
    pub(crate) fn fault(&self, port: Port) -> Fault {
        if self.healthy.get() {
            return Fault::None;
        }
        if self.now() < self.offline_until.get() {
            return Fault::DropBefore;
        }
        let fault = if self.chance(self.plan.rates[port.index()]) {
            *self.pick(port.faults())
        } else {
            Fault::None
        };
        self.census.borrow_mut().fault(port, fault);
        fault
    }

    /// Carries a question to a service and its answer back. The service does its part even where nobody waits any
    /// more, unless the dice say that the request was still on this side.
    pub(crate) async fn travel<T: 'static>(
        self: &Rc<Self>,
        fault: Fault,
        act: impl FnOnce(&Rc<Self>) -> (T, f64) + 'static,
    ) -> Result<T, Lost> {
        let slot = Rc::new(RefCell::new(None));
        let gate = Gate::default();
        let (sim, into, open) = (self.clone(), slot.clone(), gate.clone());
        let (mut out, mut back) = (self.between(0, 60), self.between(0, 60));
        if fault == Fault::Delay {
            let long = self.between(1_000, *self.pick(&[5_000, 60_000, 200_000]));
            if self.chance(0.5) {
                out += long;
            } else {
                back += long;
            }
        }
        let early = self.chance(0.5);
        let id = self.time.spawn(
            async move {
                sim.time.sleep(out).await;
                let answer = match fault {
                    Fault::DropBefore => Err(Lost),
                    Fault::Hang if early => return,
                    _ => {
                        let (value, ms) = act(&sim);
                        sim.time.sleep(ms).await;
                        match fault {
                            Fault::Hang => return,
                            Fault::DropAfter => Err(Lost),
                            _ => {
                                sim.time.sleep(back).await;
                                Ok(value)
                            }
                        }
                    }
                };
                into.replace(Some(answer));
                open.open();
            }
            .boxed_local(),
        );
        let mut abandoned = Abandoned(Some((self, id)));
        gate.opened().await;
        abandoned.0 = None;
        slot.take().unwrap_or(Err(Lost))
    }
}

/// No answer came.
pub(crate) struct Lost;

/// A request that its sender let go of.
struct Abandoned<'a>(Option<(&'a Rc<Sim>, u64)>);

impl Drop for Abandoned<'_> {
    fn drop(&mut self) {
        if let Some((sim, id)) = self.0
            && sim.chance(0.5)
        {
            sim.time.cancel(id);
        }
    }
}

/// Counts what is under way, by name, until it is dropped.
pub(crate) struct UnderWay<'a> {
    all: &'a RefCell<BTreeMap<String, u32>>,
    name: String,
}

impl<'a> UnderWay<'a> {
    /// With how many others of the name it is under way.
    pub(crate) fn with(all: &'a RefCell<BTreeMap<String, u32>>, name: String) -> (Self, u32) {
        let mut counts = all.borrow_mut();
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let others = *count - 1;
        (Self { all, name }, others)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.all.borrow_mut().get_mut(&self.name) {
            *count -= 1;
        }
    }
}
