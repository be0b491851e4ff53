//! Counts what happened, so that nobody takes a simulation in which nothing happens for one in which all holds.

use std::collections::BTreeMap;

use super::faults::{Fault, Happening, Port};
use super::plan::{Behaviour, Kind};

/// How often each thing happened.
#[derive(Default, Clone)]
pub(crate) struct Census {
    faults: BTreeMap<(Port, Fault), u64>,
    happenings: BTreeMap<Happening, u64>,
    /// By kind and what it ended with.
    calls: BTreeMap<(Kind, String), u64>,
    behaviours: BTreeMap<&'static str, u64>,
    laws: BTreeMap<&'static str, u64>,
    /// By kind: where callers lost patience.
    cancelled: BTreeMap<Kind, Reach>,
    pub(crate) runs: u64,
    pub(crate) worlds: u64,
}

/// What counts as late in a call.
const LATE_POLL: u32 = 12;
const LATE_MS: f64 = 60_000.0;

/// How far into a kind's calls callers lost patience.
#[derive(Default, Clone, Copy)]
pub(crate) struct Reach {
    /// How many did.
    times: u64,
    /// After [`LATE_POLL`].
    late: u64,
    /// After [`LATE_MS`].
    later: u64,
    /// The furthest poll.
    furthest: u32,
    /// The most polls of a call.
    longest: u32,
}

impl Reach {
    fn add(&mut self, other: Self) {
        self.times += other.times;
        self.late += other.late;
        self.later += other.later;
        self.furthest = self.furthest.max(other.furthest);
        self.longest = self.longest.max(other.longest);
    }
}

fn more<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, times: u64) {
    *counts.entry(key).or_default() += times;
}

impl Census {
    pub(crate) fn fault(&mut self, port: Port, fault: Fault) {
        more(&mut self.faults, (port, fault), 1);
    }

    pub(crate) fn happening(&mut self, happening: Happening) {
        more(&mut self.happenings, happening, 1);
    }

    /// A call ended, after so many polls.
    pub(crate) fn call(&mut self, kind: Kind, end: &str, polls: u32) {
        more(&mut self.calls, (kind, end.to_owned()), 1);
        let reach = self.cancelled.entry(kind).or_default();
        reach.longest = reach.longest.max(polls);
    }

    /// A caller lost patience at that poll.
    pub(crate) fn cancelled(&mut self, kind: Kind, poll: u32, waited_ms: f64) {
        self.cancelled.entry(kind).or_default().add(Reach {
            times: 1,
            late: u64::from(poll > LATE_POLL),
            later: u64::from(waited_ms > LATE_MS),
            furthest: poll,
            ..Reach::default()
        });
    }

    pub(crate) fn behaviour(&mut self, behaviour: Behaviour) {
        let name = match behaviour {
            Behaviour::Answers => "answers",
            Behaviour::Fails(_) => "fails",
            Behaviour::Later => "answers later",
            Behaviour::Accepts => "accepts",
        };
        more(&mut self.behaviours, name, 1);
    }

    pub(crate) fn law(&mut self, law: &'static str) {
        more(&mut self.laws, law, 1);
    }

    pub(crate) fn add(&mut self, other: Self) {
        let Self {
            faults,
            happenings,
            calls,
            behaviours,
            laws,
            cancelled,
            runs,
            worlds,
        } = other;
        for (kind, reach) in cancelled {
            self.cancelled.entry(kind).or_default().add(reach);
        }
        faults
            .into_iter()
            .for_each(|(key, n)| more(&mut self.faults, key, n));
        happenings
            .into_iter()
            .for_each(|(key, n)| more(&mut self.happenings, key, n));
        calls
            .into_iter()
            .for_each(|(key, n)| more(&mut self.calls, key, n));
        behaviours
            .into_iter()
            .for_each(|(key, n)| more(&mut self.behaviours, key, n));
        laws.into_iter()
            .for_each(|(key, n)| more(&mut self.laws, key, n));
        self.runs += runs;
        self.worlds += worlds;
    }

    /// How many calls of a kind succeeded, and how many there were.
    pub(crate) fn succeeded(&self, kind: Kind) -> (u64, u64) {
        let of = |ok: bool| {
            let fits = |(found, end): &(Kind, String)| *found == kind && (!ok || end == "ok");
            let found = self.calls.iter().filter(|(key, _)| fits(key));
            found.map(|(_, n)| n).sum()
        };
        (of(true), of(false))
    }

    /// How many callers of a kind lost patience after [`LATE_POLL`].
    pub(crate) fn late(&self, kind: Kind) -> u64 {
        self.cancelled.get(&kind).map_or(0, |reach| reach.late)
    }

    /// What never happened, though it could have.
    pub(crate) fn missing(&self, laws: &[&'static str]) -> Vec<String> {
        let mut missing = Vec::new();
        for port in Port::ALL {
            for fault in port.faults() {
                if !self.faults.contains_key(&(port, *fault)) {
                    missing.push(format!("the fault {fault:?} at {port:?}"));
                }
            }
        }
        for happening in Happening::ALL {
            if !self.happenings.contains_key(&happening) {
                missing.push(format!("{happening:?}"));
            }
        }
        for kind in Kind::ALL {
            if self.succeeded(kind).0 == 0 {
                missing.push(format!("a {kind:?} that succeeds"));
            }
        }
        for law in laws {
            if !self.laws.contains_key(law) {
                missing.push(format!("a case of the law \"{law}\""));
            }
        }
        missing
    }

    /// A table for people.
    pub(crate) fn table(&self) -> String {
        let mut text = format!("{} worlds, {} runs of flows\n", self.worlds, self.runs);
        text += "\nfaults\n";
        for port in Port::ALL {
            text += &format!("  {:<10}", format!("{port:?}"));
            for ((_, fault), n) in self.faults.iter().filter(|((own, _), _)| *own == port) {
                text += &format!(" {fault:?} {n}");
            }
            text += "\n";
        }
        text += "\nhappenings\n ";
        for (happening, n) in &self.happenings {
            text += &format!(" {happening:?} {n}");
        }
        text += "\n\nwhat flows did\n ";
        for (behaviour, n) in &self.behaviours {
            text += &format!(" {behaviour} {n}");
        }
        text += "\n\ncalls: how many, how many succeeded, what the others ended with\n";
        for kind in Kind::ALL {
            let (ok, all) = self.succeeded(kind);
            let share = (100 * ok).checked_div(all).unwrap_or(0);
            text += &format!("  {:<17} {all:>8} {share:>3} % ok ", format!("{kind:?}"));
            for ((_, end), n) in self.calls.iter().filter(|((own, _), _)| *own == kind) {
                if end != "ok" {
                    text += &format!(" {end} {n}");
                }
            }
            text += "\n";
        }
        text += "\ncancelled: how many, how many of them after poll 12, and after a minute; the last poll of all\n";
        for (kind, reach) in &self.cancelled {
            let Reach {
                times,
                late,
                later,
                furthest,
                longest,
            } = reach;
            let name = format!("{kind:?}");
            text += &format!(
                "  {name:<17} {times:>8} {late:>7} {later:>7} {furthest:>4} of {longest}\n"
            );
        }
        text += "\nlaws: how often each was asked\n";
        for (law, n) in &self.laws {
            text += &format!("  {n:>9} {law}\n");
        }
        text
    }
}
