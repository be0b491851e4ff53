//! Holds an answer to the caller's schema.

use crate::limits::Work;
use crate::model::{ErrorCode, FlowError, Foreign, Stage};
use crate::policy::redact::redact;

/// The caller's validator: it gives the value that the caller gets, changed or not.
pub type Schema = Box<dyn Fn(Option<&Foreign>) -> Work<'static, Result<Foreign, Misfit>>>;

/// Why there is no valid value.
pub enum Misfit {
    /// The answer does not fit.
    Issues {
        /// The first issue's message.
        message: Option<String>,
        /// All of them, as the validator wrote them.
        issues: Foreign,
    },
    /// The validator failed itself.
    Threw(Foreign),
}

/// The value that the schema makes of the data, or of there being none.
///
/// # Errors
/// `output_invalid` with the issues; `invalid_argument` where the schema threw. The flow ran in both cases.
pub async fn validated(
    schema: &Schema,
    data: Option<Foreign>,
    stage: Stage,
) -> Result<Foreign, FlowError> {
    let misfit = match schema(data.as_ref()).await {
        Ok(value) => return Ok(value),
        Err(misfit) => misfit,
    };
    let error = match misfit {
        Misfit::Threw(cause) => FlowError::invalid(&["schema: its validate threw"])
            .cause(Some(cause))
            .with(|fields| fields.stage = stage),
        Misfit::Issues { message, issues } => {
            let message = message.as_deref().map(redact);
            FlowError::new(ErrorCode::OutputInvalid, stage)
                .said(message.as_deref())
                .with(|fields| {
                    fields.issues = Some(issues);
                    fields.data = data;
                })
        }
    };
    Err(error.may_have_run(true))
}
