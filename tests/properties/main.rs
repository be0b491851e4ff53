//! What must hold for everything that parses, on what proptest draws and on the fuzz targets' inputs. The checks
//! themselves are the fuzz targets' own: `fuzz/src`.
//!
//! Always the same cases: a fixed seed, so that a run of CI means what the one before meant. What chance may find is
//! the fuzzer's to find (`npm run fuzz`); what it found is a seed in `fuzz/seeds`, and runs here.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "../../fuzz/src/lib.rs"]
mod checks;

mod answers;
mod draw;
mod rows;
mod seeds;
mod tokens;
mod urls;
