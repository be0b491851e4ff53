//! Ids and names, the queries that they go into, and what rows say.

use entra_flow::model::{Cloud, EnvironmentId, Guid, SchemaName, Stage};
use entra_flow::policy::odata::text_literal;
use entra_flow::policy::record::is_logical_name;
use entra_flow::policy::redact::redact;
use entra_flow::settings::{CacheScope, DiscoveryApi, Interaction, Settings};
use entra_flow::variable;
use entra_flow::workflow::{Who, triggers};
use serde_json::Value;
use url::Url;

use super::page::{JsonPage, foreign};

/// Settings of the public cloud that refuse signatures.
#[must_use]
pub fn settings() -> Settings {
    Settings {
        cloud: Cloud::named("public").unwrap(),
        environment: EnvironmentId::parse("8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d").unwrap(),
        tenant_id: None,
        account: None,
        login_hint: None,
        interaction: Interaction::None,
        discovery: DiscoveryApi::FlowApi,
        timeout_ms: Settings::TIMEOUT_MS,
        max_attempts: Settings::MAX_ATTEMPTS,
        cache: CacheScope::None,
        user: None,
        sas_allowed: false,
    }
}

/// Ids and names: held to the crate `uuid`, read again from what they print, and nothing that a query, a path or a URL
/// could be changed with.
pub fn ids(text: &str) {
    let trimmed = text.trim();
    let hyphenated = matches!(trimmed.len(), 36 | 38);
    let expected = uuid::Uuid::try_parse(trimmed).ok().filter(|_| hyphenated);
    let guid = Guid::parse(text);
    assert_eq!(
        guid.as_ref().map(|guid| guid.as_str().to_owned()),
        expected.map(|id| id.hyphenated().to_string()),
        "{text:?}"
    );
    if let Some(guid) = guid {
        assert!(Guid::parse(guid.as_str()) == Some(guid.clone()), "{text:?}");
        assert_eq!(EnvironmentId::parse(text).unwrap().as_str(), guid.as_str());
    }
    if let Some(id) = EnvironmentId::parse(text) {
        assert_eq!(
            EnvironmentId::parse(id.as_str()).as_ref(),
            Some(&id),
            "{text:?}"
        );
        let bare = id.as_str().strip_prefix("Default-").unwrap_or(id.as_str());
        assert_eq!(
            Guid::parse(bare)
                .map(|guid| guid.as_str().to_owned())
                .as_deref(),
            Some(bare),
            "{text:?}"
        );
        for name in ["public", "gcc", "gccHigh", "dod", "china"] {
            let cloud = Cloud::named(name).unwrap();
            let host = cloud.environment_host(&id).unwrap();
            assert!(cloud.is_trigger_host(&host), "{host}");
        }
    }
    if let Some(name) = SchemaName::parse(text) {
        assert!(
            name.as_str().len() <= 100
                && name
                    .as_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        );
        assert!(SchemaName::parse(name.as_str()).is_some_and(|again| again == name));
        // A name needs no escape: the query has it as it is.
        assert!(variable::query(&name).ends_with(&["'", name.as_str(), "'"].concat()));
    }
    if is_logical_name(text) {
        assert!(
            text.len() <= 128
                && text
                    .bytes()
                    .all(|byte| byte == b'_' || byte.is_ascii_digit() || byte.is_ascii_lowercase())
        );
    }
}

/// A text as a literal of a query: whatever it is, the query has the same options, operators and literals, and the
/// literal is the text.
pub fn odata(text: &str) {
    let query = |literal: &str| {
        [
            "?$select=a,b&$filter=name%20eq%20",
            literal,
            "%20and%20other%20eq%20'x'&$top=1",
        ]
        .concat()
    };
    let literal = text_literal(text);
    let url = [
        "https://contoso.crm4.dynamics.com/api/data/v9.2/rows",
        &query(&literal),
    ]
    .concat();
    let parsed = Url::parse(&url).unwrap();
    assert_eq!(
        (parsed.host_str(), parsed.path(), parsed.fragment()),
        (
            Some("contoso.crm4.dynamics.com"),
            "/api/data/v9.2/rows",
            None
        )
    );
    let options: Vec<_> = parsed.query_pairs().collect();
    let names: Vec<_> = options.iter().map(|(name, _)| name.as_ref()).collect();
    assert_eq!(names, ["$select", "$filter", "$top"], "{text:?}");
    assert_eq!(
        (options[0].1.as_ref(), options[2].1.as_ref()),
        ("a,b", "1"),
        "{text:?}"
    );
    let (skeleton, literals) = tokens(&options[1].1);
    assert_eq!(skeleton, "name eq $ and other eq $", "{text:?}");
    assert_eq!(literals, [text, "x"]);
    // Not even a reader that does not decode finds an end in it.
    let inner = literal
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .unwrap();
    assert!(
        inner
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
        "{literal}"
    );
}

