//! The record pattern, for work that takes longer than an answer may: a row is the request, a flow that starts on
//! it does the work, and the row is the answer.
//!
//! A row starts a run, so it is created at most once; looking at it starts nothing and may be repeated for as long
//! as there is time.

use std::rc::Rc;

use futures_util::FutureExt;

use crate::client::Client;
use crate::limits::{Abort, Progress, limited, timed_out, within};
use crate::model::{ErrorCode, FlowError, Foreign, Guid, Stage};
use crate::policy::dataverse::{self, Meaning};
use crate::policy::redact::redact;
use crate::policy::{polling, record};
use crate::port::{Column, DataverseCall, DataverseFailure, Fact, Step, Values, World};
use crate::repeat::{ATTEMPT_MS, Failure, before_again, repeat};
use crate::rows::{refusal, retry_after_ms};
use crate::schema::{self, Schema};
use crate::telemetry;

/// Where the rows are, as the caller says it.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// The table's logical name.
    pub table: String,
    /// The column that the flow reads.
    pub input: String,
    /// The column that the flow writes.
    pub result: String,
    /// The choice column with the state.
    pub status: String,
    /// The column for what went wrong.
    pub error: Option<String>,
    /// The state of a row whose result is there.
    pub completed: f64,
    /// The state of a row whose work failed.
    pub failed: f64,
    /// The state of a new row.
    pub pending: Option<f64>,
    /// The state of a row that is worked on.
    pub running: Option<f64>,
    /// Whether a row that is completed is deleted.
    pub delete_when_done: bool,
}

/// A table whose names and states can be used.
#[derive(Clone, Debug)]
pub struct OperationTable(Box<TableOptions>);

impl OperationTable {
    /// Checks every name, since they go into queries, and that the states can be told apart.
    ///
    /// # Errors
    /// `invalid_argument`.
    pub fn new(options: Box<TableOptions>) -> Result<Self, FlowError> {
        let names = [
            ("table", Some(&options.table)),
            ("input", Some(&options.input)),
            ("result", Some(&options.result)),
            ("status", Some(&options.status)),
            ("error", options.error.as_ref()),
        ];
        for (field, name) in names {
            if name.is_some_and(|name| !record::is_logical_name(name)) {
                return Err(FlowError::invalid(&[
                    field,
                    ": must be a logical name, of lower-case letters, digits and _",
                ]));
            }
        }
        let is_end = |state: f64| state == options.completed || state == options.failed;
        for (field, clashes) in [
            ("states.failed", options.failed == options.completed),
            ("states.pending", options.pending.is_some_and(is_end)),
            ("states.running", options.running.is_some_and(is_end)),
        ] {
            if clashes {
                return Err(FlowError::invalid(&[
                    field,
                    ": must differ from the states that end an operation",
                ]));
            }
        }
        Ok(Self(options))
    }

    fn columns(&self) -> String {
        let Self(table) = self;
        let mut query = ["?$select=", &table.status, ",", &table.result].concat();
        if let Some(error) = table.error.as_ref().filter(|name| **name != table.result) {
            query.push(',');
            query.push_str(error);
        }
        query
    }
}

/// Hears of a row's id, its state, and the milliseconds since the call.
pub type OnProgress = Box<dyn Fn(&Guid, f64, f64)>;

/// How long a caller waits, and what for.
pub struct Waiting {
    /// Milliseconds for the whole call.
    pub timeout_ms: f64,
    /// The caller's patience.
    pub abort: Option<Abort>,
    /// Told after each look.
    pub on_progress: Option<OnProgress>,
    /// What the result is held to.
    pub schema: Option<Schema>,
}

/// A row that was created, or whose work is done.
pub struct Operated {
    /// The row.
    pub id: Guid,
    /// What the flow wrote: the value of a JSON text, else the column as it is.
    pub data: Option<Foreign>,
    /// Milliseconds since the call.
    pub elapsed_ms: f64,
}

/// What is to be done.
pub enum Task {
    /// Creates a row of this input and waits for its result.
    Run(Option<String>),
    /// Creates a row of this input.
    Start(Option<String>),
    /// Waits for the result of a row, whoever created it.
    Wait(Guid),
}

/// Operations of one table.
pub struct Operation<W> {
    client: Rc<Client<W>>,
    table: OperationTable,
}

impl<W: World> Operation<W> {
    /// Operations of that table, as the client's user.
    #[must_use]
    pub fn new(client: Rc<Client<W>>, table: OperationTable) -> Self {
        Self { client, table }
    }

