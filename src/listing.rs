//! Lists the flows that can be called, for makers and admins.

use std::cell::RefCell;

use futures_util::FutureExt;

use crate::client::Client;
use crate::limits::{Progress, Work, limited};
use crate::model::{ErrorCode, FlowError, Foreign, Stage};
use crate::policy::dataverse;
use crate::policy::redact::redact;
use crate::port::{DataverseCall, Fact, Step, World};
use crate::rows::{self, Ask};
use crate::workflow::{Trigger, triggers};

/// Cloud flows of solutions; `type` 1 leaves out the copies that are made of those that are on.
const QUESTION: &str = "?$select=workflowid,name,statecode,clientdata&$filter=category eq 5 and type eq 1&$orderby=name";
/// Rows in one answer: a definition can be hundreds of kilobytes.
const PAGE: u32 = 100;

/// A flow with an HTTP trigger, and how its maker set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpFlow {
    /// The `workflowid`.
    pub workflow_id: String,
    /// Its name, which need not be unique.
    pub name: String,
    /// Its trigger.
    pub trigger: Trigger,
    /// Whether it is on.
    pub on: bool,
}

impl<W: World> Client<W> {
    /// Every cloud flow of a solution that has an HTTP trigger and that the user may read. One whose definition can't
    /// be read is left out.
    ///
    /// # Errors
    /// `workflow_forbidden`, `throttled`, `network`, `host_not_found`, `service_error`, `timeout`.
    pub async fn http_flows(&self) -> Result<Vec<HttpFlow>, FlowError> {
        let found = RefCell::new(Vec::new());
        let timeout_ms = self.settings.timeout_ms;
        let work = self
            .pages(self.world.now_ms() + timeout_ms, &found)
            .boxed_local();
        let progress = Progress::at(Stage::Workflow);
        limited(&*self.world, timeout_ms, None, &progress, work).await?;
        Ok(found.into_inner())
    }

    async fn pages(&self, end_ms: f64, found: &RefCell<Vec<HttpFlow>>) -> Result<(), FlowError> {
        let strange = |what| FlowError::new(ErrorCode::ServiceError, Stage::Workflow).detail(what);
        let mut asked = Vec::new();
        let mut question = QUESTION.to_owned();
        loop {
            let page = self.page(&question, end_ms).await?;
            let rows = self
                .world
                .member(&page, "entities")
                .ok_or_else(|| strange("retrieveMultipleRecords answered without entities"))?;
            for row in self.world.items(&rows) {
                self.read(&row, &mut found.borrow_mut());
            }
            let Some(link) = self.world.text(&page, "nextLink") else {
                return Ok(());
            };
            // The query alone is what the web API takes, as it came.
            let (_, query) = link
                .split_once('?')
                .ok_or_else(|| strange("its nextLink has no query"))?;
            asked.push(question);
            question = ["?", query].concat();
            if asked.contains(&question) {
                return Err(strange("its pages lead back to one that was read"));
            }
        }
    }

    fn page<'a>(&'a self, question: &'a str, end_ms: f64) -> Work<'a, Result<Foreign, FlowError>> {
        let read = Ask {
            call: DataverseCall::RetrievePage {
                table: "workflow",
                options: question,
                size: PAGE,
            },
            stage: Stage::Workflow,
            code_of: dataverse::workflow_code,
            step: Step::Workflow,
            about: ("workflowId", Fact::Text(None)),
        };
        rows::ask(&*self.world, &self.settings, read, end_ms)
    }

    fn read(&self, row: &Foreign, found: &mut Vec<HttpFlow>) {
        let values = &*self.world;
        let Some(workflow_id) = values.text(row, "workflowid") else {
            return;
        };
        let http = triggers(values, row)
            .unwrap_or_default()
            .into_iter()
            .filter(|trigger| trigger.is_http);
        found.extend(http.map(|trigger| HttpFlow {
            workflow_id: workflow_id.clone(),
            name: redact(&values.text(row, "name").unwrap_or_default()),
            trigger,
            on: values.number(row, "statecode") == Some(dataverse::ACTIVATED),
        }));
    }
}
