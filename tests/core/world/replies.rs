//! What the world answers with, and what a test asks of what came back.

use super::*;

/// The text of a token, as a JSON Web Token looks.
pub(crate) fn jwt(name: &str) -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.{name}.UNTERSCHRIFT")
}

pub(super) fn token_name(jwt: &str) -> &str {
    jwt.split('.').nth(1).unwrap_or("a strange token")
}

/// The token source answers with a token of that name.
pub(crate) fn token(name: &str) -> TokenReply {
    Reply::new(Ok(Secret::new(jwt(name))))
}

/// The token source fails as MSAL does.
pub(crate) fn no_token(name: &str, code: &str) -> TokenReply {
    Reply::new(Err(TokenFailure {
        name: name.to_owned(),
        code: code.to_owned(),
        message: Some(format!("See https://aka.ms/msal.js.errors#{code}")),
        correlation_id: Some("c0ffee".to_owned()),
        cause: Some(foreign("what MSAL threw")),
    }))
}

/// Entra wants the user.
pub(crate) fn wants_the_user() -> TokenReply {
    no_token("InteractionRequiredAuthError", "interaction_required")
}

/// The row of a flow that is on.
pub(crate) fn row(resource_id: &str) -> RowReply {
    Reply::new(Ok(
        json!({"resourceid": resource_id, "statecode": 1, "category": 5}),
    ))
}

/// Dataverse refuses, with its code as hosts give it.
pub(crate) fn no_row(error_code: Option<f64>, message: &str) -> RowReply {
    let cause = Some(foreign("what the web API threw"));
    Reply::new(Err(DataverseFailure {
        error_code,
        message: message.to_owned(),
        cause,
    }))
}

/// JSON that passes through the core, or that the core looks into.
pub(crate) fn json_value(value: Value) -> Foreign {
    Rc::new(value)
}

pub(crate) fn foreign(text: &str) -> Foreign {
    Rc::new(text.to_owned())
}

pub(crate) fn account(username: &str) -> Foreign {
    foreign(username)
}

pub(crate) fn text_of(foreign: &Foreign) -> &str {
    let any: &dyn Any = &**foreign;
    any.downcast_ref::<String>()
        .map_or("not a text", String::as_str)
}

/// An answer's body.
pub(crate) fn data_of(answer: &Answer) -> Value {
    answer.data.downcast_ref::<Value>().unwrap().clone()
}

/// What most tests ask of an error.
pub(crate) fn told(error: &FlowError) -> (ErrorCode, Stage, bool) {
    (error.code, error.stage, error.may_have_run)
}

/// Every text in an error that may reach a log or a screen.
pub(crate) fn everything_said(error: &FlowError) -> String {
    let own = [
        &error.service_code,
        &error.service_message,
        &error.correlation_id,
        &error.run_id,
    ];
    format!(
        "{error:?} {} {} {} {own:?}",
        error.message,
        error.hint,
        error.code.as_str()
    )
}

/// No token and no signature of this world is in the text.
#[track_caller]
pub(crate) fn assert_no_secret(text: &str) {
    for secret in ["UNTERSCHRIFT", "eyJ", "GEHEIM"] {
        assert!(!text.contains(secret), "a secret is told: {text}");
    }
}

/// A URL without its query, which is what a request's own query and path come after.
pub(super) fn bare(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}

/// What the story calls a URL: `list`, nothing for the trigger, else its name or its path.
pub(super) fn name_of(url: &str) -> String {
    if url.starts_with(API) {
        return "list".to_owned();
    }
    for (known, name) in [(TRIGGER, ""), (MOVED, " moved"), (SAS, " sas")] {
        if let Some(rest) = url.strip_prefix(bare(known).as_str()) {
            return name.to_owned() + rest.split('?').next().unwrap_or_default();
        }
    }
    " ".to_owned() + url
}
