//! Asks again for what may always be asked again: a token, a row, a callback URL. Starting a flow is not
//! among them; see `invocation`.

use crate::limits::{Work, timed_out, within};
use crate::model::{FlowError, Stage};
use crate::policy::dataverse::{self, Meaning};
use crate::policy::retry;
use crate::port::{Clock, Telemetry};
use crate::telemetry;

/// A read that takes longer than this is given up and asked again: a lost connection may never say so.
pub const ATTEMPT_MS: f64 = 40_000.0;

/// A failed attempt.
pub struct Failure {
    error: FlowError,
    again: Option<Option<f64>>,
}

impl Failure {
    /// What it failed with.
    #[must_use]
    pub fn error(&self) -> &FlowError {
        &self.error
    }

    /// Asking again would not help.
    #[must_use]
    pub fn last(error: FlowError) -> Self {
        Self { error, again: None }
    }

    /// The same, and asking again may help.
    #[must_use]
    pub fn and_again(mut self) -> Self {
        self.again = Some(None);
        self
    }

    /// The same with more said of it.
    #[must_use]
    pub fn map(mut self, change: impl FnOnce(FlowError) -> FlowError) -> Self {
        self.error = change(self.error);
        self
    }

    /// Dataverse's: whether asking again may help is what its refusal means.
    #[must_use]
    pub fn of_dataverse(meaning: Meaning, error: FlowError, retry_after_ms: Option<f64>) -> Self {
        if dataverse::passes(meaning) {
            Self::again(error, retry_after_ms)
        } else {
            Self::last(error)
        }
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
    clock: &(impl Clock + Telemetry),
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
            None => Failure::again(timed_out(stage).detail("nothing came in 40 s"), None),
        };
        failures += 1;
        let again = failure.again.filter(|_| failures < max_attempts);
        let delay = before_again(clock, failure.error, failures, again, end_ms)?;
        clock.sleep(delay).await;
    }
}

/// How long to wait before what failed is tried again, where it may be: `again` has what the service asked for.
///
/// # Errors
/// The failure's own, where there is no again, or no time for one.
pub fn before_again(
    clock: &(impl Clock + Telemetry),
    error: FlowError,
    failures: u32,
    again: Option<Option<f64>>,
    end_ms: f64,
) -> Result<f64, FlowError> {
    let Some(retry_after_ms) = again else {
        return Err(error);
    };
    let delay = retry::delay_ms(failures, retry_after_ms, clock.random());
    // A wait beyond the end could only end in a timeout, which says less than this error.
    if clock.now_ms() + delay >= end_ms {
        return Err(error);
    }
    telemetry::retry(clock, &error, failures, delay);
    Ok(delay)
}
