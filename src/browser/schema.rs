use futures_util::FutureExt;
use wasm_bindgen::prelude::*;

use super::js;
use crate::model::Foreign;
use crate::schema::{Misfit, Schema};

/// A Standard Schema's `~standard.validate`, or nothing where the value is none.
pub(crate) fn schema_of(schema: &JsValue) -> Option<Schema> {
    let standard = js::get(schema, "~standard")?;
    js::method(&standard, "validate")?;
    Some(Box::new(move |data| {
        let data = data.cloned().unwrap_or_default();
        validate(standard.clone(), data).boxed_local()
    }))
}

async fn validate(standard: JsValue, data: JsValue) -> Result<Foreign, Misfit> {
    let outcome = js::settled(js::call(&standard, "validate", &[data]))
        .await
        .map_err(Misfit::Threw)?;
    if let Some(issues) = js::try_get(&outcome, "issues").map_err(Misfit::Threw)? {
        let first = js::get(&issues, "0");
        return Err(Misfit::Issues {
            message: first.and_then(|issue| js::string(&issue, "message")),
            issues,
        });
    }
    let value = JsValue::from_str("value");
    if !outcome.is_object() || !js_sys::Reflect::has(&outcome, &value).map_err(Misfit::Threw)? {
        let error = js_sys::TypeError::new("validate answered with neither a value nor issues");
        return Err(Misfit::Threw(error.into()));
    }
    // Not `js::get`: null is a value.
    js_sys::Reflect::get(&outcome, &value).map_err(Misfit::Threw)
}
