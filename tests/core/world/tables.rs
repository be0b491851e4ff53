//! The world's tables beyond the one row of [`super::World::row`]: workflows by many ids, and environment variables.

use std::cell::RefCell;
use std::rc::Rc;

use entra_flow::port::{Column, DataverseCall, DataverseFailure};
use serde_json::{Map, Value, json};

use super::World;
use super::script::{Reply, Script};

/// A call of Dataverse's, kept.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) verb: &'static str,
    pub(crate) table: String,
    pub(crate) id: String,
    pub(crate) options: String,
    pub(crate) row: Value,
}

impl Asking {
    pub(crate) fn of(call: DataverseCall<'_>) -> Self {
        let new = |verb, table: &str, id: &str, options: &str, row| Self {
            verb,
            table: table.to_owned(),
            id: id.to_owned(),
            options: options.to_owned(),
            row,
        };
        match call {
            DataverseCall::Retrieve { table, id, options } => {
                new("retrieve", table, id.as_str(), options, Value::Null)
            }
            DataverseCall::RetrieveMultiple { table, options }
            | DataverseCall::RetrievePage { table, options, .. } => {
                new("query", table, "", options, Value::Null)
            }
            DataverseCall::Create { table, row } => new("create", table, "", "", columns(row)),
            DataverseCall::Update { table, id, row } => {
                new("update", table, id.as_str(), "", columns(row))
            }
            DataverseCall::Delete { table, id } => {
                new("delete", table, id.as_str(), "", Value::Null)
            }
        }
    }

    /// `query environmentvariabledefinition`
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.verb, self.table)
    }

    /// The workflowids that a query's filter names.
    pub(crate) fn ids(&self) -> Vec<String> {
        let filter = self.options.split("$filter=").nth(1).unwrap();
        filter
            .split("%20or%20")
            .map(|part| part.strip_prefix("workflowid%20eq%20").unwrap().to_owned())
            .collect()
    }
}

fn columns(row: &[(&str, Column<'_>)]) -> Value {
    let member = |(name, column): &(&str, Column<'_>)| {
        let value = match column {
            Column::Text(text) => json!(text),
            Column::Number(number) => json!(number),
        };
        ((*name).to_owned(), value)
    };
    Value::Object(row.iter().map(member).collect::<Map<_, _>>())
}

/// An environment variable's rows.
#[derive(Clone, Default)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) value: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) secret: bool,
}

pub(crate) const DEFINITION: &str = "dddddddd-2222-4333-8444-555555555555";
pub(crate) const VALUE: &str = "eeeeeeee-2222-4333-8444-555555555555";

pub(crate) struct Tables {
    pub(crate) script: Script<Asking, Result<Value, DataverseFailure>>,
    pub(crate) variables: Rc<RefCell<Vec<Variable>>>,
}

impl Default for Tables {
    fn default() -> Self {
        let variables: Rc<RefCell<Vec<Variable>>> = Rc::default();
        let rows = variables.clone();
        Self {
            script: Script::new(move |asking: &Asking| {
                Reply::new(Ok(answer(&mut rows.borrow_mut(), asking)))
            }),
            variables,
        }
    }
}

impl World {
    /// Puts an environment variable into the world.
    pub(crate) fn variable(&self, name: &'static str, value: Option<&str>, default: Option<&str>) {
        self.tables.variables.borrow_mut().push(Variable {
            name,
            value: value.map(str::to_owned),
            default: default.map(str::to_owned),
            secret: false,
        });
    }

    /// Its value now.
    pub(crate) fn value_of(&self, name: &str) -> Option<String> {
        let variables = self.tables.variables.borrow();
        let variable = variables.iter().find(|one| one.name == name)?;
        variable.value.clone()
    }
}

fn answer(variables: &mut [Variable], asking: &Asking) -> Value {
    match asking.line().as_str() {
        "query workflow" => {
            assert!(
                asking
                    .options
                    .starts_with("?$select=workflowid,resourceid,statecode,category&$filter=")
            );
            let row = |id: String| json!({"workflowid": id, "resourceid": id, "statecode": 1, "category": 5});
            json!({"entities": asking.ids().into_iter().map(row).collect::<Vec<_>>()})
        }
        "query environmentvariabledefinition" => {
            let (before, name) = asking.options.split_once("schemaname%20eq%20'").unwrap();
            assert_eq!(
                before,
                "?$select=environmentvariabledefinitionid,schemaname,type,defaultvalue&$expand=environmentvariabledefinition_environmentvariablevalue($select=environmentvariablevalueid,value)&$filter="
            );
            let name = name.strip_suffix('\'').unwrap();
            let rows = variables
                .iter()
                .enumerate()
                .filter(|(_, one)| one.name.eq_ignore_ascii_case(name))
                .map(|(index, one)| definition(index, one));
            json!({"entities": rows.collect::<Vec<_>>()})
        }
        "update environmentvariablevalue" => {
            variables[index_of(&asking.id)].value = Some(text(&asking.row, "value"));
            Value::Null
        }
        "create environmentvariablevalue" => {
            let bind = text(&asking.row, "EnvironmentVariableDefinitionId@odata.bind");
            let id = bind
                .strip_prefix("/environmentvariabledefinitions(")
                .and_then(|rest| rest.strip_suffix(')'))
                .unwrap();
            let variable = &mut variables[index_of(id)];
            assert_eq!(text(&asking.row, "schemaname"), variable.name);
            assert!(
                variable.value.is_none(),
                "a second value for {}",
                variable.name
            );
            variable.value = Some(text(&asking.row, "value"));
            json!({"id": VALUE})
        }
        other => panic!("the world has no answer to {other}"),
    }
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap().to_owned()
}

/// Ids differ in their last digits, by the variable's place.
fn numbered(id: &str, index: usize) -> String {
    format!("{}{index:02}", id.split_at(34).0)
}

fn index_of(id: &str) -> usize {
    id.split_at(34).1.parse().unwrap()
}

fn definition(index: usize, variable: &Variable) -> Value {
    let value = |value: &String| json!({"environmentvariablevalueid": numbered(VALUE, index), "value": value});
    json!({
        "environmentvariabledefinitionid": numbered(DEFINITION, index),
        "schemaname": variable.name,
        "type": if variable.secret { 100_000_005 } else { 100_000_000 },
        "defaultvalue": variable.default,
        "environmentvariabledefinition_environmentvariablevalue":
            variable.value.iter().map(value).collect::<Vec<_>>(),
    })
}
