//! The triggers of a flow's definition, as the `clientdata` of its row has them.
//!
//! A definition is whatever its maker wrote, secrets included: only the members named here are read, the text
//! itself stays with the host, and what is kept is redacted.

use crate::model::Foreign;
use crate::policy::redact::redact;
use crate::port::Values;

/// Who may trigger a flow: "Who can trigger the flow?" in Power Automate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever has the URL, whose signature is the key.
    Anyone,
    /// Every user of the tenant.
    Tenant,
    /// The users of a list.
    Users,
}

impl Who {
    /// The word in `HttpFlow.auth`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Tenant => "tenant",
            Self::Users => "users",
        }
    }
}

/// A trigger of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its name, by which `listCallbackUrl` is asked.
    pub name: String,
    /// Its type and kind: `Request/Button`.
    pub kind: String,
    /// Whether it is "When an HTTP request is received".
    pub is_http: bool,
    /// The method that it takes, `POST` where it names none.
    pub method: String,
    /// The template of its relative path, `orders/{id}`.
    pub relative_path: Option<String>,
    /// Who may trigger it. A list of users that is blank means every user of the tenant, as it does to the service.
    pub who: Who,
    /// The users of the list, as their maker wrote them: object ids, or sign-in names.
    pub allowed_users: Vec<String>,
}

/// The triggers of a `workflow` row with its `clientdata`; nothing where that can't be read.
#[must_use]
pub fn triggers(values: &impl Values, row: &Foreign) -> Option<Vec<Trigger>> {
    let data = values.json(row, "clientdata")?;
    let definition = values.member(&values.member(&data, "properties")?, "definition")?;
    let triggers = values.member(&definition, "triggers")?;
    let all = values.members(&triggers).into_iter();
    Some(
        all.map(|(name, trigger)| read(values, &name, &trigger))
            .collect(),
    )
}

fn read(values: &impl Values, name: &str, trigger: &Foreign) -> Trigger {
    let text = |of: &Foreign, member| {
        values
            .text(of, member)
            .map(|text| redact(text.trim()))
            .filter(|text| !text.is_empty())
    };
    let r#type = text(trigger, "type").unwrap_or_default();
    let kind = text(trigger, "kind");
    let is_http = r#type.eq_ignore_ascii_case("Request")
        && kind
            .as_deref()
            .is_none_or(|kind| kind.eq_ignore_ascii_case("Http"));
    let inputs = values.member(trigger, "inputs");
    let input = |member| text(inputs.as_ref()?, member);
    let allowed_users = inputs
        .as_ref()
        .map(|inputs| users(values, inputs))
        .unwrap_or_default();
    let who = match input("triggerAuthenticationType") {
        Some(word) if word.eq_ignore_ascii_case("Tenant") => Who::Tenant,
        Some(word) if word.eq_ignore_ascii_case("User") && allowed_users.is_empty() => Who::Tenant,
        Some(word) if word.eq_ignore_ascii_case("User") => Who::Users,
        // A trigger from before the setting was there has none.
        _ => Who::Anyone,
    };
    let is_word = |text: &String| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    Trigger {
        name: redact(name),
        kind: match kind {
            Some(kind) => [&r#type, "/", &kind].concat(),
            None => r#type,
        },
        is_http,
        method: input("method")
            .filter(is_word)
            .map_or_else(|| "POST".to_owned(), |method| method.to_ascii_uppercase()),
        relative_path: input("relativePath"),
        who,
        allowed_users: if who == Who::Users {
            allowed_users
        } else {
            Vec::new()
        },
    }
}

/// The list is one text, and nobody says what separates its users: an expression stays whole.
fn users(values: &impl Values, inputs: &Foreign) -> Vec<String> {
    const NAME: &str = "triggerAllowedUsers";
    let mut found = Vec::new();
    let mut add = |text: &str| {
        let is_expression = text.trim_start().starts_with('@');
        let parts = text.split(|c: char| {
            !is_expression
                && (c.is_ascii_whitespace()
                    || matches!(c, ',' | ';' | '|' | '[' | ']' | '"' | '\''))
        });
        found.extend(parts.filter(|user| !user.is_empty()).map(redact));
    };
    match values.text(inputs, NAME) {
        Some(text) => add(&text),
        None => {
            if let Some(list) = values.member(inputs, NAME) {
                for (_, user) in values.texts(&list) {
                    add(&user);
                }
            }
        }
    }
    found
}
