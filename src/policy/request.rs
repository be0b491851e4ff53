//! What may go into a request, checked before anything is sent. Each refusal names the field.

use crate::model::{FlowError, percent};
use crate::policy::trust::TrustedUrl;

/// The service's limit for a URL, in characters.
pub const MAX_URL: usize = 16_384;

/// An HTTP method that a flow's trigger can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`. It starts a run like any other.
    Get,
    /// `POST`, the default.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
    /// `HEAD`.
    Head,
}

impl Method {
    /// Each with its word on the wire, which is how callers name it, too.
    pub const ALL: &[(&str, Self)] = &[
        ("GET", Self::Get),
        ("POST", Self::Post),
        ("PUT", Self::Put),
        ("PATCH", Self::Patch),
        ("DELETE", Self::Delete),
        ("HEAD", Self::Head),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
        }
    }

    /// Whether `fetch` lets it have a body.
    #[must_use]
    pub fn takes_a_body(self) -> bool {
        !matches!(self, Self::Get | Self::Head)
    }
}

/// Refuses segments that would leave the trigger's path.
///
/// # Errors
/// `invalid_argument`: a segment is empty, `.` or `..` (URL parsers resolve those even when escaped).
pub fn check_path(path: &[String]) -> Result<(), FlowError> {
    for (index, segment) in path.iter().enumerate() {
        if matches!(segment.as_str(), "" | "." | "..") {
            return Err(FlowError::invalid(&[
                "path[",
                &index.to_string(),
                "]: a segment can't be empty, \".\" or \"..\"",
            ]));
        }
    }
    Ok(())
}

/// Whether `fetch` drops such a header without a word: the forbidden request headers of the Fetch standard.
#[must_use]
pub fn is_the_browsers(name: &str) -> bool {
    const FORBIDDEN: &str = "accept-charset accept-encoding access-control-request-headers access-control-request-method \
        connection content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer \
        transfer-encoding upgrade via";
    let name = name.to_ascii_lowercase();
    name.starts_with("sec-")
        || name.starts_with("proxy-")
        || FORBIDDEN.split(' ').any(|own| own == name)
}

/// Refuses headers that `fetch` would refuse or drop, and the one that is ours.
///
/// # Errors
/// `invalid_argument`: a name is no HTTP token or is the browser's to set, a value has a line break or a character beyond Latin-1, or the header is
/// `authorization`.
pub fn check_headers(headers: &[(String, String)]) -> Result<(), FlowError> {
    for (name, value) in headers {
        let problem = if !is_header_name(name) {
            ": not a header name"
        } else if name.eq_ignore_ascii_case("authorization") {
            ": the token is sent for you; use auth or onBehalfOf for another"
        } else if is_the_browsers(name) {
            ": the browser sets it, or sends none"
        } else if value
            .chars()
            .any(|c| matches!(c, '\r' | '\n' | '\0') || c > '\u{ff}')
        {
            ": a header value can't have line breaks or characters beyond Latin-1"
        } else {
            continue;
        };
        let shown: String = name
            .chars()
            .map(|c| if c.is_ascii_graphic() { c } else { '?' })
            .collect();
        return Err(FlowError::invalid(&["headers[\"", &shown, "\"]", problem]));
    }
    Ok(())
}

/// Refuses what no trigger URL can take, whichever it will be.
///
/// # Errors
/// `invalid_argument`: an authorization parameter, or more than the service takes.
pub fn check_address(path: &[String], query: &[(String, String)]) -> Result<(), FlowError> {
    const AUTHORIZATION: [&str; 4] = ["sig", "sp", "sv", "se"];
    let mut text = String::new();
    for (name, value) in query {
        if AUTHORIZATION.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(not_yours(name));
        }
        percent::encode(name, &mut text);
        percent::encode(value, &mut text);
    }
    for segment in path {
        percent::encode(segment, &mut text);
    }
    fits(&text)
}

/// The trigger URL with the call's path and query, which were checked.
///
/// # Errors
/// `invalid_argument`: a parameter would override one of the URL's own, or the URL is longer than the service takes.
pub fn address(
    url: &TrustedUrl,
    path: &[String],
    query: &[(String, String)],
) -> Result<TrustedUrl, FlowError> {
    for (name, _) in query {
        let lower = name.to_ascii_lowercase();
        if url.parameters().any(|own| own == lower) {
            return Err(not_yours(name));
        }
    }
    let extended = url.extended(path, query);
    fits(extended.expose())?;
    Ok(extended)
}

