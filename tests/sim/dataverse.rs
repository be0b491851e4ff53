//! Dataverse: flows' rows, environment variables, and the table of the record pattern.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use entra_flow::model::Foreign;
use entra_flow::port::{Column, DataverseCall, DataverseFailure};
use serde_json::{Value, json};

use super::faults::{Fault, Port};
use super::flows::{self, HOSTILE, workflow_id};
use super::plan::Plan;
use super::sim::Sim;

/// The table of the record pattern.
pub(crate) const TABLE: &str = "ef_operation";
pub(crate) const PENDING: f64 = 1.0;
pub(crate) const RUNNING: f64 = 2.0;
pub(crate) const COMPLETED: f64 = 3.0;
pub(crate) const FAILED: f64 = 4.0;

/// The variable of a flow.
pub(crate) fn variable_name(flow: usize) -> String {
    format!("ef_Url{flow}")
}

/// The id of an operation's row.
pub(crate) fn row_id(number: usize) -> String {
    format!("22222222-2222-4333-8444-{number:012}")
}

/// An operation's row.
struct Row {
    call: usize,
    /// When the flow is done with it.
    done_ms: f64,
    fails: bool,
    deleted: Cell<bool>,
}

pub(crate) struct Tables {
    /// Flows whose row is not there.
    pub(crate) deleted: RefCell<Vec<bool>>,
    /// What variables hold.
    pub(crate) variables: RefCell<BTreeMap<String, Option<String>>>,
    rows: RefCell<Vec<Row>>,
}

/// A question, kept.
#[derive(Clone)]
pub(crate) enum Asking {
    Retrieve(String, String, String),
    Query(String, String),
    Page(String),
    Write(&'static str, String, String, BTreeMap<String, Value>),
}

impl Asking {
    pub(crate) fn of(call: DataverseCall<'_>) -> Self {
        let columns = |row: &[(&str, Column<'_>)]| {
            let member = |(name, column): &(&str, Column<'_>)| {
                let value = match column {
                    Column::Text(text) => json!(text),
                    Column::Number(number) => json!(number),
                };
                ((*name).to_owned(), value)
            };
            row.iter().map(member).collect::<BTreeMap<_, _>>()
        };
        match call {
            DataverseCall::Retrieve { table, id, options } => {
                Self::Retrieve(table.into(), id.as_str().into(), options.into())
            }
            DataverseCall::RetrieveMultiple { table, options } => {
                Self::Query(table.into(), options.into())
            }
            DataverseCall::RetrievePage { options, .. } => Self::Page(options.into()),
            DataverseCall::Create { table, row } => {
                Self::Write("create", table.into(), String::new(), columns(row))
            }
            DataverseCall::Update { table, id, row } => {
                Self::Write("update", table.into(), id.as_str().into(), columns(row))
            }
            DataverseCall::Delete { table, id } => Self::Write(
                "delete",
                table.into(),
                id.as_str().into(),
                BTreeMap::default(),
            ),
        }
    }

    /// For the story: without what is written, which may be a signed URL.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Retrieve(table, id, options) => format!("retrieve {table} {id} {options}"),
            Self::Query(table, options) => format!("query {table} {options}"),
            Self::Page(options) => format!("page {options}"),
            Self::Write(verb, table, id, _) => format!("{verb} {table} {id}"),
        }
    }
}

type Outcome = Result<Value, Box<DataverseFailure>>;

fn failure(error_code: Option<f64>, message: &str, cause: Option<Value>) -> Box<DataverseFailure> {
    Box::new(DataverseFailure {
        error_code,
        message: message.to_owned(),
        cause: cause.map(|cause| Rc::new(cause) as Foreign),
    })
}

impl Tables {
    pub(crate) fn new(plan: &Plan) -> Self {
        let variables = (0..plan.flows).map(|flow| (variable_name(flow), None));
        Self {
            deleted: RefCell::new(vec![false; plan.flows]),
            variables: RefCell::new(variables.collect()),
            rows: RefCell::default(),
        }
    }

    /// Variables hold what they should.
    pub(crate) fn publish(&self, sim: &Sim) {
        for (flow, (_, value)) in self.variables.borrow_mut().iter_mut().enumerate() {
            *value = Some(sim.flows.trigger_url(flow));
        }
    }

    /// The row of a call that only waits: made before it, on another page perhaps.
    pub(crate) fn earlier(&self, sim: &Sim, call: usize) -> usize {
        let mut rows = self.rows.borrow_mut();
        rows.push(Row::of(sim, call));
        rows.len() - 1
    }
}

impl Row {
    fn of(sim: &Sim, call: usize) -> Self {
        let well = sim.plan.calm || sim.healthy.get();
        Self {
            call,
            done_ms: sim.now() + sim.between(100, if well { 60_000 } else { 120_000 }),
            fails: !well && sim.chance(0.2),
            deleted: Cell::new(!well && sim.chance(0.05)),
        }
    }
}

