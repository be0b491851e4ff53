use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::client::{Client, promise};
use super::given::{self, Given};
use super::options::{self, Core};
use super::types::{
    Body, OperationTable as GivenTable, PromiseOfOperationResult, PromiseOfString, WaitOptions,
};
use crate::browser::{Browser, abort_of, encode, js};
use crate::model::{FlowError, Guid};
use crate::operation::{OnProgress, Operation, OperationTable, TableOptions, Task, Waiting};

#[wasm_bindgen]
impl Client {
    /// `operation(table).run(input, options)`.
    pub fn run(
        &self,
        table: GivenTable,
        input: Body,
        given: WaitOptions,
    ) -> PromiseOfOperationResult {
        self.operate(Verb::Run, &table, &input, &given)
            .unchecked_into()
    }

    /// `operation(table).start(input)`.
    pub fn start(&self, table: GivenTable, input: Body) -> PromiseOfString {
        self.operate(Verb::Start, &table, &input, &JsValue::UNDEFINED)
            .unchecked_into()
    }

    /// `operation(table).wait(id, options)`.
    pub fn wait(
        &self,
        table: GivenTable,
        id: &JsValue,
        given: WaitOptions,
    ) -> PromiseOfOperationResult {
        self.operate(Verb::Wait, &table, id, &given)
            .unchecked_into()
    }
}

#[derive(Clone, Copy)]
enum Verb {
    Run,
    Start,
    Wait,
}

impl Client {
    /// Everything is read now: what the caller changes after the call does not change it.
    #[inline(never)]
    fn operate(&self, verb: Verb, table: &JsValue, subject: &JsValue, given: &JsValue) -> Promise {
        let core = &self.0;
        perform(operation(core, table).and_then(|operation| {
            let task = match verb {
                Verb::Run => Task::Run(input_for(core, subject)?),
                Verb::Start => Task::Start(input_for(core, subject)?),
                Verb::Wait => Task::Wait(
                    options::guid(subject).ok_or_else(|| given::must_be("id", "a GUID"))?,
                ),
            };
            Ok((operation, task, waiting(given, core)?))
        }))
    }
}

fn perform(read: Result<(Operation<Browser>, Task, Box<Waiting>), FlowError>) -> Promise {
    promise(async move {
        let (operation, task, waiting) = read?;
        let only_the_id = matches!(task, Task::Start(_));
        let done = operation.perform(task, waiting).await?;
        let id = done.id.as_str().into();
        Ok(if only_the_id {
            id
        } else {
            js::object(&[
                ("id", id),
                ("data", done.data.clone().unwrap_or_default()),
                ("elapsedMs", done.elapsed_ms.into()),
            ])
        })
    })
}

fn operation(core: &Core, table: &JsValue) -> Result<Operation<Browser>, FlowError> {
    let given = &Given::of(table);
    const CHOICE: &str = "the whole number of a choice";
    // Filled in place: what has to be dropped where a later field is wrong is the one box.
    let mut table = Box::<TableOptions>::default();
    for (field, into) in [
        ("table", &mut table.table),
        ("input", &mut table.input),
        ("result", &mut table.result),
        ("status", &mut table.status),
    ] {
        const NAME: &str = "a logical name";
        *into = given::text(given, field, NAME)?.ok_or_else(|| given::must_be(field, NAME))?;
    }
    table.error = given::text(given, "error", "a logical name")?;
    table.delete_when_done = given::flag(given, "deleteWhenDone")?;
    let states = given::field(given, "states")?
        .filter(JsValue::is_object)
        .map(|states| Given::of(&states))
        .ok_or_else(|| given::must_be("states", "an object with completed and failed"))?;
    for (field, into) in [
        ("pending", &mut table.pending),
        ("running", &mut table.running),
    ] {
        *into = given::read(&states, field, CHOICE, choice)?;
    }
    for (field, into) in [
        ("completed", &mut table.completed),
        ("failed", &mut table.failed),
    ] {
        *into = given::read(&states, field, CHOICE, choice)?
            .ok_or_else(|| given::must_be(field, CHOICE))?;
    }
    Ok(Operation::new(core.clone(), OperationTable::new(table)?))
}

fn choice(value: &JsValue) -> Option<f64> {
    value
        .as_f64()
        .filter(|number| number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX))
}

/// The input as the text of a column: a text as it is, anything else as JSON.
fn input_for(core: &Core, given: &JsValue) -> Result<Option<String>, FlowError> {
    if js::method(&core.world.web_api, "createRecord").is_none() {
        return Err(given::must_be("webApi", "one with createRecord"));
    }
    let unfit = || given::must_be("input", "a text, or a value that JSON has a word for");
    match encode(given).map_err(|error| unfit().cause(error.cause.clone()))? {
        None => Ok(None),
        Some((encoded, _)) => encoded.as_string().map(Some).ok_or_else(unfit),
    }
}

fn waiting(given: &JsValue, core: &Core) -> Result<Box<Waiting>, FlowError> {
    let given = &Given::new(given)?;
    let on_progress = given::read(given, "onProgress", "a function", |value| {
        let tell: js_sys::Function = value
            .is_function()
            .then(|| value.clone().unchecked_into())?;
        Some(progress_to(tell))
    })?;
    Ok(Box::new(Waiting {
        timeout_ms: options::timeout_ms(given)?.unwrap_or_else(|| core.timeout_ms()),
        abort: given::read(given, "signal", "an AbortSignal", |signal| {
            abort_of(signal.clone())
        })?,
        on_progress,
        schema: options::schema(given)?,
    }))
}

fn progress_to(tell: js_sys::Function) -> OnProgress {
    Box::new(move |id: &Guid, status, elapsed_ms: f64| {
        let progress = js::object(&[
            ("id", id.as_str().into()),
            ("status", status.into()),
            ("elapsedMs", elapsed_ms.into()),
        ]);
        js::tell(&tell, &progress);
    })
}