fn not_yours(name: &str) -> FlowError {
    FlowError::invalid(&[
        "query.",
        name,
        ": the trigger URL's own and authorization parameters can't be set",
    ])
}

fn fits(text: &str) -> Result<(), FlowError> {
    if text.len() <= MAX_URL {
        return Ok(());
    }
    Err(FlowError::invalid(&[
        "path, query: with them the URL is longer than the 16,384 characters that the service takes",
    ]))
}

/// Whether `fetch` takes it for a header's name.
#[must_use]
pub fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_token_byte)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cloud, ErrorCode};

    fn pairs(name: &str, value: &str) -> [(String, String); 1] {
        [(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn each_method_is_called_by_its_word_on_the_wire() {
        let words: Vec<&str> = Method::ALL.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]);
        for (word, method) in Method::ALL {
            assert_eq!(method.as_str(), *word);
            assert_eq!(method.takes_a_body(), !matches!(*word, "GET" | "HEAD"));
        }
    }

    #[test]
    fn a_segment_that_leaves_the_path_is_refused_by_its_index() {
        let error = check_path(&["orders".to_owned(), "..".to_owned()]).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidArgument);
        assert!(error.message.starts_with("path[1]"), "{}", error.message);
        for segment in ["", "."] {
            assert!(check_path(&[segment.to_owned()]).is_err(), "{segment}");
        }
        assert!(check_path(&["..a".to_owned(), "a/../b".to_owned()]).is_ok());
    }

    #[test]
    fn headers_that_fetch_would_refuse_are_refused_by_name() {
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a\n", "x"),
            ("x-a", "1\r\nx-b: 2"),
            ("x-a", "\0"),
            ("x-a", "€"),
            ("Authorization", "Bearer x"),
        ] {
            let error = check_headers(&pairs(name, value)).unwrap_err();
            assert!(error.message.starts_with("headers[\""), "{}", error.message);
        }
        for separator in "\"(),/:;<=>?@[\\]{} \t".chars() {
            let name = ["x", &separator.to_string()].concat();
            assert!(check_headers(&pairs(&name, "1")).is_err(), "{name}");
        }
        for name in [
            "x-order",
            "x-host",
            "set-cookies",
            "accept",
            "X9!#$%&'*+-.^_`|~",
        ] {
            assert!(check_headers(&pairs(name, "Zürich ÿ 1")).is_ok(), "{name}");
        }
    }

    #[test]
    fn headers_that_fetch_would_drop_are_refused_by_name() {
        // The Fetch standard's list, and its two prefixes.
        for name in [
            "Accept-Charset",
            "Accept-Encoding",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Method",
            "Connection",
            "Content-Length",
            "Cookie",
            "Cookie2",
            "Date",
            "DNT",
            "Expect",
            "host",
            "Keep-Alive",
            "origin",
            "Referer",
            "Set-Cookie",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "upgrade",
            "Via",
            "Sec-Fetch-Site",
            "proxy-x",
        ] {
            let error = check_headers(&pairs(name, "x")).unwrap_err();
            assert!(error.message.contains("the browser sets it"), "{name}");
        }
    }

    #[test]
    fn the_urls_own_parameters_stay_what_they_are() {
        let cloud = Cloud::named("public").unwrap();
        let url = TrustedUrl::trigger("https://a.logic.azure.com/x?api-version=1", &cloud).unwrap();
        for name in ["api-version", "API-Version"] {
            assert!(address(&url, &[], &pairs(name, "2")).is_err(), "{name}");
        }
        for name in ["sig", "SP", "sv", "se"] {
            assert!(check_address(&[], &pairs(name, "2")).is_err(), "{name}");
        }
        assert!(address(&url, &[], &pairs("top", "5")).is_ok());
    }

    #[test]
    fn a_url_is_as_long_as_the_service_takes_and_no_longer() {
        let cloud = Cloud::named("public").unwrap();
        let url = TrustedUrl::trigger("https://a.logic.azure.com/x?api-version=1", &cloud).unwrap();
        let left = 16_384 - url.expose().len() - "&q=".len();
        let with = |length| address(&url, &[], &pairs("q", &"x".repeat(length)));
        assert_eq!(with(left).unwrap().expose().len(), 16_384);
        assert!(with(left + 1).unwrap_err().message.contains("16,384"));
        // Before there is a URL, what alone is too long already is refused.
        let path = ["x".repeat(16_000)];
        assert!(check_address(&path, &pairs("q", &"x".repeat(383))).is_ok());
        assert!(check_address(&path, &pairs("q", &"x".repeat(384))).is_err());
    }
}
