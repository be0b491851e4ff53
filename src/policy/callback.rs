//! Reads what `listCallbackUrl` answers.

use crate::model::{Foreign, percent};
use crate::policy::text::after;
use crate::port::Values;

/// The trigger URL that an answer names, not yet trusted, in each of the shapes that were seen: an envelope
/// with `response`, the bare object of Azure Logic Apps, `{"$content": url}`, or `basePath` and `queries`
/// without a `value`.
///
/// Its `method` is not read: samples show GET for triggers that take POST.
#[must_use]
pub fn url_of(values: &impl Values, answer: &Foreign) -> Option<String> {
    let inner = values.member(answer, "response");
    let answer = inner.as_ref().unwrap_or(answer);
    let text = |name| values.text(answer, name).filter(|text| !text.is_empty());
    if let Some(url) = text("value").or_else(|| text("$content")) {
        return Some(without_template(url));
    }
    let mut url = text("basePath")?;
    let queries = values.member(answer, "queries");
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (name, value) in queries.map_or_else(Vec::new, |queries| values.texts(&queries)) {
        url.push(separator);
        percent::encode(&name, &mut url);
        url.push('=');
        percent::encode(&value, &mut url);
        separator = '&';
    }
    Some(url)
}

/// A URL that names the trigger's relative-path template (`…/paths/invoke/orders/{id}?…`) without it: the
/// caller's segments take its place.
fn without_template(url: String) -> String {
    const END: &str = "/paths/invoke";
    let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    let Some(template) = after(path, END) else {
        return url;
    };
    if !template.starts_with('/') || !template.contains(['{', '%']) {
        return url;
    }
    let before = path.len().saturating_sub(template.len());
    [path.split_at(before).0, query].concat()
}
