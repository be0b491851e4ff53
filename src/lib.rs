//! Calls Entra-protected Power Automate flows from the browser.
//!
//! One call is one walk, from left to right and never back:
//!
//! ```text
//! api::client ─► invocation ─► token ‖ discovery ─► policy ─► port ─► browser
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | [`model`] | what things are: ids, clouds, secrets, errors |
//! | [`policy`] | what we decide, as pure functions: trust, verdicts, retries, accounts, redaction |
//! | [`port`] | what we need from the world: traits in the domain's words |
//! | [`client`] | what a user holds; it brings the following together |
//! | [`token`] [`discovery`] [`variable`] [`invocation`] [`on_behalf_of`] [`accepted`] [`schema`] [`operation`] [`prefetch`] [`publishing`] [`host`] [`listing`] [`diagnosis`] | what we do, one use case a file |
//! | [`flight`] [`signal`] [`limits`] [`repeat`] [`rows`] [`workflow`] [`batch`] [`call`] [`answer`] [`settings`] [`known`] [`urls`] [`telemetry`] | what the use cases share |
//! | `browser` | the world as a browser gives it (wasm32 only) |
//! | `api` | the wasm-bindgen surface (wasm32 only) |
//!
//! Everything above `browser` is plain Rust: it compiles natively and is tested against scripted ports and a
//! virtual clock. Bodies and answers pass by as [`model::Foreign`] values and never enter the module's memory.

pub mod accepted;
pub mod answer;
pub mod batch;
pub mod call;
pub mod client;
pub mod diagnosis;
pub mod discovery;
pub mod flight;
pub mod host;
pub mod invocation;
pub mod known;
pub mod limits;
pub mod listing;
pub mod model;
pub mod on_behalf_of;
pub mod operation;
pub mod policy;
pub mod port;
pub mod prefetch;
pub mod publishing;
pub mod repeat;
pub mod rows;
pub mod schema;
pub mod settings;
pub mod signal;
pub mod telemetry;
pub mod token;
pub mod urls;
pub mod variable;
pub mod workflow;

#[cfg(target_arch = "wasm32")]
pub mod api;
#[cfg(target_arch = "wasm32")]
mod browser;

/// A quarter of the size of the default allocator, and constant in time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
