use wasm_bindgen::prelude::*;

use super::{Browser, js, tasks};
use crate::model::Foreign;
use crate::port::{Column, Dataverse, DataverseCall, DataverseFailure};

impl Dataverse for Browser {
    async fn dataverse(&self, call: DataverseCall<'_>) -> Result<Foreign, Box<DataverseFailure>> {
        tasks::step_aside().await;
        let (method, table, rest) = match call {
            DataverseCall::Retrieve { table, id, options } => (
                "retrieveRecord",
                table,
                [id.as_str().into(), options.into()],
            ),
            DataverseCall::RetrieveMultiple { table, options } => (
                "retrieveMultipleRecords",
                table,
                [options.into(), JsValue::UNDEFINED],
            ),
            DataverseCall::RetrievePage {
                table,
                options,
                size,
            } => (
                "retrieveMultipleRecords",
                table,
                [options.into(), size.into()],
            ),
            DataverseCall::Create { table, row } => {
                ("createRecord", table, [columns(row), JsValue::UNDEFINED])
            }
            DataverseCall::Update { table, id, row } => {
                ("updateRecord", table, [id.as_str().into(), columns(row)])
            }
            DataverseCall::Delete { table, id } => (
                "deleteRecord",
                table,
                [id.as_str().into(), JsValue::UNDEFINED],
            ),
        };
        let reads = method.starts_with("retrieve");
        let [first, second] = rest;
        let arguments = [table.into(), first, second];
        let answered = js::settled(js::call(&self.web_api, method, &arguments)).await;
        match answered {
            // What is written or deleted need not be answered.
            Ok(answer) if answer.is_object() || !reads => Ok(answer),
            Ok(_) => Err(Box::new(DataverseFailure {
                message: [method, " answered without a row"].concat(),
                ..DataverseFailure::default()
            })),
            Err(thrown) => Err(failure(thrown)),
        }
    }
}

fn columns(row: &[(&str, Column<'_>)]) -> JsValue {
    let members: Vec<(&str, JsValue)> = row
        .iter()
        .map(|(name, column)| match column {
            Column::Text(text) => (*name, JsValue::from_str(text)),
            Column::Number(number) => (*name, JsValue::from_f64(*number)),
        })
        .collect();
    js::object(&members)
}

fn failure(thrown: JsValue) -> Box<DataverseFailure> {
    Box::new(DataverseFailure {
        error_code: ["errorCode", "code"]
            .into_iter()
            .find_map(|key| code(&js::get(&thrown, key)?)),
        message: js::string(&thrown, "message")
            .or_else(|| thrown.as_string())
            .unwrap_or_default(),
        cause: Some(thrown),
    })
}

/// Xrm gives a number; some hosts pass the service's own `0x…` text on.
fn code(value: &JsValue) -> Option<f64> {
    if let Some(text) = value.as_string() {
        let digits = text.strip_prefix("0x")?;
        return u32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    value.as_f64()
}