pub(crate) async fn ask(sim: &Rc<Sim>, asking: Asking) -> Outcome {
    let fault = sim.fault(Port::Dataverse);
    let answered = sim
        .travel(fault, move |sim| {
            let answer = match trouble(sim, fault) {
                Some(outcome) => outcome,
                None => answer(sim, &asking),
            };
            (answer, sim.between(5, 200))
        })
        .await;
    answered.unwrap_or_else(|_| {
        let message = *sim.pick(&["Failed to fetch", "NetworkError when attempting to fetch"]);
        Err(failure(None, message, None))
    })
}

fn trouble(sim: &Sim, fault: Fault) -> Option<Outcome> {
    Some(match fault {
        Fault::Throttle => {
            let code = *sim.pick(&[-2_147_015_902.0, -2_147_015_903.0]);
            let cause = match *sim.pick(&[0, 1, 2]) {
                0 => json!({"retryAfter": sim.between(0, 30)}),
                1 => json!({"headers": {"Retry-After": "5"}}),
                _ => json!({"retryAfter": -5, "headers": "none"}),
            };
            Err(failure(
                Some(code),
                "Number of requests exceeded.",
                Some(cause),
            ))
        }
        Fault::Status => {
            let codes = [
                Some(-2_147_220_960.0),
                Some(-2_147_220_969.0),
                Some(-2_147_204_783.0),
                Some(503.0),
                Some(f64::NAN),
                None,
            ];
            Err(failure(*sim.pick(&codes), "It did not work.", None))
        }
        Fault::Echo => {
            let message = "Bad value https://x.example/?sp=1&sig=GEHEIM Bearer eyJhbGciOiJSUzI1NiJ9.e30.UNTERSCHRIFT";
            Err(failure(Some(-2_147_220_891.0), message, None))
        }
        Fault::Garbage => Ok(sim
            .pick(&[
                Value::Null,
                json!("<html>no</html>"),
                json!([]),
                json!({"entities": "none", "nextLink": 5}),
                json!({"resourceid": 7, "statecode": "on", "category": null, "id": {"guid": "?"}}),
                json!({"entities": [null, {"workflowid": "?"}, {"defaultvalue": "sig=GEHEIM"}]}),
            ])
            .clone()),
        _ => return None,
    })
}

fn not_found() -> Outcome {
    Err(failure(
        Some(-2_147_220_969.0),
        "Entity Does Not Exist",
        None,
    ))
}

fn answer(sim: &Rc<Sim>, asking: &Asking) -> Outcome {
    match asking {
        Asking::Retrieve(table, id, options) if table == "workflow" => flow_of(sim, id)
            .map_or_else(not_found, |flow| {
                Ok(row_of(sim, flow, options.contains("clientdata")))
            }),
        Asking::Retrieve(_, id, _) => operation(sim, id),
        Asking::Query(table, options) if table == "workflow" => {
            let wanted = |flow: &usize| {
                options.contains(&workflow_id(*flow)) && !sim.tables.deleted.borrow()[*flow]
            };
            let rows = (0..sim.plan.flows).filter(wanted);
            let rows: Vec<_> = rows.map(|flow| row_of(sim, flow, false)).collect();
            Ok(json!({ "entities": rows }))
        }
        Asking::Query(_, options) => {
            let variables = sim.tables.variables.borrow();
            let rows = variables
                .iter()
                .enumerate()
                .filter(|(_, (name, _))| options.ends_with(&format!("'{name}'")))
                .map(|(index, (name, value))| definition(index, name, value.as_deref()));
            Ok(json!({"entities": rows.collect::<Vec<_>>()}))
        }
        Asking::Page(options) => {
            // Two to a page.
            let token = options.split_once("skiptoken=");
            let first: usize = token.map_or(0, |(_, first)| first.parse().unwrap());
            let rows: Vec<_> = (first..sim.plan.flows.min(first + 2))
                .filter(|flow| !sim.tables.deleted.borrow()[*flow])
                .map(|flow| row_of(sim, flow, true))
                .collect();
            let mut page = json!({ "entities": rows });
            if sim.plan.flows > first + 2 {
                let next = first + 2;
                page["nextLink"] = json!(format!("https://org/api/workflows?$skiptoken={next}"));
            }
            Ok(page)
        }
        Asking::Write(verb, table, id, row) if table == TABLE => {
            if *verb == "create" {
                return Ok(create(sim, row));
            }
            let rows = sim.tables.rows.borrow();
            let found = (0..rows.len()).find(|number| row_id(*number) == *id);
            found.map_or_else(not_found, |number| {
                rows[number].deleted.set(true);
                Ok(Value::Null)
            })
        }
        Asking::Write(verb, _, id, row) => write(sim, verb, id, row),
    }
}

