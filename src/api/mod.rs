//! The wasm-bindgen surface: what js/src/client.ts calls. It reads plain data, checks it, and hands live
//! objects on. What fails rejects a promise; nothing throws.

mod answer;
mod client;
mod error;
mod given;
mod operation;
mod options;
mod report;
mod types;

pub use client::Client;
