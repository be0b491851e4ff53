//! Tells of steps as they end.

use crate::model::{ErrorCode, FlowError};
use crate::port::{Clock, Event, Fact, Step, Telemetry};

/// A step that ended now, with or without an error.
pub fn ended(
    world: &(impl Clock + Telemetry),
    step: Step,
    started_ms: f64,
    error: Option<ErrorCode>,
    facts: &[(&'static str, Fact<'_>)],
) {
    if !world.is_heard() {
        return;
    }
    world.emit(Event {
        step,
        started_ms,
        duration_ms: world.now_ms() - started_ms,
        error,
        facts,
    });
}

/// A wait that begins now, and why.
pub fn retry(world: &(impl Clock + Telemetry), error: &FlowError, attempt: u32, delay_ms: f64) {
    world.emit(Event {
        step: Step::Retry,
        started_ms: world.now_ms(),
        duration_ms: delay_ms,
        error: Some(error.code),
        facts: &[
            ("stage", Fact::Text(Some(error.stage.as_str()))),
            ("attempt", Fact::Number(Some(f64::from(attempt)))),
            ("status", Fact::Number(error.status.map(f64::from))),
        ],
    });
}

/// Whether a header holds an id, rather than whatever else a service or a flow put there.
#[must_use]
pub fn is_id(text: &&str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.len() <= 64 && text.bytes().all(plain)
}
