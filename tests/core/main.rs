//! The core against a scripted world and a virtual clock: each policy of the design is a test here, named as a
//! sentence. `world/` explains itself in its first lines.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]

mod world;

mod ambiguity;
mod callback;
mod diagnosis;
mod discovery;
mod host;
mod http_flows;
mod invocation;
mod limits;
mod retries;
mod round_trips;
mod secrets;
mod single_flight;
mod token;
mod trust;
mod whose_answer;
