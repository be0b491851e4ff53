//! What `listCallbackUrl` answers, in each of its shapes.

use entra_flow::policy::callback::url_of;
use serde_json::{Value, json};

use crate::world::*;

fn read(answer: Value) -> Option<String> {
    url_of(&*World::new(), &json_value(answer))
}

#[test]
fn every_shape_of_the_answer_names_the_same_url() {
    let base = "https://a.logic.azure.com/workflows/1/triggers/manual/paths/invoke";
    let url = base.to_owned() + "?api-version=1";
    for answer in [
        json!({"response": {"value": url, "method": "GET"}, "httpStatusCode": "OK"}),
        json!({"value": url, "method": "POST", "relativePath": "x", "relativePathParameters": ["x"]}),
        json!({"$content": url}),
        json!({"value": "", "$content": url}),
        json!({"response": {"basePath": base, "queries": {"api-version": "1"}}}),
    ] {
        assert_eq!(read(answer.clone()).as_ref(), Some(&url), "{answer}");
    }
}

#[test]
fn queries_are_encoded_when_the_url_is_put_together() {
    let url = read(json!({
        "basePath": "https://a.logic.azure.com/x",
        "queries": {"sp": "/triggers/manual/run", "sv": "1.0"},
    }));
    let expected = "https://a.logic.azure.com/x?sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0";
    assert_eq!(url.as_deref(), Some(expected));
}

#[test]
fn the_template_of_a_relative_path_gives_way_to_the_callers_segments() {
    let base = "https://a.logic.azure.com/workflows/1/triggers/manual/paths/invoke";
    for template in ["/orders/{id}", "/%7Bkind%7D/{id}"] {
        let url = base.to_owned() + template + "?api-version=1";
        let expected = base.to_owned() + "?api-version=1";
        assert_eq!(read(json!({"value": url})), Some(expected));
    }
    let fixed = base.to_owned() + "/orders?api-version=1";
    assert_eq!(read(json!({"value": fixed})), Some(fixed));
}

#[test]
fn an_answer_without_a_url_names_none() {
    for answer in [
        json!({}),
        json!(null),
        json!("https://a.logic.azure.com/x"),
        json!({"response": {}}),
        json!({"value": ""}),
        json!({"queries": {"a": "b"}}),
        json!({"value": null}),
        json!({"value": 5}),
    ] {
        assert_eq!(read(answer.clone()), None, "{answer}");
    }
}
