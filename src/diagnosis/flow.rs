//! What the flow's row and its definition say: on, its trigger, who may run it.

use super::Walk;
use super::who::User;
use crate::model::{ErrorCode, FlowRef, Foreign};
use crate::policy::dataverse;
use crate::policy::text::filled;
use crate::port::World;
use crate::rows;
use crate::workflow::{self, Trigger, Who, triggers};

/// What only a flow's row tells.
const ROW_CHECKS: [&str; 5] = [
    "workflow.read",
    "workflow.on",
    "trigger.kind",
    "trigger.auth",
    "trigger.allowedUser",
];

impl<W: World> Walk<W> {
    /// The flow's row and what is in it; whether its URL may be asked for.
    pub(super) async fn flow(&self, flow: &FlowRef, user: Option<&User>) -> Option<Foreign> {
        let (report, world) = (&self.report, &self.quiet.world);
        self.at.set("workflow.read");
        let columns = "?$select=resourceid,statecode,category,clientdata";
        let read = workflow::read(&flow.workflow_id, columns);
        let row = match rows::once(&**world, read).await {
            Ok(row) => row,
            Err(failure) => {
                report.error("workflow.read", failure.error());
                for name in ROW_CHECKS.into_iter().skip(1) {
                    report.skip(name, "The flow's row can't be read.");
                }
                return None;
            }
        };
        report.pass("workflow.read", "The user may read the flow's row.");
        let is_on = workflow::is_on(&**world, &row);
        if is_on {
            report.pass("workflow.on", "The flow is on.");
        } else if world.number(&row, "statecode") == Some(dataverse::SUSPENDED) {
            report.fail(
                "workflow.on",
                "The flow is suspended.",
                "Look in Power Automate why: a data policy forbids one of its connectors, or it failed for too long. Then turn it on.",
            );
        } else {
            report.fail(
                "workflow.on",
                "The flow is off.",
                ErrorCode::WorkflowOff.hint(),
            );
        }
        if !workflow::is_cloud_flow(&**world, &row) {
            report.fail(
                "trigger.kind",
                "The row is a classic process, not a cloud flow.",
                ErrorCode::TriggerNotHttp.hint(),
            );
        } else if let Some(all) = triggers(&**world, &row) {
            if let Some(trigger) = self.kind(flow, &all) {
                self.who(trigger, user);
                return is_on.then_some(row);
            }
        } else {
            report.warn(
                "trigger.kind",
                "The flow's definition (clientdata) can't be read.",
                "Open the flow in Power Automate and save it.",
            );
        }
        for name in ["trigger.auth", "trigger.allowedUser"] {
            report.skip(name, "There is no trigger to look at.");
        }
        (is_on && !report.failed("trigger.kind")).then_some(row)
    }

    pub(super) fn kind<'a>(&self, flow: &FlowRef, all: &'a [Trigger]) -> Option<&'a Trigger> {
        const NAME: &str = "trigger.kind";
        let report = &self.report;
        let named = all.iter().find(|trigger| trigger.name == flow.trigger);
        let http = all.iter().find(|trigger| trigger.is_http);
        match (named, http) {
            (Some(trigger), _) if trigger.is_http => {
                let path = trigger.relative_path.as_deref().unwrap_or_default();
                let slash = if path.is_empty() || path.starts_with('/') {
                    ""
                } else {
                    "/"
                };
                report.pass(
                    NAME,
                    &filled(
                        "\"{}\" is an HTTP trigger: {} …/paths/invoke{}{}",
                        &[&trigger.name, &trigger.method, slash, path],
                    ),
                );
                return Some(trigger);
            }
            (None, Some(other)) => report.fail(
                NAME,
                &filled(
                    "The flow has no trigger \"{}\"; its HTTP trigger is \"{}\".",
                    &[&flow.trigger, &other.name],
                ),
                "Pass the trigger's name: flow({ workflowId, trigger }).",
            ),
            (found, _) => {
                let found = found.or(all.first());
                let kind = found.map_or("none", |trigger| trigger.kind.as_str());
                report.fail(
                    NAME,
                    &filled("The flow's trigger is not HTTP; it is: {}.", &[kind]),
                    ErrorCode::TriggerNotHttp.hint(),
                );
            }
        }
        None
    }

    pub(super) fn who(&self, trigger: &Trigger, user: Option<&User>) {
        const NAME: &str = "trigger.allowedUser";
        let report = &self.report;
        match trigger.who {
            Who::Anyone if self.sas_allowed => report.warn(
                "trigger.auth",
                "Anyone who has the URL may run the flow.",
                ErrorCode::SasRefused.hint(),
            ),
            Who::Anyone => report.fail(
                "trigger.auth",
                "Anyone who has the URL may run the flow, and sas is \"refuse\".",
                ErrorCode::SasRefused.hint(),
            ),
            Who::Tenant => report.pass("trigger.auth", "Any user of the tenant may run the flow."),
            Who::Users => report.pass("trigger.auth", "Users of a list may run the flow."),
        }
        if trigger.who != Who::Users {
            return report.skip(NAME, "The trigger has no list of users.");
        }
        let listed = |name: &String| {
            let users = &mut trigger.allowed_users.iter();
            users.any(|user| user.eq_ignore_ascii_case(name))
        };
        match user {
            Some(user) if user.names.iter().any(listed) => {
                report.pass(NAME, "The user is on the list.");
            }
            Some(user) if !user.names.is_empty() => {
                if trigger
                    .allowed_users
                    .iter()
                    .any(|user| user.starts_with('@'))
                {
                    return report.skip(
                        NAME,
                        "The list is an expression, known only when the flow runs.",
                    );
                }
                let first = user.names.first().map_or("", String::as_str);
                report.fail(
                    NAME,
                    &filled(
                        "The user is not on the trigger's list; the token's object id is {}.",
                        &[first],
                    ),
                    "Add the user to \"Allowed users\" in the flow's trigger, by object id.",
                );
            }
            _ => report.skip(NAME, "There is no token that says who the user is."),
        }
    }

    pub(super) fn no_row(&self, why: &str) {
        for name in ROW_CHECKS {
            self.report.skip(name, why);
        }
    }
}
