#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entra_flow_fuzz::run("odata", bytes));
