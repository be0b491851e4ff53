//! The module in a real Chromium: its adapters with the browser's own objects, and with host objects that throw,
//! lie or never answer. After each of them the module must answer as well as before; see `trial.rs`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod trial;

// What the fuzz targets check URLs with.
#[path = "../../fuzz/src/choices.rs"]
#[allow(clippy::indexing_slicing, dead_code, unreachable_pub)]
mod choices;
#[path = "../../fuzz/src/pieces.rs"]
#[allow(clippy::indexing_slicing, unreachable_pub)]
mod pieces;
#[path = "../../fuzz/src/trust.rs"]
#[allow(clippy::indexing_slicing, clippy::string_slice, unreachable_pub)]
mod trust;

mod arguments;
mod auth;
mod callbacks_and_signals;
mod fetch;
mod hosts;
mod page;
mod real_objects;
mod roads;
mod urls;
mod web_api;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
