//! Where a token may go. A [`TrustedUrl`] is the only kind of URL that a request can be made of, and this
//! file is the only place that makes one.

use std::rc::Rc;

use crate::model::{Cloud, percent};
use crate::policy::redact::redact;
use crate::policy::text::after;

/// A URL that was checked: https, no user info, and a host of the cloud's flow service.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustedUrl(Rc<Checked>);

#[derive(PartialEq, Eq)]
struct Checked {
    text: String,
    has_sas: bool,
}

impl TrustedUrl {
    fn checked(text: String, has_sas: bool) -> Self {
        Self(Rc::new(Checked { text, has_sas }))
    }

    /// Checks a trigger URL, whatever named it: a row, an environment variable, an answer or a caller.
    #[must_use]
    pub fn trigger(url: &str, cloud: &Cloud) -> Option<Self> {
        let url = url.trim();
        cloud
            .is_trigger_host(host_of(url)?)
            .then(|| Self::checked(url.to_owned(), has_sas(url)))
    }

    /// A path of the Power Automate API, whose origin the cloud's table or the caller's own endpoints name.
    #[must_use]
    pub fn flow_api(cloud: &Cloud, path: &str) -> Option<Self> {
        let text = [cloud.flow_api(), path].concat();
        host_of(&text)?;
        Some(Self::checked(text, false))
    }

    /// The URL with more path segments before its query and more parameters after it. Both are encoded
    /// here, so the host stays the one that was checked.
    #[must_use]
    pub fn extended(&self, path: &[String], query: &[(String, String)]) -> Self {
        let (before, after) = self
            .0
            .text
            .split_once('?')
            .map_or((self.0.text.as_str(), None), |(a, b)| (a, Some(b)));
        let mut text = before.trim_end_matches('/').to_owned();
        if path.is_empty() {
            text = before.to_owned();
        }
        for segment in path {
            text.push('/');
            percent::encode(segment, &mut text);
        }
        let mut separator = '?';
        if let Some(after) = after {
            text.push('?');
            text.push_str(after);
            separator = '&';
        }
        for (name, value) in query {
            text.push(separator);
            percent::encode(name, &mut text);
            text.push('=');
            percent::encode(value, &mut text);
            separator = '&';
        }
        Self::checked(text, self.0.has_sas)
    }

    /// The text, signature and all, for the request itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// The host that was checked.
    #[must_use]
    pub fn host(&self) -> &str {
        host_of(&self.0.text).unwrap_or_default()
    }

    /// The host, with the port where it names one.
    #[must_use]
    pub fn authority(&self) -> &str {
        let rest = after(&self.0.text, "//").unwrap_or_default();
        rest.split(['/', '?']).next().unwrap_or_default()
    }

    /// Whether it carries a SAS signature: then it is a secret, and no bearer may go with it.
    #[must_use]
    pub fn has_sas(&self) -> bool {
        self.0.has_sas
    }

    /// The names of the parameters it has, decoded and in lower case.
    pub fn parameters(&self) -> impl Iterator<Item = String> + '_ {
        parameters(&self.0.text)
    }

    /// The text for people and logs.
    #[must_use]
    pub fn redacted(&self) -> String {
        redact(&self.0.text)
    }
}

impl std::fmt::Debug for TrustedUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// Whether a URL carries a SAS signature.
#[must_use]
pub fn has_sas(url: &str) -> bool {
    parameters(url).any(|name| name == "sig")
}

/// A URL for people: without a signature, and not at all where it may have a password in it, or is none.
#[must_use]
pub fn shown(url: &str) -> String {
    match after(url, "://") {
        // It may be anything.
        None => "something that is no URL".to_owned(),
        Some(rest) if rest.contains('@') => "a URL with user info".to_owned(),
        Some(_) => redact(url),
    }
}

/// Whether a text is an https origin and nothing more.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let bare = text.strip_suffix('/').unwrap_or(text);
    host_of(bare).is_some() && after(bare, "://").is_some_and(|rest| !rest.contains(['/', '?']))
}

/// Whether a text names hosts: one, or those below a domain as `*.example.com`.
#[must_use]
pub fn is_host_pattern(text: &str) -> bool {
    let domain = text.strip_prefix("*.").unwrap_or(text);
    domain.contains('.') && is_plain_host(domain)
}

fn is_plain_host(host: &str) -> bool {
    host.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn parameters(url: &str) -> impl Iterator<Item = String> + '_ {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name))
        .map(|name| percent::decode(name).to_ascii_lowercase())
}

