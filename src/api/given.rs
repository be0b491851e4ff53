//! Members of what a caller passed, each read once and refused by its name.

use wasm_bindgen::JsValue;

use crate::browser::js;
use crate::model::FlowError;

/// Options that may be left out.
pub(super) struct Given(Option<JsValue>);

impl Given {
    /// What a caller passed, which may not be anything else than an object.
    pub(super) fn new(options: &JsValue) -> Result<Self, FlowError> {
        if options.is_undefined() || options.is_null() {
            Ok(Self(None))
        } else if options.is_object() {
            Ok(Self(Some(options.clone())))
        } else {
            Err(must_be("options", "an object"))
        }
    }

    /// Whatever has members.
    pub(super) fn of(value: &JsValue) -> Self {
        Self(Some(value.clone()))
    }
}

/// A member of an options object, by a name that an error can use.
pub(super) fn field(options: &Given, name: &str) -> Result<Option<JsValue>, FlowError> {
    let Some(options) = &options.0 else {
        return Ok(None);
    };
    js::try_get(options, name)
        .map_err(|thrown| FlowError::invalid(&[name, ": could not be read"]).cause(Some(thrown)))
}

pub(super) fn must_be(name: &str, what: &str) -> FlowError {
    FlowError::invalid(&[name, ": must be ", what])
}

/// A member that `read` makes something of.
pub(super) fn read<T>(
    options: &Given,
    name: &str,
    what: &str,
    read: impl Fn(&JsValue) -> Option<T>,
) -> Result<Option<T>, FlowError> {
    match field(options, name)? {
        None => Ok(None),
        Some(value) => match read(&value) {
            Some(value) => Ok(Some(value)),
            None => Err(must_be(name, what)),
        },
    }
}

pub(super) fn text(options: &Given, name: &str, what: &str) -> Result<Option<String>, FlowError> {
    read(options, name, what, JsValue::as_string)
}

pub(super) fn flag(options: &Given, name: &str) -> Result<bool, FlowError> {
    Ok(read(options, name, "true or false", JsValue::as_bool)?.unwrap_or(false))
}

/// One of a table's words, as the value beside it.
pub(super) fn one_of<T: Copy>(
    options: &Given,
    name: &str,
    table: &[(&str, T)],
) -> Result<Option<T>, FlowError> {
    let Some(value) = field(options, name)? else {
        return Ok(None);
    };
    let given = value.as_string();
    match table.iter().find(|row| given.as_deref() == Some(row.0)) {
        Some(row) => Ok(Some(row.1)),
        None => Err(none_of(name, &mut table.iter().map(|row| row.0))),
    }
}

fn none_of(name: &str, words: &mut dyn Iterator<Item = &str>) -> FlowError {
    let mut what = "one of".to_owned();
    for (index, word) in words.enumerate() {
        what.push_str(if index == 0 { " " } else { ", " });
        what.push_str(word);
    }
    must_be(name, &what)
}
