//! What the trust check admits, held to a whole URL parser: natively to the crate `url`, in the browser to the
//! browser's own. Both follow the URL standard, which is what `fetch` goes by.

use entra_flow::model::Cloud;
use entra_flow::policy::trust::{TrustedUrl, has_sas};

/// A URL as a parser of the URL standard reads it, in the words of `URL`.
#[derive(Debug)]
pub struct Parsed {
    pub href: String,
    pub protocol: String,
    pub username: String,
    pub password: String,
    pub hostname: String,
    pub port: String,
    pub pathname: String,
    pub search: String,
    pub hash: String,
}

/// A parser of the URL standard.
pub type Parser<'a> = &'a dyn Fn(&str) -> Option<Parsed>;

/// The clouds with the hosts that each may send a token to. Written apart from the crate's own table on purpose.
#[must_use]
pub fn clouds() -> Vec<(Cloud, Vec<&'static str>)> {
    let named =
        |name, suffixes: [&'static str; 2]| (Cloud::named(name).unwrap(), suffixes.to_vec());
    let gateways = vec!["*.gateway.example".to_owned(), "gateway.example".to_owned()];
    vec![
        named(
            "public",
            [".environment.api.powerplatform.com", ".logic.azure.com"],
        ),
        named(
            "gcc",
            [
                ".environment.api.gov.powerplatform.microsoft.us",
                ".logic.azure.us",
            ],
        ),
        named(
            "gccHigh",
            [
                ".environment.api.high.powerplatform.microsoft.us",
                ".logic.azure.us",
            ],
        ),
        named(
            "dod",
            [".environment.api.appsplatform.us", ".logic.azure.us"],
        ),
        named(
            "china",
            [
                ".environment.api.powerplatform.partner.microsoftonline.cn",
                ".logic.azure.cn",
            ],
        ),
        (
            Cloud::custom("api://x/".to_owned(), "https://gateway.example", gateways),
            vec![".gateway.example", "gateway.example"],
        ),
    ]
}

fn is_below(host: &str, suffix: &str) -> bool {
    host.ends_with(suffix) && (suffix.starts_with('.') == (host.len() > suffix.len()))
}

/// What became of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Admitted, and the parser reads what we believe.
    Admitted,
    /// Admitted, and no URL at all to the parser: nothing can be sent there.
    NoUrl,
    /// Refused, as it has to be: to the parser, too, it is not plain https on a trusted host.
    Refused,
    /// Refused for its spelling alone: as the parser writes it, it is admitted.
    Spelling,
    /// Refused for its fragment, which a trigger URL has no use for.
    Fragment,
    /// Refused for a backslash that the parser keeps: behind a `?`.
    Backslash,
    /// Refused for a host that no flow service has: `_` and the like, or port 0.
    OddHost,
}

/// Holds the trust check to the parser, for every cloud, and says what became of the text in the first cloud that
/// admits it.
pub fn check(text: &str, clouds: &[(Cloud, Vec<&str>)], parse: Parser<'_>) -> Fate {
    let as_it_is = parse(text);
    let mut fate = Fate::Refused;
    for (cloud, suffixes) in clouds {
        let found = match TrustedUrl::trigger(text, cloud) {
            Some(url) => {
                let host = url.host().to_ascii_lowercase();
                assert!(
                    suffixes.iter().any(|suffix| is_below(&host, suffix)),
                    "{text:?} is not below {suffixes:?}"
                );
                // What it is depends on no cloud.
                match fate {
                    Fate::Admitted | Fate::NoUrl => fate,
                    _ => admitted(&url, &host, parse),
                }
            }
            None => as_it_is
                .as_ref()
                .map_or(Fate::Refused, |url| refused(text, url, cloud, suffixes)),
        };
        if fate == Fate::Refused {
            fate = found;
        }
    }
    fate
}