    /// Creates the row, waits for its result, or both.
    ///
    /// # Errors
    /// `invalid_argument`, `operation_failed`, `output_invalid`, `throttled`, `network`, `host_not_found`,
    /// `service_error`, `timeout`, `aborted`.
    pub async fn perform(
        &self,
        task: Task,
        mut waiting: Box<Waiting>,
    ) -> Result<Box<Operated>, FlowError> {
        let world = &*self.client.world;
        if let Task::Run(Some(input)) | Task::Start(Some(input)) = &task
            && record::holds_a_token(input, &|text| world.decode_base64(text))
        {
            return Err(FlowError::invalid(&[
                "input: holds what looks like a token, and a row is no place for one",
            ]));
        }
        let abort = waiting.abort.take();
        let (waiting, progress) = (&*waiting, &Progress::at(Stage::Operation));
        let started_ms = world.now_ms();
        let work = async move {
            let waits = !matches!(task, Task::Start(_));
            let (id, is_new) = match task {
                Task::Run(input) | Task::Start(input) => {
                    let end_ms = started_ms + waiting.timeout_ms;
                    let id = self.create(input.as_deref(), progress, end_ms).await?;
                    // The caller can keep it from now on.
                    tell(
                        waiting,
                        &id,
                        self.table.0.pending,
                        world.now_ms() - started_ms,
                    );
                    (id, true)
                }
                Task::Wait(id) => {
                    progress.may_have_run.set(true);
                    (id, false)
                }
            };
            let data = if waits {
                self.watch(&id, is_new, started_ms, waiting).await?
            } else {
                None
            };
            Ok(Box::new(Operated {
                id,
                data,
                elapsed_ms: world.now_ms() - started_ms,
            }))
        }
        .boxed_local();
        limited(world, waiting.timeout_ms, abort, progress, work).await
    }

    /// Creates the row. It is tried again only where Dataverse says that it did not even try.
    async fn create(
        &self,
        input: Option<&str>,
        progress: &Progress,
        end_ms: f64,
    ) -> Result<Guid, FlowError> {
        let (world, table) = (&*self.client.world, &self.table.0);
        let mut row = Vec::new();
        if let Some(text) = input {
            row.push((table.input.as_str(), Column::Text(text)));
        }
        if let Some(pending) = table.pending {
            row.push((table.status.as_str(), Column::Number(pending)));
        }
        let mut failures = 0;
        loop {
            progress.may_have_run.set(true);
            let create = DataverseCall::Create {
                table: &table.table,
                row: &row,
            };
            let failure = match world.dataverse(create).await {
                Ok(answer) => {
                    return created(world, &answer).ok_or_else(|| {
                        FlowError::new(ErrorCode::OperationFailed, Stage::Operation)
                            .detail("createRecord answered without the row's id")
                            .may_have_run(true)
                    });
                }
                Err(failure) => failure,
            };
            let meaning = dataverse::meaning(failure.error_code, &failure.message);
            let may_have_run = !dataverse::refused(failure.error_code, meaning);
            progress.may_have_run.set(may_have_run);
            failures += 1;
            let passes =
                meaning == Meaning::Throttled && failures < self.client.settings.max_attempts;
            let again = passes.then(|| retry_after_ms(world, &failure));
            let error = row_error(meaning, failure).may_have_run(may_have_run);
            let delay = before_again(world, error, failures, again, end_ms)?;
            world.sleep(delay).await;
        }
    }

    /// Looks at the row until its work is done; a new row's flow gets some time first.
    async fn watch(
        &self,
        id: &Guid,
        is_new: bool,
        started_ms: f64,
        waiting: &Waiting,
    ) -> Result<Option<Foreign>, FlowError> {
        let (world, table) = (&*self.client.world, &self.table.0);
        let columns = self.table.columns();
        let end_ms = started_ms + waiting.timeout_ms;
        let interval_ms = |looks| polling::interval_ms(looks, world.random());
        let (mut looks, mut unknown) = (0_u32, 0);
        let mut pause_ms = is_new.then(|| interval_ms(0));
        loop {
            if let Some(ms) = pause_ms {
                self.pause(ms).await;
            }
            looks = looks.saturating_add(1);
            let look = world.dataverse(DataverseCall::Retrieve {
                table: &table.table,
                id,
                options: &columns,
            });
            let look_ms = world.now_ms();
            let told = |status, error: Option<&FlowError>| {
                let error = error.map(|error| error.code);
                let facts = [("status", Fact::Number(status))];
                telemetry::ended(world, Step::Poll, look_ms, error, &facts);
            };
            let (error, asked_ms) = match within(world, ATTEMPT_MS, look.boxed_local()).await {
                // A lost connection may never say so.
                None => {
                    let error = timed_out(Stage::Operation);
                    told(None, Some(&error));
                    (Some(error), None)
                }
                Some(Ok(row)) => {
                    unknown = 0;
                    let status = world.number(&row, &table.status).or(table.pending);
                    told(status, None);
                    tell(waiting, id, status, world.now_ms() - started_ms);
                    if status == Some(table.completed) {
                        let result = self.result(&row, waiting.schema.as_ref()).await?;
                        if table.delete_when_done {
                            self.delete(id);
                        }
                        return Ok(result);
                    }
                    if status == Some(table.failed) {
                        return Err(self.failed(&row));
                    }
                    (None, None)
                }
                Some(Err(failure)) => {
                    let meaning = dataverse::meaning(failure.error_code, &failure.message);
                    if !dataverse::passes(meaning) {
                        unknown += 1;
                    }
                    let lasts = meaning == Meaning::NoWebApi
                        || dataverse::is_its_own(failure.error_code)
                        || unknown >= self.client.settings.max_attempts;
                    let asked_ms = retry_after_ms(world, &failure);
                    let error = row_error(meaning, failure).may_have_run(true);
                    told(None, Some(&error));
                    if meaning == Meaning::Throttled {
                        looks = looks.max(polling::GROWN);
                    } else if lasts {
                        return Err(error);
                    }
                    (Some(error), asked_ms)
                }
            };
            let interval = interval_ms(looks);
            let ms = asked_ms.map_or(interval, |asked: f64| asked.max(interval));
            // A wait beyond the end could only end in a timeout, which says less than this error.
            if let Some(error) = error
                && world.now_ms() + ms >= end_ms
            {
                return Err(error.may_have_run(true));
            }
            pause_ms = Some(ms);
        }
    }

