//! How an answer is read where the caller did not say: by its content type.

use crate::port::ReadAs;

/// JSON as JSON, text as text, anything else as a Blob. An answer without a content type is read as text.
#[must_use]
pub fn read_as(content_type: Option<&str>) -> ReadAs {
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is = |ending| essence.ends_with(ending);
    if essence == "application/json" || is("+json") {
        ReadAs::Json
    } else if essence.is_empty()
        || essence.starts_with("text/")
        || is("/xml")
        || is("+xml")
        || essence == "application/x-www-form-urlencoded"
    {
        ReadAs::Text
    } else {
        ReadAs::Blob
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_by_its_content_type() {
        for (content_type, how) in [
            (Some("application/json; charset=utf-8"), ReadAs::Json),
            (Some("Application/Problem+JSON"), ReadAs::Json),
            (Some("text/plain"), ReadAs::Text),
            (Some("text/html; charset=utf-8"), ReadAs::Text),
            (Some("application/xml"), ReadAs::Text),
            (Some("image/svg+xml"), ReadAs::Text),
            (Some("application/x-www-form-urlencoded"), ReadAs::Text),
            (Some("application/pdf"), ReadAs::Blob),
            (Some("application/jsonp"), ReadAs::Blob),
            (Some(""), ReadAs::Text),
            (None, ReadAs::Text),
        ] {
            assert_eq!(read_as(content_type), how, "{content_type:?}");
        }
    }
}
