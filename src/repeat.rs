//! Asks again for what may always be asked again: a token, a row, a callback URL. Starting a flow is not
//! among them; see `invocation`.

use crate::limits::{Work, within};
use crate::model::{ErrorCode, FlowError, Stage};
use crate::policy::retry;
use crate::port::Clock;

/// A read that takes longer than this is given up and asked again: a lost connection may never say so.
pub const ATTEMPT_MS: f64 = 40_000.0;

/// A failed attempt.
pub struct Failure {
    error: FlowError,
    again: Option<Option<f64>>,
}

impl Failure {
    /// Asking again would not help.
    #[must_use]
    pub fn last(error: FlowError) -> Self {
        Self { error, again: None }
    }

    /// Asking again may help, after as many milliseconds as the service asked for.
    #[must_use]
    pub fn again(error: FlowError, retry_after_ms: Option<f64>) -> Self {
        Self {
            error,
            again: Some(retry_after_ms),
        }
    }
}

/// Makes attempts until one answers, one fails for good, or their number or the time until `end_ms` is used up.
///
/// # Errors
/// The last attempt's, or `timeout` where it never answered.
pub async fn repeat<'a, T>(
    clock: &impl Clock,
    max_attempts: u32,
    end_ms: f64,
    stage: Stage,
    attempt: &dyn Fn() -> Work<'a, Result<T, Failure>>,
) -> Result<T, FlowError> {
    let mut failures = 0;
    loop {
        let failure = match within(clock, ATTEMPT_MS, attempt()).await {
            Some(Ok(answer)) => return Ok(answer),
            Some(Err(failure)) => failure,
            None => Failure::again(FlowError::new(ErrorCode::Timeout, stage), None),
        };
        failures += 1;
        let Some(retry_after_ms) = failure.again.filter(|_| failures < max_attempts) else {
            return Err(failure.error);
        };
        let delay = retry::delay_ms(failures, retry_after_ms, clock.random());
        // A wait beyond the end could only end in a timeout, which says less than this error.
        if clock.now_ms() + delay >= end_ms {
            return Err(failure.error);
        }
        clock.sleep(delay).await;
    }
}
