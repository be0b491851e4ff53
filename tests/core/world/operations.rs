//! The table of the record pattern: rows that are created, looked at and deleted, each as a test says.
//!
//! By default a row is completed with `{"done":true}` as soon as it is created. The story reads `0 create …`,
//! `625 look`, `625 delete`.

use std::cell::RefCell;
use std::rc::Rc;

use entra_flow::limits::Abort;
use entra_flow::model::{FlowError, Foreign, Guid};
use entra_flow::operation::{Operated, Operation, OperationTable, TableOptions, Task, Waiting};
use entra_flow::port::{Column, DataverseCall, DataverseFailure};
use entra_flow::schema::Schema;
use serde_json::{Value, json};

use super::*;

pub(crate) const ROW: &str = "77777777-2222-4333-8444-555555555555";
pub(crate) const PENDING: f64 = 1.0;
pub(crate) const RUNNING: f64 = 2.0;
pub(crate) const COMPLETED: f64 = 3.0;
pub(crate) const FAILED: f64 = 4.0;

pub(crate) type RowAnswer = Reply<Result<Value, DataverseFailure>>;

/// What the table answers.
pub(crate) struct Operations {
    pub(crate) create: Script<Value, Result<Value, DataverseFailure>>,
    pub(crate) look: Script<String, Result<Value, DataverseFailure>>,
    pub(crate) delete: Script<String, Result<Value, DataverseFailure>>,
}

