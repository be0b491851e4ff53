//! Asks Dataverse, again where that helps, and turns its refusals into errors.

use futures_util::FutureExt;

use crate::answer;
use crate::limits::Work;
use crate::model::{ErrorCode, FlowError, Foreign, Stage};
use crate::policy::dataverse::{self, Meaning};
use crate::port::{DataverseCall, World};
use crate::repeat::{Failure, repeat};
use crate::settings::Settings;

/// The code that a refusal has, by what was asked for.
pub type CodeOf = fn(Meaning) -> ErrorCode;

/// Asks once.
pub fn once<'a, W: World>(
    world: &'a W,
    call: DataverseCall<'a>,
    stage: Stage,
    code_of: CodeOf,
) -> Work<'a, Result<Foreign, Failure>> {
    async move {
        world.dataverse(call).await.map_err(|failure| {
            let meaning = dataverse::meaning(failure.error_code, &failure.message);
            let error = answer::dataverse_error(code_of(meaning), stage, meaning, failure);
            if dataverse::passes(meaning) {
                Failure::again(error, None)
            } else {
                Failure::last(error)
            }
        })
    }
    .boxed_local()
}

/// Asks, and again where that may help. For reads.
pub fn ask<'a, W: World>(
    world: &'a W,
    settings: &'a Settings,
    call: DataverseCall<'a>,
    stage: Stage,
    code_of: CodeOf,
    end_ms: f64,
) -> Work<'a, Result<Foreign, FlowError>> {
    async move {
        let attempt = || once(world, call, stage, code_of);
        repeat(world, settings.max_attempts, end_ms, stage, &attempt).await
    }
    .boxed_local()
}
