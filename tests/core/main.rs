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

mod accepted;
mod ambiguity;
mod callback;
mod clouds;
mod diagnosis;
mod discovery;
mod events;
mod host;
mod http_flows;
mod invocation;
mod limits;
mod on_behalf_of;
mod operation;
mod operation_troubles;
mod page_cache;
mod page_cache_variables;
mod prefetch;
mod publishing;
mod refused_token;
mod retries;
mod round_trips;
mod schema;
mod secrets;
mod single_flight;
mod token;
mod trust;
mod variables;
mod whose_answer;