impl Default for Operations {
    fn default() -> Self {
        Self {
            create: Script::new(|_: &Value| created(ROW)),
            look: Script::new(|_: &String| completed(r#"{"done":true}"#)),
            delete: Script::new(|_: &String| Reply::new(Ok(Value::Null))),
        }
    }
}

/// A question about an operation's row.
pub(crate) enum Look {
    Create(Value),
    Retrieve(String),
    Delete(String),
}

impl Look {
    /// Nothing where another table is asked for.
    pub(crate) fn of(call: &DataverseCall<'_>) -> Option<Self> {
        match call {
            DataverseCall::Create {
                table: "ef_op",
                row,
            } => Some(Self::Create(row_of(row))),
            DataverseCall::Retrieve {
                table: "ef_op",
                id,
                options,
            } => {
                assert_eq!(id.as_str(), ROW);
                Some(Self::Retrieve((*options).to_owned()))
            }
            DataverseCall::Delete { table: "ef_op", id } => {
                Some(Self::Delete(id.as_str().to_owned()))
            }
            _ => None,
        }
    }
}

fn row_of(row: &[(&str, Column<'_>)]) -> Value {
    let column = |(name, column): &(&str, Column<'_>)| {
        let value = match column {
            Column::Text(text) => json!(text),
            Column::Number(number) => json!(number),
        };
        ((*name).to_owned(), value)
    };
    Value::Object(row.iter().map(column).collect())
}

impl World {
    pub(crate) async fn operate(&self, asked: Look) -> Result<Foreign, Box<DataverseFailure>> {
        let (words, reply) = match asked {
            Look::Create(row) => (format!("create {row}"), self.operations.create.next(&row)),
            Look::Retrieve(options) => ("look".to_owned(), self.operations.look.next(&options)),
            Look::Delete(id) => {
                assert_eq!(id, ROW);
                ("delete".to_owned(), self.operations.delete.next(&id))
            }
        };
        self.asked(What::Operation(words), reply)
            .await
            .map(json_value)
            .map_err(Box::new)
    }
}

/// The table as a caller says it.
pub(crate) fn table_options() -> TableOptions {
    TableOptions {
        table: "ef_op".to_owned(),
        input: "ef_in".to_owned(),
        result: "ef_out".to_owned(),
        status: "ef_status".to_owned(),
        error: Some("ef_error".to_owned()),
        completed: COMPLETED,
        failed: FAILED,
        pending: Some(PENDING),
        running: Some(RUNNING),
        delete_when_done: false,
    }
}

/// The new row's id, as hosts answer it.
pub(crate) fn created(id: &str) -> RowAnswer {
    Reply::new(Ok(json!({"id": id, "entityType": "ef_op"})))
}

/// A row in that state.
pub(crate) fn in_state(status: f64) -> RowAnswer {
    Reply::new(Ok(
        json!({"ef_status": status, "ef_out": null, "ef_error": null}),
    ))
}

/// A row whose work is done.
pub(crate) fn completed(result: &str) -> RowAnswer {
    Reply::new(Ok(
        json!({"ef_status": COMPLETED, "ef_out": result, "ef_error": null}),
    ))
}

/// A row whose work failed.
pub(crate) fn failed(error: &str) -> RowAnswer {
    Reply::new(Ok(
        json!({"ef_status": FAILED, "ef_out": null, "ef_error": error}),
    ))
}

/// What Dataverse rejects with; `thrown` is the object itself, which may say more.
pub(crate) fn rejects(error_code: f64, message: &str, thrown: Value) -> RowAnswer {
    Reply::new(Err(DataverseFailure {
        error_code: Some(error_code),
        message: message.to_owned(),
        cause: Some(json_value(thrown)),
    }))
}

/// A service protection limit.
pub(crate) fn throttled(thrown: Value) -> RowAnswer {
    rejects(f64::from(0x8007_2322_u32), "Too many requests.", thrown)
}

/// The connection is gone.
pub(crate) fn offline() -> RowAnswer {
    rejects(0.0, "Failed to fetch", json!({}))
}

/// What `onProgress` heard: state and time.
pub(crate) type Heard = Rc<RefCell<Vec<(f64, f64)>>>;

/// How a test waits: `patience().timeout(5000.0)`.
pub(crate) struct Patience(Waiting);

pub(crate) fn patience() -> Patience {
    Patience(Waiting {
        timeout_ms: Settings::TIMEOUT_MS,
        abort: None,
        on_progress: None,
        schema: None,
    })
}

impl Patience {
    pub(crate) fn timeout(mut self, ms: f64) -> Self {
        self.0.timeout_ms = ms;
        self
    }

    pub(crate) fn schema(mut self, schema: Schema) -> Self {
        self.0.schema = Some(schema);
        self
    }

    pub(crate) fn abort(mut self, abort: Abort) -> Self {
        self.0.abort = Some(abort);
        self
    }

    pub(crate) fn hearing(mut self, heard: &Heard) -> Self {
        let heard = heard.clone();
        self.0.on_progress = Some(Box::new(move |id: &Guid, status, elapsed| {
            assert_eq!(id.as_str(), ROW);
            heard.borrow_mut().push((status, elapsed));
        }));
        self
    }
}

pub(crate) type Ended = Result<Box<Operated>, FlowError>;

/// Operations and the world they are in.
#[derive(Clone)]
pub(crate) struct Operator {
    pub(crate) world: Rc<World>,
    operation: Rc<Operation<World>>,
}

/// A world where all is well, and its table.
pub(crate) fn operator() -> Operator {
    operator_of(|_| {})
}

pub(crate) fn operator_of(change: impl FnOnce(&mut TableOptions)) -> Operator {
    let (world, caller) = scene();
    let mut options = table_options();
    change(&mut options);
    let table = OperationTable::new(Box::new(options)).unwrap();
    let operation = Rc::new(Operation::new(caller.client, table));
    Operator { world, operation }
}

impl Operator {
    pub(crate) fn begin_run(&self, input: &str, patience: Patience) -> Handle<Ended> {
        self.begin(Task::Run(Some(input.to_owned())), patience)
    }

    pub(crate) fn begin_wait(&self, patience: Patience) -> Handle<Ended> {
        self.begin(Task::Wait(Guid::parse(ROW).unwrap()), patience)
    }

    fn begin(&self, task: Task, patience: Patience) -> Handle<Ended> {
        let operation = self.operation.clone();
        self.world
            .start(async move { operation.perform(task, Box::new(patience.0)).await })
    }

    #[track_caller]
    pub(crate) fn run(&self, patience: Patience) -> Ended {
        self.judged(&self.begin_run("go", patience))
    }

    #[track_caller]
    pub(crate) fn wait(&self, patience: Patience) -> Ended {
        self.judged(&self.begin_wait(patience))
    }

    #[track_caller]
    pub(crate) fn start(&self, input: Option<&str>) -> Ended {
        let task = Task::Start(input.map(str::to_owned));
        self.judged(&self.begin(task, patience()))
    }

    /// No secret is told, and nothing is left.
    #[track_caller]
    fn judged(&self, handle: &Handle<Ended>) -> Ended {
        let ended = handle
            .wait()
            .inspect_err(|error| assert_no_secret(&everything_said(error)));
        self.world.pass_all();
        self.world.assert_at_rest();
        ended
    }
}

/// The result as JSON.
#[track_caller]
pub(crate) fn result_of(ended: &Ended) -> Option<Value> {
    match ended {
        Ok(operated) => operated.data.as_ref()?.downcast_ref().cloned(),
        Err(error) => panic!("failed: {error:?}"),
    }
}

/// What a test asks of an operation that failed.
#[track_caller]
pub(crate) fn refused(ended: Ended) -> FlowError {
    match ended {
        Ok(operated) => panic!("succeeded with {:?}", operated.id),
        Err(error) => error,
    }
}
