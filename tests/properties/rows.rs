//! Ids, queries, and what Dataverse's rows say.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::checks::rows;
use crate::draw::{cases, text};

#[test]
fn an_id_is_read_as_the_crate_uuid_reads_it_or_not_at_all() {
    let hex = proptest::string::string_regex("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
        .unwrap();
    let start = prop_oneof![4 => Just(""), 1 => Just("{"), 1 => Just(" "), 1 => Just("Default-"), 1 => Just("urn:uuid:"), 1 => Just("{{"), 1 => Just("default-{")];
    let end = prop_oneof![4 => Just(""), 2 => Just("}"), 1 => Just("\n"), 1 => Just("' or 1 eq 1"), 1 => Just("0"), 1 => Just("\u{a0}")];
    cases(
        1_000,
        (start, hex, end, text()),
        |(start, hex, end, text)| {
            rows::ids(&[start, &hex, end].concat());
            rows::ids(&text);
            rows::ids(&["Default-", &text].concat());
        },
    );
}

#[test]
fn a_name_of_letters_digits_and_underscores_is_one_and_no_other() {
    cases(
        1_000,
        proptest::string::string_regex("[a-zA-Z0-9_]{0,130}").unwrap(),
        |name| rows::ids(&name),
    );
}

#[test]
fn nothing_in_a_text_changes_the_structure_of_the_query_that_it_goes_into() {
    cases(1_000, text(), |text| rows::odata(&text));
}

/// JSON with the members that are read, of any type.
fn definition() -> impl Strategy<Value = Value> {
    let word = || {
        prop_oneof![
            4 => prop_oneof![Just("Request"), Just("request"), Just("Http"), Just("Button"), Just("Tenant"), Just("User"), Just("user"), Just("All"), Just(" "), Just("get"), Just("PO ST")].prop_map(Value::from),
            1 => text().prop_map(Value::from),
            1 => Just(Value::Null),
            1 => any::<i32>().prop_map(Value::from),
            1 => Just(json!(["a", "sig=GEHEIM", 1, null, ""])),
            1 => Just(json!({"sig": "eyJhbGciOiJub25lIn0.e30."})),
        ]
    };
    let trigger = (word(), word(), word(), word(), word(), word()).prop_map(|(r#type, kind, method, path, who, users)| {
        json!({"type": r#type, "kind": kind, "inputs": {
            "method": method, "relativePath": path, "triggerAuthenticationType": who, "triggerAllowedUsers": users,
        }})
    });
    let triggers =
        proptest::collection::vec((text(), prop_oneof![5 => trigger, 1 => word()]), 0..4);
    triggers.prop_map(|triggers| {
        let triggers: serde_json::Map<_, _> = triggers.into_iter().collect();
        json!({"properties": {"definition": {"triggers": triggers, "actions": {"HTTP": {"inputs": {"headers": {"x-api-key": "GEHEIM"}}}}}}})
    })
}

#[test]
fn of_a_definition_only_what_is_named_is_read_and_that_is_redacted() {
    cases(400, definition(), |definition| {
        rows::clientdata(&definition.to_string())
    });
    cases(512, text(), |text| rows::clientdata(&text));
}

#[test]
fn a_variable_is_its_value_or_its_default_whatever_the_rows_are() {
    let text = || {
        prop_oneof![
            2 => text().prop_map(Value::from),
            1 => text().prop_map(|text| json!("https://a.logic.azure.com/".to_owned() + &text)),
            1 => Just(json!("https://a.logic.azure.com/x?sig=GEHEIM")),
            1 => Just(json!(" \n")),
            1 => Just(Value::Null),
            1 => any::<i32>().prop_map(Value::from),
        ]
    };
    let kind = prop_oneof![
        Just(json!(100_000_000)),
        Just(json!(100_000_005)),
        Just(json!("100000005")),
        Just(Value::Null)
    ];
    let id = prop_oneof![
        Just(json!("8A1C2B3D-4E5F-4A6B-9C7D-0E1F2A3B4C5D")),
        Just(json!("x")),
        Just(json!(1))
    ];
    cases(
        1_000,
        (text(), text(), kind, id, 0..4_u8),
        |(value, default, kind, id, shape)| {
            let values = match shape {
                0 => json!([]),
                1 => Value::Null,
                2 => json!({"0": {"value": value}}),
                _ => {
                    json!([{"value": value, "environmentvariablevalueid": id}, {"value": "second"}])
                }
            };
            let row = json!({
                "environmentvariabledefinitionid": id, "type": kind, "defaultvalue": default,
                "environmentvariabledefinition_environmentvariablevalue": values,
            });
            for answer in [
                json!({"entities": [row]}),
                json!({"entities": []}),
                json!({"entities": row}),
                row.clone(),
                json!([row]),
            ] {
                rows::variable(&answer.to_string());
            }
        },
    );
}
