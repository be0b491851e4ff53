//! What must hold for everything that parses, whatever it is given: each check panics where it does not.
//!
//! The fuzz targets (`fuzz_targets/`) run them on what libFuzzer comes up with, the property tests
//! (`tests/properties/`) on what proptest draws and on the seeds, and a test in Chromium (`tests/browser/urls.rs`) runs
//! `trust` and `pieces` with the browser's own URL parser.
#![allow(missing_docs)]

pub mod answers;
pub mod choices;
pub mod page;
pub mod pieces;
pub mod rows;
pub mod tokens;
pub mod trust;
pub mod urls;

/// A check on bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every fuzz target, by its name in `Cargo.toml` and its folder in `seeds/`.
pub const TARGETS: &[Target] = &[
    ("trigger_url", |bytes| {
        text(bytes, |text| drop_fate(urls::trigger_url(text)))
    }),
    ("trigger_url_pieces", |bytes| {
        drop_fate(urls::trigger_url_pieces(bytes))
    }),
    ("location", urls::location),
    ("address", urls::address_from),
    ("endpoints", |bytes| text(bytes, urls::endpoints)),
    ("callback", answers::callback_from),
    ("challenge", |bytes| text(bytes, answers::challenge)),
    ("retry_after", |bytes| {
        let choices = &mut choices::Choices::new(bytes);
        let now = u32::from_be_bytes([0; 4].map(|_: u8| choices.byte()));
        text(bytes.get(4..).unwrap_or_default(), |text| {
            answers::retry_after(text, now)
        });
    }),
    ("token", |bytes| text(bytes, tokens::token)),
    ("redact", |bytes| text(bytes, tokens::redacted)),
    ("secret", tokens::secret),
    ("ids", |bytes| text(bytes, rows::ids)),
    ("odata", |bytes| text(bytes, rows::odata)),
    ("clientdata", |bytes| text(bytes, rows::clientdata)),
    ("variable", |bytes| text(bytes, rows::variable)),
];

fn text(bytes: &[u8], check: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check(text);
    }
}

fn drop_fate(_: trust::Fate) {}
/// Runs the target of that name.
pub fn run(name: &str, bytes: &[u8]) {
    let named = TARGETS.iter().find(|(own, _)| *own == name);
    let (_, check) = named.expect("a target of that name");
    check(bytes);
}
