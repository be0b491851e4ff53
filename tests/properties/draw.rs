//! How cases are drawn.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestRunner};

/// Runs a check on so many cases, the same in every run. A case that fails is made as small as it can be and shown.
pub(crate) fn cases<S: Strategy>(count: u32, strategy: S, check: impl Fn(S::Value)) {
    let config = Config {
        cases: count,
        // Nothing is written: the cases are the same each time, and finds become seeds by hand.
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(2026),
        ..Config::default()
    };
    let ran = TestRunner::new(config).run(&strategy, |case| {
        check(case);
        Ok::<(), TestCaseError>(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
}

/// Any text, most of it of characters that mean something to some parser.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let special = "[ \t\r\n\0'\"%&=?#/\\\\:;,.@{}\\[\\]()<>+~^|`$*_-]";
    let part = prop_oneof![
        3 => proptest::string::string_regex(special).unwrap(),
        2 => proptest::string::string_regex("[a-zA-Z0-9]{1,6}").unwrap(),
        1 => any::<char>().prop_map(String::from),
        1 => proptest::string::string_regex("%[0-9a-fA-F]{2}").unwrap(),
    ];
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

/// Bytes for choices.
pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}
