//! Asks Dataverse, again where that helps, tells of it, and turns its refusals into errors.

use futures_util::FutureExt;

use crate::limits::Work;
use crate::model::{ErrorCode, FlowError, Foreign, Stage};
use crate::policy::dataverse::{self, Meaning};
use crate::policy::redact::redact;
use crate::policy::retry;
use crate::port::{DataverseCall, DataverseFailure, Fact, Step, World};
use crate::repeat::{Failure, repeat};
use crate::settings::Settings;
use crate::telemetry;

/// What is asked, and what for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The request.
    pub call: DataverseCall<'a>,
    /// The stage of an error.
    pub stage: Stage,
    /// The code of a refusal.
    pub code_of: fn(Meaning) -> ErrorCode,
    /// The step that events call it.
    pub step: Step,
    /// What events say it was about.
    pub about: (&'static str, Fact<'a>),
}

/// Asks once.
pub fn once<'a, W: World>(world: &'a W, ask: Ask<'a>) -> Work<'a, Result<Foreign, Failure>> {
    async move {
        let started = world.now_ms();
        let outcome = world.dataverse(ask.call).await.map_err(|failure| {
            let meaning = dataverse::meaning(failure.error_code, &failure.message);
            let asked_ms = retry_after_ms(world, &failure);
            let error = refusal((ask.code_of)(meaning), ask.stage, meaning, failure);
            Failure::of_dataverse(meaning, error, asked_ms)
        });
        let error = outcome.as_ref().err().map(|failure| failure.error().code);
        telemetry::ended(world, ask.step, started, error, &[ask.about]);
        outcome
    }
    .boxed_local()
}

/// Asks, and again where that may help. For reads.
pub fn ask<'a, W: World>(
    world: &'a W,
    settings: &'a Settings,
    ask: Ask<'a>,
    end_ms: f64,
) -> Work<'a, Result<Foreign, FlowError>> {
    async move {
        let attempt = || once(world, ask);
        repeat(world, settings.max_attempts, end_ms, ask.stage, &attempt).await
    }
    .boxed_local()
}

/// The error of a code that Dataverse's refusal stands for, with what it said.
pub fn refusal(
    code: ErrorCode,
    stage: Stage,
    meaning: Meaning,
    failure: Box<DataverseFailure>,
) -> FlowError {
    let hint = (meaning == Meaning::NoWebApi)
        .then_some("Canvas apps have no web API: call the flow from a model-driven app.");
    let message = Some(redact(&failure.message)).filter(|message| !message.is_empty());
    let error = FlowError::new(code, stage).hint(hint);
    error.said(message.as_deref()).with(|fields| {
        fields.service_code = failure
            .error_code
            .filter(|code| *code != 0.0)
            .map(dataverse::written);
        fields.service_message = message;
        fields.cause = failure.cause;
    })
}

/// Milliseconds that Dataverse asks to wait, where the host passes that on: no documented member of its errors
/// does.
pub fn retry_after_ms<W: World>(world: &W, failure: &DataverseFailure) -> Option<f64> {
    let cause = failure.cause.as_ref()?;
    if let Some(seconds) = world.number(cause, "retryAfter") {
        return Some(seconds * 1000.0).filter(|ms| ms.is_finite() && *ms >= 0.0);
    }
    let headers = world.member(cause, "headers")?;
    let named = |name| world.text(&headers, name);
    let written = named("retry-after").or_else(|| named("Retry-After"));
    retry::retry_after_ms(written.as_deref(), world.date_ms(), |date| {
        world.parse_date(date)
    })
}