/// A filter without its literals, by the grammar of OData 4: SQUOTE *( SQUOTE-in-string / pchar-no-SQUOTE ) SQUOTE.
fn tokens(filter: &str) -> (String, Vec<String>) {
    let (mut skeleton, mut literals) = (String::new(), Vec::new());
    let mut chars = filter.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\'' {
            skeleton.push(c);
            continue;
        }
        skeleton.push('$');
        let mut literal = String::new();
        loop {
            match chars.next().expect("a literal without an end") {
                '\'' if chars.peek() == Some(&'\'') => {
                    chars.next();
                    literal.push('\'');
                }
                '\'' => break,
                other => literal.push(other),
            }
        }
        literals.push(literal);
    }
    (skeleton, literals)
}

/// A definition that its makers wrote: only the members that are named are read, and what is kept is redacted.
pub fn clientdata(text: &str) {
    let row = foreign(serde_json::json!({ "clientdata": text }));
    let Some(found) = triggers(&JsonPage, &row) else {
        return;
    };
    let definition: Value = serde_json::from_str(text).unwrap();
    let written = &definition["properties"]["definition"]["triggers"];
    let count = written.as_object().map_or_else(
        || written.as_array().map_or(0, Vec::len),
        serde_json::Map::len,
    );
    assert_eq!(found.len(), count);
    for trigger in found {
        let texts = [
            &trigger.name,
            trigger.relative_path.as_ref().unwrap_or(&trigger.name),
        ];
        for text in texts.into_iter().chain(&trigger.allowed_users) {
            assert_eq!(&redact(text), text, "{trigger:?}");
        }
        assert!(
            !trigger.method.is_empty()
                && trigger.method.bytes().all(|byte| byte.is_ascii_uppercase()),
            "{trigger:?}"
        );
        assert_eq!(
            trigger.who == Who::Users,
            !trigger.allowed_users.is_empty(),
            "{trigger:?}"
        );
        assert!(
            trigger.allowed_users.iter().all(|user| !user.is_empty()),
            "{trigger:?}"
        );
        if trigger.is_http {
            let kind = trigger.kind.to_ascii_lowercase();
            assert!(kind == "request" || kind == "request/http", "{trigger:?}");
        }
    }
}

/// The answer to a query for a variable: the value, else the default, of the first row; and if that is admitted as a
/// trigger URL, it is one without a signature.
pub fn variable(text: &str) {
    let Ok(answer) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let name = SchemaName::parse("ef_Url").unwrap();
    let Ok(found) = variable::variable_of(&JsonPage, &name, &foreign(answer.clone())) else {
        assert!(
            answer["entities"].as_array().is_none_or(Vec::is_empty)
                || answer["entities"][0].is_null()
        );
        return;
    };
    let row = &answer["entities"][0];
    let value = &row["environmentvariabledefinition_environmentvariablevalue"][0]["value"];
    let filled = |value: &Value| {
        value
            .as_str()
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
    };
    assert_eq!(
        found.effective,
        filled(value).or_else(|| filled(&row["defaultvalue"]))
    );
    assert_eq!(found.is_secret, row["type"].as_f64() == Some(100_000_005.0));
    if let Some(id) = &found.definition_id {
        assert!(
            row["environmentvariabledefinitionid"]
                .as_str()
                .is_some_and(|text| Guid::parse(text).as_ref() == Some(id))
        );
    }
    if let Some(text) = found.effective {
        match settings().admit(&text, Stage::Discovery, "") {
            Ok(url) => assert!(
                !url.has_sas()
                    && super::urls::parse(url.expose()).is_none_or(|url| url.protocol == "https:")
            ),
            Err(error) => {
                let query = text.split_once('?').map_or("", |(_, query)| query);
                let signature = query.split('&').find_map(|pair| pair.strip_prefix("sig="));
                // As base64 has it: anything else is no signature, and where it ends is anybody's guess.
                let is_base64 = |value: &&str| {
                    value.len() > 8
                        && value
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || b"-_%+/=".contains(&byte))
                };
                if let Some(value) = signature.filter(is_base64) {
                    // By parameters: the end of another one's name may read `sig`, too.
                    let told = error.message.split(['?', '&']).any(|parameter| {
                        let own = parameter.strip_prefix("sig=");
                        own.is_some_and(|own| own.starts_with(value))
                    });
                    assert!(!told, "{text:?}: {}", error.message);
                }
            }
        }
    }
}
