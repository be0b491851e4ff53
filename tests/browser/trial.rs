//! Trials, as the tests write them. What a trial is says trial.js.

use entra_flow::api::Client;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/browser/trial.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn trial(client: &JsValue, body: &str) -> Result<JsValue, JsValue>;
}

/// Whatever a host may throw, reject with or answer: each an expression.
pub(crate) const ANYTHING: &[&str] = &[
    "undefined",
    "null",
    "'a word'",
    "42",
    "NaN",
    "10n",
    "Symbol('s')",
    "{}",
    "[]",
    "() => {}",
    "Object.create(null)",
    "Object.freeze({ errorCode: 'unheard_of', message: 'frozen' })",
    "{ errorCode: Symbol('s'), code: {}, name: 10n, message: [], errorMessage: nasty({}), correlationId: NaN }",
    "unreadable()",
    "nasty({})",
    "nasty(() => {})",
    "elsewhere.eval('new Error(\"of another frame\")')",
    "elsewhere.eval('new Proxy({}, { get() { throw 1 } })')",
];

/// What became of the call that met trouble.
pub(crate) struct Told {
    trouble: String,
    what: String,
    message: String,
    seen: String,
}

impl Told {
    /// As trial.js words it: `200 {"a":1}`, `network at invoke, may have run`.
    pub(crate) fn is(&self, expected: &str) -> &Self {
        assert_eq!(self.what, expected, "{} {}", self.message, self.trouble);
        self
    }

    /// An argument that was refused by name.
    pub(crate) fn refuses(&self, field: &str) {
        self.is("invalid_argument at options");
        assert!(
            self.message.starts_with(field),
            "{field} is not named: {} {}",
            self.message,
            self.trouble
        );
    }

    /// What the trial's `see` found, as JSON.
    pub(crate) fn and_saw(&self, expected: &str) {
        assert_eq!(self.seen, expected, "{}", self.trouble);
    }
}

/// A trial of the trouble that the expression is.
pub(crate) async fn met(trouble: &str) -> Told {
    met_by(&("return (".to_owned() + trouble + ")")).await
}

/// A trial of the trouble that the function's body returns.
pub(crate) async fn met_by(body: &str) -> Told {
    let told = trial(&class().await, body)
        .await
        .unwrap_or_else(|error| panic!("{error:?} {body}"));
    let text = |name: &str| {
        let member = js_sys::Reflect::get(&told, &name.into());
        member.unwrap().as_string().unwrap_or_default()
    };
    Told {
        trouble: body.to_owned(),
        what: text("what"),
        message: text("message"),
        seen: text("seen"),
    }
}

/// Trials of the same trouble with each of `values` in the place of the word `IT`.
pub(crate) async fn each(trouble: &str, values: &[&str], expected: &str) {
    for value in values {
        met(&trouble.replace("IT", value)).await.is(expected);
    }
}

/// Each of `values` in the place of `IT` is refused by the field's name.
pub(crate) async fn refused(trouble: &str, field: &str, values: &[&str]) {
    for value in values {
        met(&trouble.replace("IT", value)).await.refuses(field);
    }
}

/// The class as JavaScript has it.
async fn class() -> JsValue {
    let options = js_sys::Function::new_no_args(
        "return {
            auth: { getToken() {} },
            webApi: { retrieveRecord() {} },
            environmentId: 'e3b7c912-4f06-4a5d-8d21-7b90ac4e15f8',
            cloud: 'public',
        }",
    )
    .call0(&JsValue::UNDEFINED)
    .unwrap();
    let created: js_sys::Promise = Client::create(options.unchecked_into()).unchecked_into();
    let client = JsFuture::from(created).await.unwrap();
    js_sys::Reflect::get(&client, &"constructor".into()).unwrap()
}