fn admitted(url: &TrustedUrl, host: &str, parse: Parser<'_>) -> Fate {
    let text = url.expose();
    let Some(parsed) = parse(text) else {
        // Whether an ASCII form of an international name is one takes its tables.
        assert!(
            host.split('.').any(|label| label.starts_with("xn--")),
            "{text:?} is no URL"
        );
        return Fate::NoUrl;
    };
    let (rest, query) = text
        .split_once('?')
        .map_or((text, None), |(rest, query)| (rest, Some(query)));
    let after = &rest[text.find("://").unwrap() + 3..];
    let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
    let port: u16 = authority
        .split_once(':')
        .map_or(443, |(_, port)| port.parse().unwrap());
    let port = if port == 443 {
        String::new()
    } else {
        port.to_string()
    };
    let search = match query {
        None | Some("") => String::new(),
        Some(query) => "?".to_owned() + &escaped(query, "\"<>'"),
    };
    let believed = ["https:", "", "", host, &port, &resolved(path), &search, ""];
    let read = [
        &parsed.protocol,
        &parsed.username,
        &parsed.password,
        &parsed.hostname,
        &parsed.port,
        &parsed.pathname,
        &parsed.search,
        &parsed.hash,
    ];
    // Whether a `^` in a path is escaped has changed in the standard; Chromium escapes `|`, too.
    let settled = |part: &str| part.replace('^', "%5E").replace('|', "%7C");
    assert_eq!(
        believed.map(settled),
        read.map(|part| settled(part)),
        "{text:?}"
    );
    let signed = form_names(&parsed.search).any(|name| name.eq_ignore_ascii_case("sig"));
    assert_eq!(url.has_sas(), signed, "the signature of {text:?}");
    assert_eq!(has_sas(text), signed, "the signature of {text:?}");
    Fate::Admitted
}

fn refused(text: &str, url: &Parsed, cloud: &Cloud, suffixes: &[&str]) -> Fate {
    let is_plain = url.protocol == "https:" && url.username.is_empty() && url.password.is_empty();
    if !is_plain
        || !suffixes
            .iter()
            .any(|suffix| is_below(&url.hostname, suffix))
    {
        return Fate::Refused;
    }
    let is_host_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if url.port == "0"
        || !url.hostname.chars().all(is_host_char)
        || url.hostname.split('.').any(str::is_empty)
    {
        return Fate::OddHost;
    }
    if url.search.contains('\\') {
        return Fate::Backslash;
    }
    // With or without a `#`: an empty fragment is one, too.
    let (bare, has_fragment) = url
        .href
        .split_once('#')
        .map_or((url.href.as_str(), false), |(bare, _)| (bare, true));
    assert!(
        TrustedUrl::trigger(bare, cloud).is_some(),
        "{text:?} is refused, and so is {bare:?}"
    );
    if has_fragment {
        return Fate::Fragment;
    }
    assert_ne!(text, bare, "refused as the parser itself writes it");
    Fate::Spelling
}

/// A path as the URL standard resolves it.
fn resolved(path: &str) -> String {
    let mut segments: Vec<String> = Vec::new();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let plain = part.to_ascii_lowercase().replace("%2e", ".");
        match plain.as_str() {
            ".." => {
                segments.pop();
                if is_last {
                    segments.push(String::new());
                }
            }
            "." if is_last => segments.push(String::new()),
            "." => {}
            _ => segments.push(escaped(part, "\"<>`{}")),
        }
    }
    "/".to_owned() + &segments.join("/")
}

fn escaped(text: &str, what: &str) -> String {
    let escape = |c: char| {
        if what.contains(c) {
            format!("%{:02X}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    text.chars().map(escape).collect()
}

/// The names of a query's parameters as a server reads them.
fn form_names(search: &str) -> impl Iterator<Item = String> + '_ {
    let pairs = search.strip_prefix('?').unwrap_or_default().split('&');
    pairs.map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        let bytes = name.replace('+', " ").into_bytes();
        let mut read = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let hex = bytes
                .get(at + 1..at + 3)
                .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
            let hex = hex
                .filter(|_| bytes[at] == b'%')
                .and_then(|hex| std::str::from_utf8(hex).ok());
            match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => {
                    read.push(byte);
                    at += 3;
                }
                None => {
                    read.push(bytes[at]);
                    at += 1;
                }
            }
        }
        String::from_utf8_lossy(&read).into_owned()
    })
}
