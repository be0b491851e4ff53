//! One kind of call of the native core, many times: what bench/rows/instructions.mjs counts the instructions of,
//! under callgrind. `core cold 100`, `core warm 100`. The world is that of the native tests, so its share is
//! in the figure too; it does the same each time.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]

#[path = "../tests/core/world/mod.rs"]
mod world;

use world::{call, scene};

fn main() {
    // `cargo bench` and `cargo test --benches` add arguments of their own; then there is nothing to do.
    let mut args = std::env::args().skip(1);
    let (Some(kind), Some(times)) = (args.next(), args.next().and_then(|n| n.parse::<u32>().ok()))
    else {
        return;
    };
    let (world, caller) = scene();
    caller.succeeds(call());
    for _ in 0..times {
        if kind == "cold" {
            caller.client.clear_cache();
        }
        caller.succeeds(call());
        // Else the log of what was asked would grow into the figure.
        world.new_page();
    }
}
