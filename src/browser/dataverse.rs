use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::model::Guid;
use crate::port::{Dataverse, DataverseFailure, WorkflowRow};

impl Dataverse for Browser {
    async fn workflow(&self, id: &Guid) -> Result<WorkflowRow, DataverseFailure> {
        const COLUMNS: &str = "?$select=resourceid,statecode,category";
        let returned = js::call(
            &self.web_api,
            "retrieveRecord",
            &[&"workflow".into(), &id.as_str().into(), &COLUMNS.into()],
        );
        let row = js::settled(returned).await.map_err(failure)?;
        if !row.is_object() {
            return Err(DataverseFailure {
                message: "retrieveRecord answered without a row".into(),
                ..DataverseFailure::default()
            });
        }
        Ok(WorkflowRow {
            resource_id: js::string(&row, "resourceid"),
            state: integer(&row, "statecode"),
            category: integer(&row, "category"),
        })
    }
}

// Option set values are 32-bit integers in Dataverse.
#[allow(clippy::cast_possible_truncation)]
fn integer(row: &JsValue, column: &str) -> Option<i32> {
    js::get(row, column)?.as_f64().map(|value| value as i32)
}

fn failure(thrown: JsValue) -> DataverseFailure {
    DataverseFailure {
        error_code: ["errorCode", "code"]
            .into_iter()
            .find_map(|key| code(&js::get(&thrown, key)?)),
        message: js::string(&thrown, "message")
            .or_else(|| thrown.as_string())
            .unwrap_or_default(),
        cause: Some(js::foreign(thrown)),
    }
}

/// Xrm gives a number; some hosts pass the service's own `0x…` text on.
fn code(value: &JsValue) -> Option<f64> {
    if let Some(text) = value.as_string() {
        let digits = text.strip_prefix("0x")?;
        return u32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    value.as_f64()
}
