use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::percent;

/// What `listCallbackUrl` answers, in each of the shapes that were seen: an envelope with `response`, the
/// bare object of Azure Logic Apps, `{"$content": url}`, or `basePath` and `queries` without a `value`.
///
/// Its `method` is not read: samples show GET for triggers that take POST.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CallbackAnswer {
    response: Option<Box<CallbackAnswer>>,
    #[serde(rename = "$content")]
    content: Option<String>,
    value: Option<String>,
    base_path: Option<String>,
    queries: Queries,
}

/// Names and values in their order; a map would cost its code in the module and serve nothing here.
#[derive(Debug, Default)]
struct Queries(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Queries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Queries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("query parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Queries, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Queries(pairs))
    }
}

impl CallbackAnswer {
    /// The trigger URL that the answer names, not yet trusted.
    #[must_use]
    pub fn into_url(self) -> Option<String> {
        if let Some(inner) = self.response {
            return inner.into_url();
        }
        if let Some(url) = self.value.or(self.content).filter(|url| !url.is_empty()) {
            return Some(url);
        }
        let mut url = self.base_path.filter(|path| !path.is_empty())?;
        let mut separator = if url.contains('?') { '&' } else { '?' };
        for (name, value) in self.queries.0 {
            url.push(separator);
            percent::encode(&name, &mut url);
            url.push('=');
            percent::encode(&value, &mut url);
            separator = '&';
        }
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_of(json: &str) -> Option<String> {
        serde_json::from_str::<CallbackAnswer>(json)
            .unwrap()
            .into_url()
    }

    #[test]
    fn every_shape_of_the_answer_names_the_same_url() {
        let url =
            "https://a.logic.azure.com/workflows/1/triggers/manual/paths/invoke?api-version=1";
        for json in [
            format!(r#"{{"response":{{"value":"{url}","method":"GET"}},"httpStatusCode":"OK"}}"#),
            format!(r#"{{"value":"{url}","method":"POST","relativePath":"x","relativePathParameters":["x"]}}"#),
            format!(r#"{{"$content":"{url}"}}"#),
            r#"{"response":{"basePath":"https://a.logic.azure.com/workflows/1/triggers/manual/paths/invoke",
                "queries":{"api-version":"1"}}}"#
                .to_owned(),
        ] {
            assert_eq!(url_of(&json).as_deref(), Some(url), "{json}");
        }
    }

    #[test]
    fn queries_are_encoded_when_the_url_is_put_together() {
        let url = url_of(
            r#"{"basePath":"https://a.logic.azure.com/x","queries":{"sp":"/triggers/manual/run","sv":"1.0"}}"#,
        );
        assert_eq!(
            url.as_deref(),
            Some("https://a.logic.azure.com/x?sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0")
        );
    }

    #[test]
    fn an_answer_without_a_url_names_none() {
        for json in [
            "{}",
            r#"{"response":{}}"#,
            r#"{"value":""}"#,
            r#"{"queries":{"a":"b"}}"#,
            r#"{"value":null}"#,
        ] {
            assert_eq!(url_of(json), None, "{json}");
        }
    }
}
