#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entra_flow_fuzz::run("trigger_url_pieces", bytes));