    /// Waits until the next look; longer while nobody can see the page.
    async fn pause(&self, ms: f64) {
        let world = &*self.client.world;
        for _ in 0..polling::INTERVALS_WHILE_HIDDEN {
            world.sleep(ms).await;
            if !world.is_hidden() {
                break;
            }
        }
    }

    async fn result(
        &self,
        row: &Foreign,
        schema: Option<&Schema>,
    ) -> Result<Option<Foreign>, FlowError> {
        let (world, column) = (&*self.client.world, &self.table.0.result);
        let json = world.text(row, column).and_then(|text| world.parse(&text));
        let written = json.or_else(|| world.member(row, column));
        match schema {
            None => Ok(written),
            Some(schema) => schema::validated(schema, written, Stage::Operation)
                .await
                .map(Some),
        }
    }

    fn failed(&self, row: &Foreign) -> FlowError {
        let column = self.table.0.error.as_ref();
        let said = column.and_then(|name| self.client.world.text(row, name));
        let error = FlowError::new(ErrorCode::OperationFailed, Stage::Operation).may_have_run(true);
        match said
            .filter(|said| !said.is_empty())
            .map(|said| redact(&said))
        {
            Some(said) => error
                .detail(&said)
                .with(|fields| fields.service_message = Some(said)),
            None => error,
        }
    }

    /// Deletes the row in the background: nobody waits for it, and a row that stays does no harm.
    fn delete(&self, id: &Guid) {
        let (client, table, id) = (self.client.clone(), self.table.0.table.clone(), id.clone());
        let work = async move {
            let world = &*client.world;
            let settings = &client.settings;
            let end_ms = world.now_ms() + settings.timeout_ms;
            let _ = repeat(
                world,
                settings.max_attempts,
                end_ms,
                Stage::Operation,
                &|| {
                    let delete = world.dataverse(DataverseCall::Delete {
                        table: &table,
                        id: &id,
                    });
                    async {
                        delete.await.map_err(|failure| {
                            let meaning = dataverse::meaning(failure.error_code, &failure.message);
                            let asked_ms = retry_after_ms(world, &failure);
                            Failure::of_dataverse(meaning, row_error(meaning, failure), asked_ms)
                        })
                    }
                    .boxed_local()
                },
            )
            .await;
        };
        self.client.world.spawn(work.boxed_local());
    }
}

fn tell(waiting: &Waiting, id: &Guid, status: Option<f64>, elapsed_ms: f64) {
    if let (Some(tell), Some(status)) = (&waiting.on_progress, status) {
        tell(id, status, elapsed_ms);
    }
}

/// The new row's id: a text, or an object around one in some hosts.
fn created(values: &impl Values, answer: &Foreign) -> Option<Guid> {
    let id = values.text(answer, "id").or_else(|| {
        let id = values.member(answer, "id")?;
        values.text(&id, "guid")
    })?;
    Guid::parse(&id)
}

fn row_error(meaning: Meaning, failure: Box<DataverseFailure>) -> FlowError {
    let own = dataverse::is_its_own(failure.error_code);
    let (code, hint) = match meaning {
        Meaning::NotFound => (
            ErrorCode::OperationFailed,
            Some(
                "The row was deleted, or the user may not read it; whether the flow ran is in its run history.",
            ),
        ),
        Meaning::Forbidden => (
            ErrorCode::OperationFailed,
            Some(
                "Give the user's security role Create and Read on the operation's table, and Delete for deleteWhenDone.",
            ),
        ),
        Meaning::Throttled => (ErrorCode::Throttled, None),
        Meaning::Unreachable => (ErrorCode::Network, None),
        Meaning::NoWebApi => (ErrorCode::HostNotFound, None),
        Meaning::Other if own => (
            ErrorCode::OperationFailed,
            Some(
                "Dataverse refused: compare the names of the table and its columns, and what a plug-in on it may want.",
            ),
        ),
        Meaning::Other => (ErrorCode::ServiceError, None),
    };
    refusal(code, Stage::Operation, meaning, failure).hint(hint)
}
