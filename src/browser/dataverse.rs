use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::model::Foreign;
use crate::port::{Dataverse, DataverseCall, DataverseFailure};

impl Dataverse for Browser {
    async fn dataverse(&self, call: DataverseCall<'_>) -> Result<Foreign, Box<DataverseFailure>> {
        let DataverseCall::Retrieve { table, id, options } = call;
        let (method, arguments) = (
            "retrieveRecord",
            [table.into(), id.as_str().into(), options.into()],
        );
        let answered = js::settled(js::call(&self.web_api, method, &arguments)).await;
        match answered {
            Ok(answer) if answer.is_object() => Ok(js::foreign(answer)),
            Ok(_) => Err(Box::new(DataverseFailure {
                message: [method, " answered without a row"].concat(),
                ..DataverseFailure::default()
            })),
            Err(thrown) => Err(failure(thrown)),
        }
    }
}

fn failure(thrown: JsValue) -> Box<DataverseFailure> {
    Box::new(DataverseFailure {
        error_code: ["errorCode", "code"]
            .into_iter()
            .find_map(|key| code(&js::get(&thrown, key)?)),
        message: js::string(&thrown, "message")
            .or_else(|| thrown.as_string())
            .unwrap_or_default(),
        cause: Some(js::foreign(thrown)),
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