fn flow_of(sim: &Sim, id: &str) -> Option<usize> {
    (0..sim.plan.flows)
        .find(|flow| workflow_id(*flow) == id)
        .filter(|flow| !sim.tables.deleted.borrow()[*flow])
}

fn row_of(sim: &Sim, flow: usize, with_definition: bool) -> Value {
    let own = &sim.flows.all[flow];
    let mut row = json!({
        "workflowid": workflow_id(flow), "resourceid": sim.flows.resource_id(flow),
        "statecode": u8::from(own.on.get()), "category": 5, "name": format!("Flow {flow}"),
    });
    if with_definition {
        let who = if own.anyone.get() { "All" } else { "Tenant" };
        let trigger = json!({"type": "Request", "kind": "Http", "inputs": {"triggerAuthenticationType": who}});
        let definition = json!({"triggers": {"manual": trigger}, "actions": {"key": "sig=GEHEIM"}});
        row["clientdata"] = json!(json!({"properties": {"definition": definition}}).to_string());
    }
    row
}

fn variable_id(kind: u32, index: usize) -> String {
    format!("{kind}3333333-2222-4333-8444-{index:012}")
}

fn definition(index: usize, name: &str, value: Option<&str>) -> Value {
    let values: Vec<_> = value
        .map(|value| json!({"environmentvariablevalueid": variable_id(2, index), "value": value}))
        .into_iter()
        .collect();
    json!({
        "environmentvariabledefinitionid": variable_id(1, index), "schemaname": name,
        "type": 100_000_000, "defaultvalue": null,
        "environmentvariabledefinition_environmentvariablevalue": values,
    })
}

/// A variable's value is made or changed.
fn write(sim: &Sim, verb: &str, id: &str, row: &BTreeMap<String, Value>) -> Outcome {
    let text = |name| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut variables = sim.tables.variables.borrow_mut();
    let bind = text("EnvironmentVariableDefinitionId@odata.bind");
    let found = variables
        .iter_mut()
        .enumerate()
        .find(|(index, _)| *id == variable_id(2, *index) || bind.contains(&variable_id(1, *index)));
    let Some((_, (_, value))) = found else {
        return not_found();
    };
    if verb == "create" && value.is_some() {
        return Err(failure(Some(-2_147_220_937.0), "Duplicate key", None));
    }
    *value = Some(text("value").to_owned());
    Ok(json!({"id": variable_id(2, 0)}))
}

/// A row of the record pattern is made, and a flow starts on it.
fn create(sim: &Rc<Sim>, row: &BTreeMap<String, Value>) -> Value {
    let input = row.get("ef_input").and_then(Value::as_str);
    let call = input.and_then(|input| input.strip_prefix("call ")?.parse::<usize>().ok());
    let record = call.and_then(|call| sim.calls.borrow().get(call).cloned());
    let Some(record) = record else {
        sim.breaks("own answer", format!("nobody's row: {input:?}"));
        return Value::Null;
    };
    flows::run(sim, &record);
    let mut rows = sim.tables.rows.borrow_mut();
    let number = rows.len();
    rows.push(Row::of(sim, record.id));
    if sim.chance(0.5) {
        json!({"id": row_id(number), "entityType": TABLE})
    } else {
        json!({"id": {"guid": row_id(number)}})
    }
}

fn operation(sim: &Sim, id: &str) -> Outcome {
    let rows = sim.tables.rows.borrow();
    let found = (0..rows.len()).find(|number| row_id(*number) == id);
    let Some(row) = found
        .map(|number| &rows[number])
        .filter(|row| !row.deleted.get())
    else {
        return not_found();
    };
    let left = row.done_ms - sim.now();
    Ok(match left {
        _ if left > 10_000.0 => json!({"ef_status": PENDING}),
        _ if left > 0.0 => json!({"ef_status": RUNNING}),
        _ if row.fails => {
            json!({"ef_status": FAILED, "ef_error": "No: https://x.example/?sig=GEHEIM"})
        }
        _ => {
            let result = json!({"call": row.call, "answer": "yes"});
            json!({"ef_status": COMPLETED, "ef_result": result.to_string()})
        }
    })
}

/// What a variable is changed to by somebody else.
pub(crate) fn meddle(sim: &Sim, flow: usize) {
    let value = match *sim.pick(&[0, 1, 2, 3]) {
        0 => None,
        1 => Some("not a URL".to_owned()),
        2 => Some((*sim.pick(&HOSTILE)).to_owned()),
        _ => Some(sim.flows.trigger_url(flow)),
    };
    let mut variables = sim.tables.variables.borrow_mut();
    variables.insert(variable_name(flow), value);
}
