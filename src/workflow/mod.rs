//! A flow's row in Dataverse's table `workflow`: how it is read, and what it says.

mod trigger;

pub use trigger::{Trigger, Who, triggers};

use crate::model::{Foreign, Guid, Stage};
use crate::policy::dataverse;
use crate::port::{DataverseCall, Fact, Step, Values};
use crate::rows::Ask;

/// No more than a call needs: `clientdata` holds whatever secrets its author put there.
pub(crate) const COLUMNS: &str = "?$select=resourceid,statecode,category";

/// The row by its `workflowid`.
pub(crate) fn read<'a>(workflow_id: &'a Guid, columns: &'a str) -> Ask<'a> {
    Ask {
        call: DataverseCall::Retrieve {
            table: "workflow",
            id: workflow_id,
            options: columns,
        },
        stage: Stage::Workflow,
        code_of: dataverse::workflow_code,
        step: Step::Workflow,
        about: ("workflowId", Fact::Text(Some(workflow_id.as_str()))),
    }
}

/// Whether it is a cloud flow and no classic process. A row that does not say is taken for one.
pub(crate) fn is_cloud_flow(values: &impl Values, row: &Foreign) -> bool {
    values
        .number(row, "category")
        .is_none_or(|category| category == dataverse::CLOUD_FLOW)
}

/// Whether the flow is on. A row that does not say is taken for one that is.
pub(crate) fn is_on(values: &impl Values, row: &Foreign) -> bool {
    values
        .number(row, "statecode")
        .is_none_or(|state| state == dataverse::ACTIVATED)
}
