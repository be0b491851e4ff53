//! The core in worlds in which everything goes wrong, each made of a seed: docs/simulation.md.
//!
//! A seed chooses pages, copies of the module, calls of every kind, and what goes wrong when. The clock is virtual, and
//! the same seed gives the same story each time. What must hold in all of them are the `laws`.
//!
//! `plan` is what a seed chooses, `faults` what can go wrong, `sim` the world and its dice; `entra`, `dataverse`, `flows`
//! and `page` are its parts; a `frame` is a copy of the module, and `calls` are made of its client; `run` lives a seed
//! through, and `census` counts what happened.
//!
//! `SIM_SEED=42 cargo test --test sim one_seed -- --ignored --nocapture` tells the story of a seed.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]

#[path = "../core/world/plain.rs"]
mod plain;
#[allow(dead_code)]
#[path = "../core/world/script.rs"]
mod script;
#[path = "../core/world/time.rs"]
mod time;

mod calls;
mod census;
mod dataverse;
mod entra;
mod faults;
mod flows;
mod frame;
mod laws;
mod page;
mod plan;
mod run;
mod sim;

use std::collections::BTreeSet;

use serde_json::json;

use plan::Patience;
use run::{How, Lived, live, many};

/// What `npm test` runs.
const SEEDS: u64 = 2_000;
/// How many of them it walks, and at how many awaits of a call.
const WALKED: u64 = 24;
const MOST: u32 = 100;

#[test]
fn every_law_holds_in_two_thousand_worlds() {
    let (census, failed) = many(0, SEEDS, How::Once, &[]);
    print!("{}", census.table());
    assert!(failed.is_empty(), "{}", tell(&failed));
    let missing = census.missing(&laws::ALL);
    assert!(missing.is_empty(), "never happened: {missing:?}");
    // A world in which all fails proves nothing.
    for kind in plan::Kind::ALL {
        let (ok, all) = census.succeeded(kind);
        assert!(ok * 10 >= all, "of {all} {kind:?} only {ok} succeeded");
    }
}

#[test]
fn a_seed_lives_the_same_story_again() {
    for seed in (0..SEEDS).step_by(97) {
        let hash = |told| live(seed, Patience::Planned, told).hash;
        assert_eq!(hash(false), hash(true), "seed {seed}");
    }
    let hash = |seed| live(seed, Patience::Planned, false).hash;
    assert_ne!(hash(1), hash(2));
}

#[test]
fn every_law_holds_at_whichever_await_a_caller_gives_up_or_goes_away() {
    let (census, failed) = many(0, WALKED, How::Walk(MOST), &[]);
    print!("{}", census.table());
    assert!(failed.is_empty(), "{}", tell(&failed));
    assert!(
        census.late(plan::Kind::OperationRun) > 0,
        "no call was long"
    );
}

/// `npm run sim`: as many seeds as are asked for. Its last line is for scripts.
#[test]
#[ignore = "npm run sim"]
fn many_seeds() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let from = number("SIM_FROM").unwrap_or(0);
    let seeds = number("SIM_SEEDS").unwrap_or(SEEDS);
    let until = std::env::var("SIM_UNTIL").unwrap_or_default();
    let until: Vec<_> = until.split('|').map(str::to_owned).collect();
    let how = number("SIM_WALK").map_or(How::Once, |most| {
        How::Walk(u32::try_from(most).unwrap_or(u32::MAX))
    });
    let (census, mut failed) = many(from, seeds, how, &until);
    println!("{}", census.table());
    if std::env::var_os("SIM_UNTIL").is_some() {
        failed.retain(|lived| laws_of(lived).any(|law| until.iter().any(|own| own == law)));
        failed.truncate(1);
    }
    let laws: BTreeSet<_> = failed.iter().flat_map(laws_of).collect();
    let report = json!({
        "from": from, "seeds": seeds, "failed": failed.len(),
        "first": failed.first().map(|lived| lived.seed), "laws": laws,
    });
    println!("report {report}");
    assert!(failed.is_empty(), "{}", tell(&failed));
}

fn laws_of(lived: &Lived) -> impl Iterator<Item = &'static str> {
    lived.broken.iter().map(|(law, _)| *law)
}

/// `npm run sim -- --seed 42`: the story of one; with `--cancel 3:vanish:17` call 3 alone is cancelled, at its poll 17.
#[test]
#[ignore = "npm run sim"]
fn one_seed() {
    let seed = std::env::var("SIM_SEED").unwrap().parse().unwrap();
    let patience = match std::env::var("SIM_CANCEL") {
        Ok(text) => Patience::parse(&text).unwrap(),
        Err(_) => Patience::Planned,
    };
    let lived = live(seed, patience, true);
    for line in &lived.lines {
        println!("{line}");
    }
    println!("seed {seed}, story {:016x}", lived.hash);
    assert!(lived.broken.is_empty(), "{}", tell(&[lived]));
}

/// What failed, law by law, and how to see it again.
fn tell(failed: &[Lived]) -> String {
    let mut text = format!("{} seeds failed\n", failed.len());
    let laws: BTreeSet<_> = failed.iter().flat_map(laws_of).collect();
    for law in laws {
        let broke: Vec<_> = failed
            .iter()
            .filter_map(|lived| Some((lived, lived.broken.iter().find(|(own, _)| *own == law)?)))
            .collect();
        text += &format!("{law}: broken in {} seeds\n", broke.len());
        for (lived, (_, how)) in broke.into_iter().take(5) {
            let (seed, cancel, hash) = (lived.seed, lived.patience.option(), lived.hash);
            text +=
                &format!("  {how}\n    npm run sim -- --seed {seed}{cancel} (story {hash:016x})\n");
        }
    }
    text
}