/// The host of a URL that every parser reads alike.
///
/// Deliberately narrower than the URL standard, which is what `fetch` follows: no blanks, no backslash, no
/// user info, no fragment, no escapes or non-ASCII in the host, no trailing dot. What passes here means the
/// same host there, and what does not pass is not a URL that the flow service writes.
fn host_of(url: &str) -> Option<&str> {
    if !url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#'))
    {
        return None;
    }
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    if !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = rest.split_at(end).0;
    let host = match authority.split_once(':') {
        Some((host, port)) => {
            let port: u16 = port
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| port.parse().ok())??;
            (port > 0).then_some(host)?
        }
        None => authority,
    };
    is_plain_host(host).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "https://abc.12.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0/triggers/manual/paths/invoke?api-version=1";

    fn public() -> Cloud {
        Cloud::named("public").unwrap()
    }

    #[test]
    fn a_token_goes_only_to_https_urls_of_the_clouds_hosts() {
        for url in [
            GOOD,
            "https://prod-00.westeurope.logic.azure.com/workflows/1",
            "HTTPS://Prod-00.WestEurope.Logic.Azure.com/workflows/1",
            " https://a.logic.azure.com ",
            "https://a.logic.azure.com:1/",
            "https://a.logic.azure.com:65535/",
        ] {
            assert!(TrustedUrl::trigger(url, &public()).is_some(), "{url}");
        }
        for url in [
            "",
            "http://a.logic.azure.com/",
            "https://evil.example/",
            "https://a.logic.azure.us/",
            "https://user@a.logic.azure.com/",
            "https://a.logic.azure.com@evil.example/",
            "https://a.logic.azure.com:x@evil.example/",
            "https://evil.example/.logic.azure.com",
            "https://evil.example?.logic.azure.com",
            "https://evil.example#.logic.azure.com",
            "https://evil.example\\.logic.azure.com/",
            "https://a.logic.azure.com\\@evil.example/",
            "https://a.logic.azure.com./",
            "https://a.logic.azure.com.evil.example/",
            "https://a.logic.azure.com:0/",
            "https://a.logic.azure.com:/",
            "https://a.logic.azure.com:65536/",
            "https:/a.logic.azure.com/",
            "https:a.logic.azure.com/",
            "https:///a.logic.azure.com/",
            "//a.logic.azure.com/",
            "https://a..logic.azure.com/",
            "https://.logic.azure.com/",
            "https://%61.logic.azure.com/",
            "https://ä.logic.azure.com/",
            "https://a.logic.azure.com/\nx",
            "https://a.logic\t.azure.com/",
            "https://127.0.0.1/.logic.azure.com",
            "https://[::1]/",
            "javascript:alert(1)//.logic.azure.com",
        ] {
            assert!(TrustedUrl::trigger(url, &public()).is_none(), "{url}");
        }
    }

    #[test]
    fn a_sas_signature_is_seen_in_any_spelling() {
        for query in ["sig=x", "sp=1&sv=1.0&sig=x", "SIG=x", "s%69g=x", "sig"] {
            assert!(
                has_sas(&("https://a.logic.azure.com/x?".to_owned() + query)),
                "{query}"
            );
        }
        for query in ["api-version=1", "signature=x", "x=sig", ""] {
            assert!(
                !has_sas(&("https://a.logic.azure.com/x?".to_owned() + query)),
                "{query}"
            );
        }
    }

    #[test]
    fn a_relative_path_goes_before_the_query_and_is_encoded() {
        let url = TrustedUrl::trigger(GOOD, &public()).unwrap();
        let path = ["orders".to_owned(), "a/b ?ü".to_owned()];
        let query = [("top".to_owned(), "5&x=1".to_owned())];
        let extended = url.extended(&path, &query);
        assert!(
            extended
                .expose()
                .ends_with("/paths/invoke/orders/a%2Fb%20%3F%C3%BC?api-version=1&top=5%26x%3D1")
        );
        assert_eq!(url.extended(&[], &[]), url);
    }

    #[test]
    fn what_is_printed_of_a_url_has_no_signature() {
        let url = TrustedUrl::trigger("https://a.logic.azure.com/x?sv=1.0&sig=GEHEIM", &public())
            .unwrap();
        assert!(url.has_sas());
        assert!(!format!("{url:?}").contains("GEHEIM"));
        assert!(url.redacted().contains("sv=1.0"));
    }

    #[test]
    fn a_url_with_a_user_and_what_is_no_url_are_not_shown() {
        for url in [
            "https://ada:hunter2@a.logic.azure.com/x",
            "https://a@b@evil.example",
        ] {
            assert_eq!(shown(url), "a URL with user info");
        }
        for text in ["a pass phrase", "ada@example", ""] {
            assert_eq!(shown(text), "something that is no URL");
        }
        let url = "https://a.logic.azure.com/x";
        assert_eq!(shown(url), url);
    }

    #[test]
    fn an_origin_has_nothing_behind_its_host() {
        for text in [
            "https://api.example",
            "https://api.example:8443",
            "https://api.example/",
        ] {
            assert!(is_origin(text), "{text}");
        }
        for text in [
            "https://api.example/p",
            "https://api.example/?y=",
            "https://api.example?y=",
            "https://u:p@api.example",
            "http://api.example",
            "api.example",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }

    #[test]
    fn a_pattern_names_a_host_or_those_below_a_domain() {
        for text in ["a.example.com", "*.example.com"] {
            assert!(is_host_pattern(text), "{text}");
        }
        for text in [
            "",
            "*",
            "*.com",
            "com",
            "https://*.a.b",
            "*.*.b",
            "a.*.b",
            ".a.b",
            "a.b/",
        ] {
            assert!(!is_host_pattern(text), "{text}");
        }
    }
}
